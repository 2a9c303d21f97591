"""A channel that Docket does not have works from end to end with three pieces: renderer, transport, registration."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from sqlmodel import col, select

from db.models import ChannelState, DeliveryNotice, Message, Ticket
from db.vocabulary import NotificationChannel, NotificationType, RecipientReason
from lib.core import clock, settings
from lib.notifications import channels, preferences, queue_admin, rules
from lib.notifications.content_types import Content
from lib.notifications.delivery import outbox
from lib.notifications.delivery.channel import Channel
from lib.notifications.delivery.outcomes import Down, Outcome, Rejected, Retry, Sent
from lib.people import teams
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast
from tests.support.unscoped import UNSCOPED
from worker import outbox_loop
from worker.channels import SENDERS
from worker.sender import Outgoing, Sender

pytestmark = pytest.mark.both_databases("the queue is filled and emptied under each database's locks")
REPLY = (NotificationType.REPLIED, RecipientReason.ASSIGNEE)
NOTE = (NotificationType.NOTED, RecipientReason.ASSIGNEE)


class PagerChannel(Channel):
    """The first piece: what it is called, whether it is configured, and how it renders."""

    name: ClassVar[Any] = None  # the name joins the enumeration for these tests alone
    label = "pager"
    phrase = "On your pager"
    needs = "DOCKET_PAGER_URL"

    def configured(self):
        return True

    def render(self, message, content):
        assert isinstance(content, Content)
        assert not any(said.body or said.actor for said in content.said), "the team did not allow more"
        last = content.said[-1]
        return f"#{last.ticket} {last.title}".strip() + ": " + ", ".join(s.sentence for s in content.said)


@dataclass
class Transport:
    """The second piece: what takes a text for somebody, or says why not."""

    taken: list[tuple[str, str]] = field(default_factory=list)
    answers: dict[str, Outcome | Exception] = field(default_factory=dict)

    def page(self, to: str, text: str) -> Outcome:
        answer = self.answers.get(to, Sent())
        if isinstance(answer, Exception):
            raise answer
        if answer == Sent():
            self.taken.append((to, text))
        return answer


class PagerSender(PagerChannel, Sender):
    """The third piece: the registration for the worker."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    def send(self, message: Outgoing) -> Outcome:
        assert isinstance(message.content, Content)
        return self.transport.page(message.content.email, message.rendered)


@pytest.fixture
def pager(desk, monkeypatch):
    """A Docket with this channel, in which it tells assignees of replies and notes."""
    name = str.__new__(NotificationChannel, "pager")
    name._name_, name._value_ = "PAGER", "pager"
    monkeypatch.setitem(NotificationChannel._member_map_, "PAGER", name)
    monkeypatch.setitem(NotificationChannel._value2member_map_, "pager", name)
    monkeypatch.setattr(NotificationChannel, "_member_names_", [*NotificationChannel._member_names_, "PAGER"])
    monkeypatch.setattr(PagerChannel, "name", name)
    monkeypatch.setattr(channels, "ALL", (*channels.ALL, PagerChannel()))
    transport = Transport()
    monkeypatch.setitem(SENDERS, name, PagerSender(transport))
    with act() as session:
        own = rules.get(session, desk.ada)
        rules.update(
            session, desk.ada, {pair: own.cells[pair] | {name} for pair in (REPLY, NOTE)}, seen=own.version
        )
    return transport


def assigned(desk, to, title="Lights flicker"):
    """Create a ticket that is assigned to somebody."""
    number = cast.create_ticket(desk.sam, title)
    with act() as session:
        ticket = tickets.find(session, desk.mona, number, to_change=True)
        tickets.assign(session, desk.mona, ticket, to=to.id, seen=ticket.version)
    return number


def deliver():
    while outbox_loop.deliver(NotificationChannel("pager")):
        pass


def rows():
    with see() as session:
        chosen = select(Message).where(Message.medium == "pager").order_by(col(Message.id))
        return session.exec(chosen.execution_options(**UNSCOPED)).all()


def account(desk):
    with see() as session:
        return next(a for a in queue_admin.list_channel_statuses(session, desk.ada) if a.medium == "pager")


def test_it_notifies_and_what_follows_soon_goes_out_together(desk, pager):
    number = assigned(desk, desk.rita)
    cast.add_comment(desk.sam, number, "It got worse")
    deliver()
    assert pager.taken == [(desk.rita.email, f"#{number} Lights flicker: New reply")]
    cast.add_comment(desk.sam, number, "Much worse")
    cast.add_comment(desk.sam, number, "And worse")
    deliver()
    assert len(pager.taken) == 1
    sent, waiting = rows()
    assert sent.done_at and waiting.due_at > clock.now() + timedelta(seconds=60)
    with see() as session:
        links = select(DeliveryNotice).where(DeliveryNotice.delivery_id == waiting.id)
        assert len(session.exec(links.execution_options(**UNSCOPED)).all()) == 2
    due(desk)
    deliver()
    assert pager.taken[1:] == [(desk.rita.email, f"#{number} Lights flicker: New reply, New reply")]


