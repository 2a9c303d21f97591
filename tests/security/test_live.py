"""The line over which pages hear of one another: liars get nowhere, and notes and strangers stay unknown."""

import time

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

import web
from db.vocabulary import PresenceActivity
from lib.audit import change_feed
from lib.conversation import presence
from lib.identity import client_info
from lib.tickets import tickets
from lib.transactions import see
from tests import cast
from tests.lib.conversation.test_presence import enter, there


@pytest.fixture
def client():
    with TestClient(Starlette(routes=[WebSocketRoute("/live", web.LiveUpdates().connect)])) as made:
        yield made


def line(client, actor):
    client.cookies.set(client_info.cookie_name(), cast.sign_in(actor))
    return client.websocket_connect("/live")


def comes(look, wanted):
    """Wait a little until what is looked at is as wanted."""
    until = time.monotonic() + 20
    while (found := look()) != wanted and time.monotonic() < until:
        time.sleep(0.1)
    assert found == wanted


def test_nobody_in_particular_is_not_listened_to(desk, client):
    client.cookies.set(client_info.cookie_name(), "made up")
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/live") as socket:
        socket.receive_json()


@pytest.mark.parametrize(
    "lie",
    [
        [], 7, "here", {"here": 1}, {"here": {"topic": 1}}, {"here": {"topic": "ticket-1", "doing": "dancing"}},
        {"topics": 1}, {"topics": {"ticket-1": "x"}}, {"topics": {"ticket-1": float("inf")}},
        {"topics": {"ticket-1": float("nan")}},
    ],
    ids=str,
)  # fmt: skip
def test_what_makes_no_sense_ends_the_line_quietly(desk, client, lie):
    cast.create_ticket(desk.sam)
    with line(client, desk.rita) as socket:
        socket.send_json({"topics": {"ticket-1": 2**53}})
        socket.send_json(lie)
        socket.send_json({"here": {"topic": "ticket-1", "doing": "looking"}})
    assert there(desk.mona, 1) == []


@pytest.mark.parametrize(
    "raw",
    ["[" * 200_000, '{"a":' * 200_000, '{"topics": {"ticket-1": 1e999}}', "no JSON", "\x00", "9" * 5000],
)
def test_what_nobody_can_read_is_refused_and_leaves_no_traceback(desk, client, caplog, raw):
    cast.create_ticket(desk.sam)
    with line(client, desk.rita) as socket:
        socket.send_text(raw)
        with pytest.raises(WebSocketDisconnect) as ended:
            socket.receive_json()
    assert ended.value.code == 1008
    assert not [record for record in caplog.records if record.exc_info or record.levelname == "ERROR"]


@pytest.mark.parametrize("known", [[2**53 - 1], [2**53 - 1, 1], [1, 2**53 - 1]], ids=str)
def test_what_happens_next_is_told_whatever_a_page_says_that_it_knows(desk, client, known):
    number = cast.create_ticket(desk.sam)
    with see() as session:
        newest = change_feed.newest_id(session)
    topic = f"ticket-{number}"
    with line(client, desk.rita) as socket:
        for since in known:
            socket.send_json({"topics": {topic: newest if since == 1 else since}})
        socket.send_json({"here": {"topic": topic, "doing": "looking"}})
        comes(lambda: there(desk.mona, number), [("Rita Sosa", "looking")])
        cast.add_comment(desk.sam, number, "Any news?")
        told = socket.receive_json()
    assert told["topic"] == topic and told["event"] > newest


def test_one_is_somewhere_only_where_one_may_be(desk, client):
    mine, other = cast.create_ticket(desk.sam), cast.create_ticket(desk.bob)
    with line(client, desk.sam) as socket:
        socket.send_json({"topics": {f"ticket-{mine}": 2**53, f"ticket-{other}": 2**53, "desk": 2**53}})
        for topic in (f"ticket-{other}", "desk", "ticket-99999"):
            socket.send_json({"here": {"topic": topic, "doing": "looking"}})
        socket.send_json({"here": {"topic": f"ticket-{mine}", "doing": "replying"}})
        comes(lambda: there(desk.rita, mine), [("Sam Reed", "replying")])
        assert there(desk.rita, other) == []
        socket.send_json({"here": {"topic": f"ticket-{mine}", "doing": "noting"}})
        socket.send_json({"here": None})
        comes(lambda: there(desk.rita, mine), [])
        socket.send_json({"here": {"topic": f"ticket-{mine}", "doing": "looking"}})
        comes(lambda: there(desk.rita, mine), [("Sam Reed", "looking")])
    comes(lambda: there(desk.rita, mine), [])


def test_a_requester_is_told_of_replies_and_never_of_notes(desk, client):
    number = cast.create_ticket(desk.sam)
    enter(desk.rita, number, PresenceActivity.NOTING)
    enter(desk.mona, number, PresenceActivity.LOOKING)
    with line(client, desk.sam) as socket:
        socket.send_json({"topics": {f"ticket-{number}": 2**53}})
        enter(desk.arun, number, PresenceActivity.REPLYING)
        told = socket.receive_json()
    assert told == {"topic": f"ticket-{number}", "people": [{"name": "Arun Das", "doing": "replying"}]}
    with see() as session:
        names = [
            each.name
            for each in presence.list_for_ticket(session, desk.ada, tickets.find(session, desk.ada, number))
        ]
    assert names == ["Arun Das", "Mona Lind", "Rita Sosa"]
