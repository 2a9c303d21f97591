"""P12 through the API: the same cells, asked by real requests with real tokens, against the same table."""

import csv
from dataclasses import dataclass
from itertools import product

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

import api
from api.shared import rate_limits
from db.models import Attachment, Comment, Ticket
from db.vocabulary import Permission
from lib.access import gate
from lib.access.gate import Actor
from lib.core import clock
from lib.identity import api_tokens
from lib.integrations import storage
from lib.search_index import index
from lib.transactions import act
from tests import cast
from tests.security.test_permission_matrix import RELATIONS, ROLES, expected, populate
from tests.support.unscoped import UNSCOPED

CANARY = "zebrafinch"
MAKER = gate.system_actor("tests", *Permission)


@dataclass(frozen=True)
class Case:
    """One ticket and what hangs on it, for one person."""

    number: int
    version: int
    team: int
    said: int
    file: str
    own: str


# ruff: noqa: E501 - one request a line
# What is asked for each permission that has a route on a ticket. Each request asks the gate and then changes nothing:
# it says what is so already, or what can't be accepted. What can't be undone comes last. ticket.confidential has no
# request of its own: every one of these asks for it on the confidential relations.
REQUESTS = {
    Permission.TICKET_READ: lambda c: ("GET", f"/tickets/{c.number}", None),
    Permission.TICKET_UPDATE: lambda c: ("PATCH", f"/tickets/{c.number}", {"version": c.version, "title": "The same"}),
    Permission.TICKET_PRIORITY: lambda c: ("PATCH", f"/tickets/{c.number}", {"version": c.version, "priority": "normal"}),
    Permission.TICKET_MOVE_TEAM: lambda c: ("PATCH", f"/tickets/{c.number}", {"version": c.version, "team": c.team}),
    Permission.TICKET_TRANSITION: lambda c: ("PUT", f"/tickets/{c.number}/status", {"status": "To-Do", "version": 99}),
    Permission.TICKET_CLOSE: lambda c: ("PUT", f"/tickets/{c.number}/status", {"status": "Completed", "version": 99}),
    Permission.TICKET_CLAIM: lambda c: ("PUT", f"/tickets/{c.number}/assignee", {"assignee": "me", "version": 99}),
    Permission.TICKET_ASSIGN_OTHER: lambda c: ("PUT", f"/tickets/{c.number}/assignee", {"assignee": 1, "version": 99}),
    Permission.COMMENT_PUBLIC: lambda c: ("POST", f"/tickets/{c.number}/comments", {"body": "\u00a0"}),
    Permission.COMMENT_INTERNAL: lambda c: (
        "POST", f"/tickets/{c.number}/comments", {"body": "\u00a0", "visibility": "internal"},
    ),
    Permission.COMMENT_READ_INTERNAL: lambda c: ("GET", f"/tickets/{c.number}/comments", None),
    Permission.COMMENT_EDIT_OWN: lambda c: ("PATCH", f"/comments/{c.said}", {"body": "x", "version": 99}),
    Permission.ATTACHMENT_READ: lambda c: ("GET", f"/attachments/{c.file}", None),
    Permission.ATTACHMENT_ADD: lambda c: ("POST", f"/tickets/{c.number}/comments", {"body": "\u00a0", "attachments": ["0" * 32]}),
    Permission.ATTACHMENT_REMOVE: lambda c: ("DELETE", f"/attachments/{c.own}", None),
    Permission.TIME_READ: lambda c: ("GET", f"/tickets/{c.number}/time", None),
    Permission.TIME_LOG: lambda c: ("POST", "/time-entries", {"ticket": c.number, "minutes": 1, "day": "2999-01-01"}),
    Permission.TIME_MANAGE: lambda c: ("POST", "/time-entries", {"ticket": c.number, "minutes": 1, "worker": 1}),
    Permission.TICKET_PARTICIPANTS: lambda c: ("DELETE", f"/tickets/{c.number}/participants/me", None),
    Permission.TICKET_DELETE: lambda c: ("DELETE", f"/tickets/{c.number}?reason=%C2%A0", None),
}  # fmt: skip


def furnish(actor: Actor, number: int) -> Case:
    """Put a note, a comment of the actor's and a file on a ticket, whatever the gate would say."""
    with act() as session:
        ticket = session.get_one(Ticket, number, execution_options=UNSCOPED)
        ticket.title = "The same"
        now, by = clock.now(), actor.person_id
        said = Comment(ticket_id=number, author_id=by, internal=False, body="said", created_at=now)
        note = Comment(ticket_id=number, author_id=1, internal=True, body=CANARY, created_at=now)
        file, own = attached(number, 1), attached(10**6 + number, by, ticket_id=number)
        session.add_all([said, note, file, own])
        session.flush()
        index.index_comment(session, note)
        case = Case(number, ticket.version, ticket.team_id, said.id, file.id, own.id)
    storage.put(file.path, b"x")
    return case