def due(desk):
    """Let every wait be over."""
    with act() as session:
        for row in session.exec(select(Message).execution_options(**UNSCOPED)).all():
            row.due_at = clock.now() - timedelta(seconds=1)
        outbox.mark_up(session, NotificationChannel("pager"))


def test_people_choose_it_and_may_not_choose_what_is_not_theirs_to_know(desk, pager):
    number = assigned(desk, desk.rita)
    with act() as session:
        mine = preferences.get_channels(session, desk.rita)[REPLY]
        assert (
            "pager" in mine
            and "pager" not in preferences.get_channels(session, desk.rita)[REPLY[0], "watcher"]
        )
        preferences.set_channels(session, desk.rita, {REPLY: mine - {NotificationChannel("pager")}})
    cast.add_comment(desk.sam, number, "Hello")
    assert rows() == []
    cast.add_comment(desk.arun, number, "between us", internal=True)
    deliver()
    assert [to for to, _ in pager.taken] == [desk.rita.email]
    assert NOTE not in preferences_of(desk.sam)


def preferences_of(actor):
    with see() as session:
        return preferences.get_channels(session, actor)


def test_who_may_no_longer_see_it_gets_nothing(desk, pager):
    number = assigned(desk, desk.rita)
    cast.add_comment(desk.arun, number, "between us", internal=True)
    with act() as session:
        teams.remove_member(
            session, desk.ada, cast.get_team(session, desk.service_desk), cast.get_person(session, desk.rita)
        )
    deliver()
    assert pager.taken == [] and [(bool(row.done_at), row.empty) for row in rows()] == [(True, True)]


def test_what_is_confidential_reaches_a_service_of_others_without_its_title(desk, pager):
    number = assigned(desk, desk.rita, "Zebrafinch")
    cast.add_comment(desk.sam, number, "Hello")
    with act() as session:
        session.get_one(Ticket, number, execution_options=UNSCOPED).confidential = True
    deliver()
    assert [text for _, text in pager.taken] == [f"#{number}: New reply"]


def test_each_outcome_settles_its_message_alone(desk, pager, monkeypatch):
    monkeypatch.setenv("DOCKET_NOTICE_WINDOW_SECONDS", "0")
    settings.current.cache_clear()
    for person in (desk.rita, desk.arun, desk.mona):
        cast.add_comment(desk.sam, assigned(desk, person), "Hello")
    pager.answers = {desk.rita.email: Rejected("no such pager"), desk.arun.email: KeyError("boom")}
    deliver()
    refused, raised, sent = rows()
    assert refused.parked_at and refused.error == "no such pager"
    assert raised.parked_at and "KeyError" in raised.error
    assert sent.done_at and pager.taken[0][0] == desk.mona.email
    told = account(desk)
    assert (told.on, told.parked, told.sent, told.owed) == (True, 2, 1, 0)


def test_one_that_is_refused_for_now_waits_longer_each_time_and_fails_in_the_end(desk, pager):
    pager.answers = {desk.rita.email: Retry("busy")}
    cast.add_comment(desk.sam, assigned(desk, desk.rita), "Hello")
    for attempt in range(outbox.MAX_ATTEMPTS):
        deliver()
        (row,) = rows()
        assert row.attempts == attempt + 1 and row.error == "busy"
        due(desk)
    assert row.parked_at


@pytest.mark.parametrize("down", [Down("away"), Down("busy", rest=timedelta(seconds=30))])
def test_a_channel_that_is_away_costs_no_attempt_and_rests(desk, pager, down):
    pager.answers = {desk.rita.email: down}
    cast.add_comment(desk.sam, assigned(desk, desk.rita), "Hello")
    for _ in range(outbox.MAX_ATTEMPTS + 2):
        deliver()
        (row,) = rows()
        assert (row.attempts, row.parked_at, row.claimed_by) == (0, None, None)
        assert outbox_loop.deliver(NotificationChannel("pager")) == 0, "it rests"
        with act() as session:
            state = session.get_one(ChannelState, "pager")
            assert state.not_before and state.not_before > clock.now()
            assert bool(state.failing_since) == (down.rest is None)
            state.not_before = None
            session.get_one(Message, row.id, execution_options=UNSCOPED).due_at = clock.now()
    pager.answers = {}
    deliver()
    assert rows()[0].done_at and account(desk).failing_since is None
