"""Creating once: an Idempotency-Key makes a request safe to repeat."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from lib.access import gate, roles
from lib.identity import api_tokens
from lib.people import accounts
from lib.transactions import act, see
from tests.api.conftest import problem

KEY = {"Idempotency-Key": "a key / with ~ signs"}
BODY = {"title": "The door is stuck", "description": "é 👩‍👩‍👧"}


def same(answers):
    first = answers[0]
    assert {a.status_code for a in answers} == {201}, [a.text for a in answers]
    assert {a.content for a in answers} == {first.content}
    assert {a.headers["location"] for a in answers} == {first.headers["location"]}


def test_ten_at_once_make_one_ticket_and_get_one_answer(desk):
    client = desk.sam
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: client.post("tickets", json=BODY, headers=KEY), range(10)))
    same([*answers, client.post("tickets", json=BODY, headers=KEY)])
    assert len(client.get("tickets").json()["items"]) == 1


def test_the_same_key_for_something_else_is_refused(desk):
    number = desk.sam.post("tickets", json=BODY, headers=KEY).json()["number"]
    problem(desk.sam.post("tickets", json=BODY | {"title": "Other"}, headers=KEY), 422)
    problem(desk.sam.post(f"tickets/{number}/comments", json={"body": "x"}, headers=KEY), 422)
    assert len(desk.sam.get("tickets").json()["items"]) == 1


def test_another_person_s_equal_key_is_another_key(desk):
    mine = desk.sam.post("tickets", json=BODY, headers=KEY).json()
    assert desk.bob.post("tickets", json=BODY, headers=KEY).json()["number"] != mine["number"]


def test_without_a_key_each_request_creates(desk):
    assert (
        desk.sam.post("tickets", json=BODY).json()["number"]
        != desk.sam.post("tickets", json=BODY).json()["number"]
    )


def test_what_was_refused_may_be_sent_again_under_its_key(desk):
    problem(desk.sam.post("tickets", json={"title": ""}, headers=KEY), 422)
    assert desk.sam.post("tickets", json=BODY, headers=KEY).status_code == 201


def test_everything_that_is_created_takes_a_key(desk):
    number = desk.sam.post("tickets", json=BODY).json()["number"]
    for path, body in (
        (f"tickets/{number}/comments", {"body": "hello"}),
        ("categories", {"name": "Doors"}),
        ("teams", {"name": "Night"}),
    ):
        headers = {"Idempotency-Key": path}
        same([desk.ada.post(path, json=body, headers=headers) for _ in range(2)])


def test_a_repeated_answer_has_no_secret(desk):
    for path, body, secret in (
        ("tokens", {"name": "backup"}, "secret"),
        ("people", {"name": "Nia Roy", "email": "nia@example.org"}, "link"),
    ):
        headers = {"Idempotency-Key": path}
        first, second = (desk.ada.post(path, json=body, headers=headers) for _ in range(2))
        assert first.status_code == second.status_code == 201
        assert first.json()[secret] and second.json() == first.json() | {secret: None}


@pytest.mark.parametrize("key", ["", "x" * 256, "t\tab", "\x7f", "é"])
def test_a_key_is_short_and_printable(sqlite_desk, key):
    answer = sqlite_desk.sam.post("tickets", json=BODY, headers={"Idempotency-Key": key.encode("latin-1")})
    assert problem(answer, 422)["errors"][0]["field"] == "idempotency-key"


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_a_key_is_known_after_a_restart(databases, server, kind, tmp_path):
    """A real server, killed between the request and its repetition."""
    from db import engine as engines
    from lib import transactions

    url = databases.fresh(kind)
    made = engines.connect(url)
    transactions.use_engine(made)
    with act() as session:
        person = accounts.create_first_administrator(
            session, email="ada@example.org", name="Ada", password="correct horse battery staple 9"
        )
    with see() as session:
        assert roles.get(session, "administrator")
    with act() as session:
        maker = gate.system_actor("tests", *gate.Permission)
        secret = api_tokens.create(session, maker, name="t", scope="write", owner=person)[1]
    made.dispose()
    answers = []
    for start in ("first", "second"):
        running = server(data=tmp_path / start, DOCKET_DATABASE_URL=url)
        headers = KEY | {"Authorization": f"Bearer {secret}"}
        answers += [httpx.post(f"{running.url}/api/v1/tickets", json=BODY, headers=headers) for _ in range(2)]
        running.process.kill()
        running.process.wait()
    same(answers)
    assert not [name for name in answers[0].headers if name in ("server", "x-powered-by")]