def attached(n: int, uploader: int, *, ticket_id: int | None = None) -> Attachment:
    """A file on the ticket of that number, or on another."""
    return Attachment(
        id=f"{n:032x}",
        ticket_id=ticket_id or n,
        uploader_id=uploader,
        name="a.txt",
        type="text/plain",
        size=1,
        sha256="",
        path=f"{n:032x}.bin",
        created_at=clock.now(),
    )


def outcome(client: TestClient, permission: Permission, case: Case) -> str:
    """What a request came to: 404 is hidden, 403 refused by name, anything beyond the gate allowed."""
    method, path, body = REQUESTS[permission](case)
    answer = client.request(method, f"/api/v1{path}", json=body)
    if answer.status_code == 404:
        return "hidden"
    if answer.status_code == 403:
        assert permission.value in answer.json()["detail"], answer.text
        return "refused"
    assert answer.status_code in {200, 204, 409, 422}, answer.text
    if answer.status_code == 422:
        assert any(word in answer.text for word in ("body", "reason", "day", "worker")), answer.text
    if permission == Permission.COMMENT_READ_INTERNAL:
        return "allowed" if CANARY in answer.text else "refused"
    return "allowed"


def enter(app: Starlette, actor: Actor) -> TestClient:
    """A client with a token that may do all that its owner may."""
    with act() as session:
        owner = cast.get_person(session, actor)
        token = api_tokens.create(session, MAKER, name="matrix", scope="admin", owner=owner)[1]
    return TestClient(app, base_url="http://localhost:8501", headers={"Authorization": f"Bearer {token}"})


def listed(client: TestClient) -> set[int]:
    """The numbers in the list of tickets."""
    return {row["number"] for row in client.get("/api/v1/tickets?limit=200").json()["items"]}


def found(client: TestClient) -> set[int]:
    """The numbers in which a search finds the note's word."""
    return {
        hit["ticket"]["number"] for hit in client.get(f"/api/v1/search?q={CANARY}&limit=200").json()["items"]
    }


def exported(client: TestClient) -> set[int]:
    """The numbers in an exported list; none without the permission."""
    answer = client.get("/api/v1/tickets/export")
    if answer.status_code == 403:
        assert "export.tickets" in answer.json()["detail"]
        return set()
    return {int(row[0]) for row in csv.reader(answer.text.splitlines()[1:])}


# Channels that answer with many tickets, and the permission on which it hangs that one is among them.
MANY = {
    "list": (listed, Permission.TICKET_READ),
    "search": (found, Permission.COMMENT_READ_INTERNAL),
    "export": (exported, Permission.EXPORT_TICKETS),
}


@pytest.fixture
def app():
    rate_limits.reset()
    return Starlette(routes=[Mount("/api/v1", app=api.app())])


def test_lists_searches_and_exports_hold_what_the_table_allows(desk, app):
    people, numbers = populate(desk)
    wrong, executed = [], 0
    clients, cases = {}, {}
    for role in ROLES:
        clients[role] = enter(app, people[role])
        cases |= {(role, relation): furnish(people[role], numbers[role, relation]) for relation in RELATIONS}
    for role, (channel, (ask, permission)) in product(ROLES, MANY.items()):
        answered = ask(clients[role])
        for relation in RELATIONS:
            there = cases[role, relation].number in answered
            executed += 1
            if there != (expected(permission, role, relation) == "allowed"):
                wrong.append((channel, role, relation, there))
    assert wrong == []
    assert executed == len(MANY) * len(ROLES) * len(RELATIONS) == 156


def test_every_cell_with_a_route_is_as_the_table_says(desk, app):
    people, numbers = populate(desk)
    wrong, executed = [], 0
    for role in ROLES:
        client = enter(app, people[role])
        cases = {relation: furnish(people[role], numbers[role, relation]) for relation in RELATIONS}
        for permission, relation in product(REQUESTS, RELATIONS):
            answer = outcome(client, permission, cases[relation])
            executed += 1
            wanted = expected(permission, role, relation)
            if "copy" in relation and permission == Permission.TICKET_DELETE:
                wanted = expected(
                    permission, role, "confidential other team" if "conf" in relation else "other team"
                )
            if answer != wanted:
                wrong.append((permission.value, role, relation, answer, wanted))
    assert wrong == []
    assert executed == len(REQUESTS) * len(ROLES) * len(RELATIONS) == 1040
