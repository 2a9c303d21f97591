"""A connection that breaks during COMMIT: no answer says that nothing was saved, and nothing is created twice."""

from pathlib import Path

import pytest
from sqlmodel import select

from db import engine as engines
from db.models import Attachment, Comment, Tag, Ticket
from lib import transactions
from lib.core import settings
from lib.core.errors import OutcomeUnknown
from lib.transactions import act, see
from tests import cast
from tests.api.conftest import Desk, problem
from tests.support import cut
from tests.support.unscoped import UNSCOPED

pytestmark = pytest.mark.postgresql
BODY = {"title": "The door is stuck"}
KEY = {"Idempotency-Key": "door"}


@pytest.fixture
def broken(databases):
    """A proxy before a staffed PostgreSQL, through which this process works, and the company in it."""
    url, company = databases.staffed("postgresql")
    with cut.open_proxy(url) as proxy:
        made = engines.connect(proxy.url)
        transactions.use_engine(made)
        yield proxy, company
        made.dispose()
    databases.drop(url)


@pytest.fixture
def proxy(broken):
    return broken[0]


@pytest.fixture
def desk(broken):
    return Desk(broken[1])


def titles():
    with see() as session:
        return session.exec(select(Ticket.title).execution_options(**UNSCOPED)).all()


def test_an_error_out_of_commit_says_that_the_outcome_is_not_known(proxy):
    proxy.cuts = 1
    with pytest.raises(OutcomeUnknown) as refused, act() as session:
        session.add(Tag(name="kept", key="kept"))
    assert "Nothing was saved" not in refused.value.sentence
    assert "can't tell whether it was saved" in refused.value.sentence
    with see() as session:
        assert session.exec(select(Tag.name)).all() == ["kept"]


def test_a_repeated_key_finds_what_was_saved(proxy, desk):
    client = desk.sam
    proxy.cuts = 1
    body = problem(client.post("tickets", json=BODY, headers=KEY), 503)
    assert body["outcome"] == "unknown" and "same Idempotency-Key" in body["detail"]
    again = client.post("tickets", json=BODY, headers=KEY)
    assert again.status_code == 201 and again.json()["title"] == BODY["title"]
    assert titles() == [BODY["title"]]


def test_without_a_key_one_is_told_to_look(proxy, desk):
    client = desk.sam
    proxy.cuts = 1
    answer = client.post("tickets", json=BODY)
    body = problem(answer, 503)
    assert "Nothing was saved" not in body["detail"] and "Check whether it is there" in body["detail"]
    assert "retry-after" not in answer.headers
    assert titles() == [BODY["title"]]


@pytest.mark.parametrize("method", ["patch", "comment", "move", "delete"])
def test_every_change_says_so(proxy, desk, method):
    number = cast.create_ticket(desk.company.rita)
    client = desk.rita
    version = client.get(f"tickets/{number}").json()["version"]
    proxy.cuts = 1
    answer = {
        "patch": lambda: client.patch(f"tickets/{number}", json={"title": "New", "version": version}),
        "comment": lambda: client.post(f"tickets/{number}/comments", json={"body": "Hello"}),
        "move": lambda: client.post(
            f"tickets/{number}/status", json={"status": "In Progress", "version": version}
        ),
        "delete": lambda: client.delete("drafts/new-ticket"),
    }[method]()
    if proxy.cut:
        assert "Nothing was saved" not in problem(answer, 503)["detail"]


def test_no_upload_has_a_row_without_bytes(proxy, desk):
    client = desk.sam
    for _ in range(5):
        proxy.cuts = 1
        body = problem(client.post("attachments", files={"file": ("a.txt", b"some words")}), 503)
        assert "Nothing was saved" not in body["detail"]
    with see() as session:
        rows = session.exec(select(Attachment.path).execution_options(**UNSCOPED)).all()
    assert len(rows) == 5
    assert all((Path(settings.current().files) / path).read_bytes() == b"some words" for path in rows)


def test_a_comment_is_saved_once(proxy, desk):
    number = cast.create_ticket(desk.company.rita)
    client = desk.rita
    for _ in range(3):
        proxy.cuts = 1
        client.post(f"tickets/{number}/comments", json={"body": "Hello"}, headers=KEY)
    with see() as session:
        assert session.exec(select(Comment.body).execution_options(**UNSCOPED)).all() == ["Hello"]
