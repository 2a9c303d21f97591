"""P36: the mail server is away in every way there is, for long; people notice nothing, and then everything arrives."""

import time
from collections import Counter
from datetime import timedelta

import pytest
from sqlmodel import col, select

from db.models import ChannelState, Message
from db.vocabulary import MessageKind, NotificationChannel
from lib.core import clock, settings
from lib.integrations import smtp
from lib.notifications import queue_admin
from lib.transactions import act, see
from tests import cast
from tests.support import post as posts
from tests.support.unscoped import UNSCOPED
from worker import outbox_loop

pytestmark = pytest.mark.both_databases("each database fails and returns its own way")


MANY = 500
TICKETS = 20


@pytest.fixture
def aim(monkeypatch):
    """Let Docket send to a port."""
    for name, value in {
        "SMTP_HOST": "127.0.0.1", "SMTP_TLS": "none", "SMTP_FROM": "desk@example.org", "NOTICE_WINDOW_SECONDS": "0",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"DOCKET_{name}", value)

    def at(port: int, *, patient: bool = True) -> None:
        monkeypatch.setattr(smtp, "TIMEOUT", 10 if patient else 0.5)
        monkeypatch.setattr(smtp, "TOTAL_TIMEOUT", 30 if patient else 1)
        monkeypatch.setenv("DOCKET_SMTP_PORT", str(port))
        settings.current.cache_clear()

    at(9)
    return at


def rows():
    with see() as session:
        chosen = select(Message).order_by(col(Message.id))
        return session.exec(chosen.execution_options(**UNSCOPED)).all()


def later():
    """Let every wait be over, as two hours do."""
    past = clock.now() - timedelta(seconds=1)
    with act() as session:
        for row in session.exec(select(Message).execution_options(**UNSCOPED)).all():
            row.due_at = past
        state = session.get(ChannelState, "mail")
        if state:
            state.not_before = None


def account(desk):
    with see() as session:
        return queue_admin.list_channel_statuses(session, desk.ada)[0]


def owe(desk, count):
    now = clock.now()
    with act() as session:
        session.add_all(
            Message(
                medium=NotificationChannel.MAIL,
                sort=MessageKind.TRIAL,
                person_id=desk.kim.id,
                created_at=now,
                due_at=now,
            )
            for _ in range(count)
        )


def say(desk, numbers, words):
    """Reply on tickets; return the longest that anybody waited for it."""
    longest = 0.0
    for number in numbers:
        begun = time.monotonic()
        cast.add_comment(desk.rita, number, words)
        longest = max(longest, time.monotonic() - begun)
    return longest


def drain():
    while outbox_loop.deliver(NotificationChannel.MAIL):
        pass


def test_who_delivers_by_hand_after_the_worker_has_stopped_sends(desk, aim):
    outbox_loop.start()
    outbox_loop.stop()
    owe(desk, 3)
    with posts.run_mail_server() as post:
        aim(post.port)
        outbox_loop.deliver(NotificationChannel.MAIL)
    assert len(post.mails) == 3


def test_a_server_that_is_away_in_every_way_loses_nothing(desk, aim):
    numbers = [cast.create_ticket(desk.sam, f"Ticket {n}") for n in range(TICKETS)]
    owe(desk, MANY - 2 * TICKETS - len(rows()))
    say(desk, numbers, "first")
    for way in ("refuse", "silent", "slow", "drop"):
        later()
        if way == "refuse":
            drain()
        else:
            with posts.run_broken_mail_server(way) as port:
                aim(port, patient=way == "drop")
                drain()
        told = account(desk)
        assert told.failing_since and told.error, way
        assert told.failing_since > clock.now() - timedelta(minutes=5)
        with see() as session:
            rest = (session.get_one(ChannelState, "mail").not_before or clock.now()) - clock.now()
        assert timedelta(0) < rest <= timedelta(minutes=5)
        assert outbox_loop.deliver(NotificationChannel.MAIL) == 0, "it rests"
    tried = [row for row in rows() if row.attempts]
    assert len(tried) == 1 and tried[0].due_at > clock.now() + timedelta(seconds=15), (
        "one mail was hung up on"
    )
    assert not any(row.parked_at or row.done_at or row.claimed_by for row in rows())
    with act() as session:
        for row in session.exec(select(Message).execution_options(**UNSCOPED)).all():
            row.attempts = max(row.attempts, 1)
    assert say(desk, numbers, "second") < 2
    assert len(rows()) >= MANY
    with posts.run_mail_server() as post:
        aim(post.port)
        later()
        drain()
    assert all(row.done_at and row.parked_at is None and row.claimed_by is None for row in rows())
    assert account(desk).failing_since is None
    assert len(post.mails) == len({mail["Message-ID"] for mail in post.mails}) >= MANY
    heard: dict[str, list[str]] = {}
    for letter, who in zip(post.mails, post.recipients, strict=True):
        if who == [desk.sam.email]:
            text = letter.get_body(("plain",)).get_content()
            heard.setdefault(letter["Subject"], []).append("first" if "first" in text else "second")
    assert Counter(map(tuple, heard.values())) == {("first", "second"): TICKETS}


def test_a_mail_at_which_the_server_hangs_up_holds_up_no_other(desk, aim):
    owe(desk, 3)
    with posts.run_broken_mail_server("drop") as port:
        aim(port)
        outbox_loop.deliver(NotificationChannel.MAIL)
    with posts.run_mail_server() as post:
        aim(post.port)
        with act() as session:
            session.get_one(ChannelState, "mail").not_before = None
        drain()
    assert len(post.mails) == 2 and sorted(bool(row.done_at) for row in rows()) == [False, True, True]
