"""Slack: the assignee hears directly, later things go into the thread, and Slack's troubles are its own."""

import json
from datetime import timedelta

import pytest
from sqlmodel import col, select

from db.models import MediumState, Message
from db.vocabulary import Medium
from lib import clock, gate, settings
from lib.desk import tickets
from lib.transactions import act, see
from tests import cast
from tests.support import slack as slacks
from worker import delivery


@pytest.fixture
def slack(desk, monkeypatch):
    with slacks.workspace() as made:
        made.people = {desk.rita.email: "U1"}
        for name, value in {
            "SLACK_BOT_TOKEN": "xoxb-tests", "SLACK_API_URL": made.url, "NOTICE_WINDOW_SECONDS": "0",
            "BASE_URL": "https://desk.example.org",
        }.items():  # fmt: skip
            monkeypatch.setenv(f"DOCKET_{name}", value)
        settings.current.cache_clear()
        yield made


def assign(desk, to, title="Lights flicker"):
    number = cast.ask(desk.sam, title)
    with act() as session:
        ticket = tickets.find(session, desk.mona, number, to_change=True)
        tickets.assign(session, desk.mona, ticket, to=to.id, seen=ticket.version)
    return number


def deliver():
    while delivery.deliver(Medium.SLACK):
        pass


def rows():
    with see() as session:
        return session.exec(select(Message).order_by(col(Message.id)).execution_options(**gate.PASS)).all()


def test_the_assignee_gets_a_direct_message_and_what_follows_in_its_thread(desk, slack):
    number = assign(desk, desk.rita)
    deliver()
    cast.say(desk.sam, number, "It got worse: secret words")
    deliver()
    first, second = slack.posts
    assert first["channel"] == "U1" and "thread_ts" not in first and second["thread_ts"] == "17.1"
    assert f"#{number} Lights flicker" in first["text"] and "assigned it to you" in first["text"]
    assert f"https://desk.example.org/ticket?id={number}" in json.dumps(first["blocks"])
    assert "asked by Sam Reed" in json.dumps(first["blocks"])
    assert "secret words" not in json.dumps(slack.posts)
    assert slack.lookups == [desk.rita.email]


def test_who_is_not_in_slack_gets_nothing_and_is_looked_up_once(desk, slack):
    for _ in range(2):
        assign(desk, desk.arun)
        deliver()
    assert slack.posts == [] and slack.lookups == [desk.arun.email]
    assert all(row.done_at and row.empty for row in rows())


def test_a_title_is_no_command(desk, slack):
    assign(desk, desk.rita, "<!channel> *now* <https://evil.example|click>")
    deliver()
    sent = json.dumps(slack.posts)
    assert "<!channel>" not in sent and "<https://evil" not in sent and "&lt;!channel&gt;" in sent


def test_when_slack_asks_for_quiet_it_has_it_and_no_attempt_is_lost(desk, slack):
    slack.fail = (429, "ratelimited", {"Retry-After": "30"})
    for _ in range(3):
        assign(desk, desk.rita)
    deliver()
    assert all(row.attempts == 0 and row.due_at > clock.now() + timedelta(seconds=25) for row in rows())
    with see() as session:
        state = session.get_one(MediumState, "slack")
        assert state.not_before and state.not_before > clock.now() + timedelta(seconds=25)
    slack.fail = None
    deliver()
    assert slack.posts == []
    with act() as session:
        for row in session.exec(select(Message).execution_options(**gate.PASS)).all():
            row.due_at = clock.now()
            session.add(row)
        session.get_one(MediumState, "slack").not_before = None
    deliver()
    assert len(slack.posts) == 3


@pytest.mark.parametrize(("fail", "parked"), [((500, "", {}), False), ((200, "invalid_auth", {}), True)])
def test_what_fails_for_now_is_kept_and_what_fails_for_good_put_aside(desk, slack, fail, parked):
    slack.fail = fail
    assign(desk, desk.rita)
    deliver()
    row = rows()[0]
    assert row.error and bool(row.parked_at) == parked and row.done_at is None
