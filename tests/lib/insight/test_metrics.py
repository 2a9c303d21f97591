"""Times are what a reader of the event stream would work out by hand, and only from what one may see."""

from datetime import UTC, datetime, timedelta
from math import ceil

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from db.models import Event, Ticket
from db.vocabulary import Action
from lib import clock, gate
from lib.desk import comments, filters, listing, statuses, tickets
from lib.errors import NotPermitted
from lib.insight import metrics
from lib.insight.metrics import Spread, spread
from lib.transactions import act, see

BEGAN = datetime(2026, 3, 1, 8, tzinfo=UTC)
UNTIL = BEGAN + timedelta(days=40)
STATUSES = ["To-Do", "In Progress", "Pending", "Completed", "Cancelled"]
deeds = st.one_of(
    st.tuples(st.just("move"), st.sampled_from(STATUSES)),
    st.tuples(st.sampled_from(["reply", "note"]), st.sampled_from(["rita", "arun", "mona", "sam", "bob"])),
)
histories = st.lists(
    st.tuples(
        st.sampled_from(["sam", "bob", "rita"]),
        st.booleans(),
        st.sampled_from([None, "rita", "arun"]),
        st.lists(st.tuples(st.integers(1, 10**6), deeds), max_size=7),
    ),
    min_size=1,
    max_size=4,
)


def live(desk, asker, on_behalf, assignee, deeds) -> None:
    """Let one ticket have its history, some microseconds past the second."""
    at = BEGAN + timedelta(microseconds=700_000)
    with act() as session:
        with clock.at(at):
            opener = desk.arun if on_behalf else getattr(desk, asker)
            ticket = tickets.create(session, opener, title="Lived", requester_id=getattr(desk, asker).id)
        ticket.assignee_id = getattr(desk, assignee).id if assignee else None
        for after, (deed, what) in deeds:
            at += timedelta(seconds=after, microseconds=after % 7 * 100_000)
            with clock.at(at):
                if deed == "move":
                    to = statuses.find(session, what)
                    tickets.move(session, desk.rita, ticket, to=to, seen=ticket.version)
                elif deed == "reply" and gate.sees(session, getattr(desk, what), ticket):
                    comments.add(session, getattr(desk, what), ticket, body="Hello")
                elif deed == "note" and what not in ("sam", "bob"):
                    comments.add(session, getattr(desk, what), ticket, body="Hush", internal=True)
            session.flush()


def by_hand(session, desk, mine) -> dict[str, Spread]:
    """Work the times out from the event stream alone, ticket by ticket."""
    staff = {desk.rita.id, desk.arun.id, desk.mona.id, desk.bela.id, desk.ada.id}
    found = {"first_response": [], "resolution": []}
    for ticket in session.exec(select(Ticket).execution_options(**gate.PASS)).all():
        if not mine(ticket):
            continue
        told = select(Event).where(Event.ticket_id == ticket.id).order_by(col(Event.id))
        stream = session.exec(told.execution_options(**gate.PASS)).all()
        opened = stream[0]
        answers = [
            e for e in stream
            if e.action == Action.COMMENT_ADDED and not e.internal and e.actor_id in staff - {ticket.requester_id}
        ]  # fmt: skip
        moves = [e for e in stream if e.action == Action.TICKET_MOVED]
        done = [e for e in moves if e.new == "Completed"]
        ends = {
            "first_response": answers[0] if answers and opened.behalf_id is None else None,
            "resolution": moves[-1] if done and moves[-1] is done[-1] else None,
        }
        for name, end in ends.items():
            if end and BEGAN + timedelta(days=2) <= end.at < UNTIL:
                found[name].append(int(end.at.timestamp()) - int(opened.at.timestamp()))
    return {name: in_words(sorted(durations)) for name, durations in found.items()}


def in_words(ordered: list[int]) -> Spread:
    n = len(ordered)
    if n == 0:
        return Spread()
    middle = ordered[n // 2] if n % 2 else (ordered[n // 2 - 1] + ordered[n // 2]) // 2
    p90 = next(d for d in ordered if sum(other <= d for other in ordered) >= 0.9 * n)
    return Spread(n, middle, p90, sum(ordered) // n)


@settings(
    max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], phases=[Phase.generate]
)
@given(lived=histories)
def test_times_are_what_the_event_stream_tells(desk, lived):
    for history in lived:
        live(desk, *history)
    mine = [
        (desk.rita, lambda ticket: ticket.assignee_id == desk.rita.id),
        (desk.mona, lambda ticket: ticket.team_id == desk.service_desk),
        (desk.ada, lambda _: True),
        (desk.bela, lambda _: False),
    ]
    for actor, rule in mine:
        with see() as session:
            wanted = by_hand(session, desk, rule)
            for name, spread_ in wanted.items():
                got = getattr(metrics, name)(session, actor, since=BEGAN + timedelta(days=2), until=UNTIL)
                assert got == spread_, (actor.name, name)


@given(st.lists(st.integers(0, 10**7), max_size=50))
def test_a_spread_is_its_definition(durations):
    assert spread(durations) == in_words(sorted(durations))
    if durations:
        assert spread(durations).p90 == sorted(durations)[ceil(0.9 * len(durations)) - 1]


def test_a_requester_sees_no_times_and_nobody_counts_what_they_may_not_see(desk):
    with act() as session:
        ticket = tickets.create(session, desk.sam, title="Secret", confidential=True)
        tickets.move(session, desk.sam, ticket, to=statuses.find(session, "Completed"), seen=ticket.version)
    since, until = clock.now() - timedelta(hours=1), clock.now() + timedelta(hours=1)
    with see() as session:
        assert metrics.resolution(session, desk.ada, since=since, until=until).n == 0
        for ask in (metrics.first_response, metrics.resolution):
            with pytest.raises(NotPermitted):
                ask(session, desk.sam, since=since, until=until)


def test_the_period_shortens_when_there_is_too_much(desk, monkeypatch):
    monkeypatch.setattr(metrics, "MOST", 3)
    with act() as session:
        for days in (20, 5, 4, 0):
            with clock.at(clock.now() - timedelta(days=days, hours=1)):
                tickets.create(session, desk.sam, title=f"{days} days ago")
    with see() as session:
        assert metrics.window(session, desk.ada) == 7
        assert metrics.window(session, desk.rita) == 30
        monkeypatch.setattr(metrics, "MOST", 1)
        assert metrics.window(session, desk.mona) == 1


def test_the_times_lists_hold_what_was_counted(desk):
    """The links of the dashboard: `responded_after`, `resolved_after` and `opened_by` mean what the metrics mean."""
    live(desk, "sam", False, "rita", [(60, ("reply", "rita")), (60, ("move", "Completed"))])
    live(desk, "sam", True, "rita", [(60, ("reply", "rita"))])
    live(desk, "bob", False, "rita", [(60, ("note", "rita")), (60, ("move", "Cancelled"))])
    since = BEGAN.isoformat()
    with see() as session:
        for actor in (desk.rita, desk.mona, desk.ada):
            for name, field in (("first_response", "responded_after"), ("resolution", "resolved_after")):
                given_in = {field: [since], **({"opened_by": ["requester"]} if "response" in name else {})}
                counted = listing.count(session, actor, filters.narrow(session, actor, given_in))
                assert counted == getattr(metrics, name)(session, actor, since=BEGAN, until=UNTIL).n == 1
