"""Times are what a reader of the event stream would work out by hand, and only from what one may see."""

from datetime import UTC, datetime, timedelta
from math import ceil

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from db.models import Event, Person, Ticket
from db.vocabulary import Action
from lib.access import gate
from lib.catalog import statuses
from lib.conversation import comments
from lib.core import clock
from lib.core.errors import NotPermitted
from lib.lists import filters, ticket_list
from lib.reports import response_times
from lib.reports.response_times import DurationSummary, summarize_durations
from lib.tickets import tickets
from lib.transactions import act, see
from tests.support.unscoped import UNSCOPED

pytestmark = pytest.mark.both_databases("roll-ups are SQL in each database's dialect")


BEGAN = datetime(2026, 3, 1, 8, tzinfo=UTC)
UNTIL = BEGAN + timedelta(days=40)
STATUSES = ["To-Do", "In Progress", "Pending", "Completed", "Cancelled"]
deeds = st.one_of(
    st.tuples(st.just("move"), st.sampled_from(STATUSES)),
    st.tuples(st.just("assign"), st.sampled_from(["rita", "arun", None])),
    st.tuples(st.just("remove"), st.integers(0, 3)),
    st.tuples(
        st.sampled_from(["reply", "note"]), st.sampled_from(["rita", "arun", "mona", "bela", "sam", "bob"])
    ),
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
    at, said = BEGAN + timedelta(microseconds=700_000), []
    with act() as session:
        with clock.travel_to(at):
            opener = desk.arun if on_behalf else getattr(desk, asker)
            ticket = tickets.create(session, opener, title="Lived", requester_id=getattr(desk, asker).id)
            hold(session, desk, ticket, assignee)
            if not ticket.confidential:
                tickets.add_cc(session, desk.rita, ticket, session.get_one(Person, desk.bela.id))
        for after, (deed, what) in deeds:
            at += timedelta(seconds=after, microseconds=after % 7 * 100_000)
            with clock.travel_to(at):
                if deed == "move":
                    to = statuses.get(session, what)
                    tickets.move(session, desk.rita, ticket, to=to, seen=ticket.version)
                elif deed == "assign":
                    hold(session, desk, ticket, what)
                elif deed == "remove" and what < len(said):
                    take_back(session, ticket, *said[what])
                elif deed == "reply" and gate.can_see(session, getattr(desk, what), ticket):
                    said.append(
                        (getattr(desk, what), comments.add(session, getattr(desk, what), ticket, body="Hi"))
                    )
                elif deed == "note" and what not in ("sam", "bob", "bela"):
                    comments.add(session, getattr(desk, what), ticket, body="Hush", internal=True)
            session.flush()


def hold(session, desk, ticket, who) -> None:
    if who is None and ticket.assignee_id is not None:
        tickets.unassign(session, desk.mona, ticket, seen=ticket.version)
    elif who is not None:
        tickets.assign(session, desk.mona, ticket, to=getattr(desk, who).id, seen=ticket.version)


def take_back(session, ticket, author, comment) -> None:
    if comment.removed_at is None and comment.created_at > clock.now() - comments.EDIT_WINDOW:
        comments.remove(session, author, comment, ticket)


def by_hand(session, desk, mine) -> dict[str, DurationSummary]:
    """Work the times out from the event stream alone, ticket by ticket; `mine` is asked for a holder and a team."""
    works = {desk.rita.id, desk.arun.id, desk.mona.id, desk.ada.id}
    found = {"first_response": [], "resolution": []}
    for ticket in session.exec(select(Ticket).execution_options(**UNSCOPED)).all():
        told = select(Event).where(Event.ticket_id == ticket.id).order_by(col(Event.id))
        stream = session.exec(told.execution_options(**UNSCOPED)).all()
        opened = stream[0]
        removed = {e.subject for e in stream if e.action == Action.COMMENT_REMOVED}
        answers = [
            e for e in stream
            if e.action == Action.COMMENT_ADDED and not e.internal and e.subject not in removed
            and e.actor_id in works - {ticket.requester_id}
        ]  # fmt: skip
        moves = [e for e in stream if e.action == Action.TICKET_MOVED]
        done = None
        for move in moves:
            done = (done or move) if move.new == "Completed" else None
        due = opened.behalf_id is None and ticket.requester_id not in works
        ends = {"first_response": answers[0] if answers and due else None, "resolution": done}
        for name, end in ends.items():
            if not end or not BEGAN + timedelta(days=2) <= end.at < UNTIL:
                continue
            assigned = [e.new for e in stream if e.action == Action.TICKET_ASSIGNED and e.id < end.id]
            holder = int(assigned[-1]) if assigned and assigned[-1] else None
            if mine(holder, ticket.team_id):
                found[name].append(int(end.at.timestamp()) - int(opened.at.timestamp()))
    return {name: in_words(sorted(durations)) for name, durations in found.items()}


def in_words(ordered: list[int]) -> DurationSummary:
    n = len(ordered)
    if n == 0:
        return DurationSummary()
    middle = ordered[n // 2] if n % 2 else (ordered[n // 2 - 1] + ordered[n // 2]) // 2
    p90 = next(d for d in ordered if sum(other <= d for other in ordered) >= 0.9 * n)
    return DurationSummary(n, middle, p90, sum(ordered) // n)


@settings(
    max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], phases=[Phase.generate]
)
@given(lived=histories)
def test_times_are_what_the_event_stream_tells(desk, lived):
    for history in lived:
        live(desk, *history)
    mine = [
        (desk.rita, lambda holder, _: holder == desk.rita.id),
        (desk.mona, lambda _, team: team == desk.service_desk),
        (desk.ada, lambda *_: True),
        (desk.bela, lambda *_: False),
    ]
    for actor, rule in mine:
        with see() as session:
            wanted = by_hand(session, desk, rule)
            for name, spread_ in wanted.items():
                got = getattr(response_times, f"measure_{name}")(
                    session, actor, since=BEGAN + timedelta(days=2), until=UNTIL
                )
                assert got == spread_, (actor.name, name)


@given(st.lists(st.integers(0, 10**7), max_size=50))
def test_a_spread_is_its_definition(durations):
    assert summarize_durations(durations) == in_words(sorted(durations))
    if durations:
        assert summarize_durations(durations).p90 == sorted(durations)[ceil(0.9 * len(durations)) - 1]


def test_a_requester_sees_no_times_and_nobody_counts_what_they_may_not_see(desk):
    with act() as session:
        ticket = tickets.create(session, desk.sam, title="Secret", confidential=True)
        tickets.move(session, desk.sam, ticket, to=statuses.get(session, "Completed"), seen=ticket.version)
    since, until = clock.now() - timedelta(hours=1), clock.now() + timedelta(hours=1)
    with see() as session:
        assert response_times.measure_resolution(session, desk.ada, since=since, until=until).n == 0
        for ask in (response_times.measure_first_response, response_times.measure_resolution):
            with pytest.raises(NotPermitted):
                ask(session, desk.sam, since=since, until=until)


def test_the_period_shortens_when_there_is_too_much(desk, monkeypatch):
    monkeypatch.setattr(response_times, "MAX_TICKETS", 3)
    with act() as session:
        for days in (20, 5, 4, 0):
            with clock.travel_to(clock.now() - timedelta(days=days, hours=1)):
                tickets.create(session, desk.sam, title=f"{days} days ago")
    with see() as session:
        assert response_times.choose_window_days(session, desk.ada) == 7
        assert response_times.choose_window_days(session, desk.rita) == 30
        monkeypatch.setattr(response_times, "MAX_TICKETS", 1)
        assert response_times.choose_window_days(session, desk.mona) == 1


def test_the_times_lists_hold_what_was_counted(desk):
    """The links of the dashboard: `responded_after`, `resolved_after` and `opened_by` mean what the metrics mean."""
    live(desk, "sam", False, "rita", [(60, ("reply", "rita")), (60, ("move", "Completed"))])
    live(desk, "sam", True, "rita", [(60, ("reply", "rita"))])
    live(desk, "bob", False, "rita", [(60, ("note", "rita")), (60, ("move", "Cancelled"))])
    since = BEGAN.isoformat()
    with see() as session:
        for actor in (desk.rita, desk.mona, desk.ada):
            answered = {"responded_after": [since], "opened_by": ["!staff"]}
            resolved = {"resolved_after": [since]}
            if actor is desk.rita:
                answered, resolved = answered | {"responder": ["me"]}, resolved | {"resolver": ["me"]}
            for name, given_in in (("first_response", answered), ("resolution", resolved)):
                counted = ticket_list.count(
                    session, actor, filters.parse_parameters(session, actor, given_in)
                )
                assert (
                    counted
                    == getattr(response_times, f"measure_{name}")(session, actor, since=BEGAN, until=UNTIL).n
                    == 1
                )
