"""The API over a small company, in this process."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

import api
from api.shared import rate_limits
from db import engine as engines
from lib import transactions
from lib.access import gate
from lib.access.gate import Actor
from lib.identity import api_tokens, client_info
from lib.transactions import act
from tests import cast

BASE = "http://localhost:8501"
MAKER = gate.system_actor("tests", *gate.Permission)


class Client(TestClient):
    """A client whose relative paths lie below /api/v1."""

    def __init__(self, app, **more):
        super().__init__(app, base_url=f"{BASE}/api/v1", follow_redirects=False, **more)


@cache
def application() -> Starlette:
    """Return the application, made once: it holds nothing of a test but the pace, which is forgotten."""
    return Starlette(
        routes=[
            Mount("/api/v1", app=api.app()),
            Route("/healthz", api.health),
            *api.sign_in_routes(),
        ]
    )


@dataclass
class Desk:
    """The company, and clients for its people."""

    company: cast.Company
    app: Starlette = field(default_factory=application)

    def __getattr__(self, name: str) -> Client:
        """Return the client of a person by name, through a token that may do all that they may."""
        client = self.through(self.token(getattr(self.company, name)))
        setattr(self, name, client)
        return client

    def token(self, actor: Actor, scope: str = "admin") -> str:
        with act() as session:
            return api_tokens.create(
                session, MAKER, name="tests", scope=scope, owner=cast.get_person(session, actor)
            )[1]

    def through(self, token: str) -> Client:
        return Client(self.app, headers={"Authorization": f"Bearer {token}"})

    def browser(self, actor: Actor) -> Client:
        """Return a client that is signed in with a cookie, as a browser on Docket's own pages."""
        cookie = cast.sign_in(actor)
        return Client(
            self.app,
            cookies={client_info.cookie_name(): cookie},
            headers={"Sec-Fetch-Site": "same-origin"},
        )

    def anyone(self) -> Client:
        return Client(self.app)


@pytest.fixture(autouse=True)
def fresh_pace():
    rate_limits.reset()


@pytest.fixture
def desk(place, engine) -> Desk:
    return Desk(place.company)


@pytest.fixture
def sqlite_desk(databases) -> Iterator[Desk]:
    """The same on SQLite alone, for what has nothing to do with the database."""
    url, company = databases.staffed("sqlite")
    made = engines.connect(url)
    transactions.use_engine(made)
    yield Desk(company)
    made.dispose()
    databases.drop(url)


def upload(client, name="notes.txt", data=b"some plain words") -> str:
    """Upload a file and return its id."""
    answer = client.post("attachments", files={"file": (name, data)})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def problem(answer, status: int) -> dict:
    """Assert that an answer is a problem of this status, and return it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status and body["detail"].endswith((".", ")")), body
    return body
