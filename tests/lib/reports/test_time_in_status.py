"""Time in a status is what a reader of the event stream would work out by hand, whatever the clock did."""

from datetime import UTC, datetime, timedelta
from math import ceil

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from db.models import Event, Ticket
from lib.catalog import statuses
from lib.core import clock
from lib.core.errors import Invalid, NotFound, NotPermitted
from lib.lists import filters
from lib.reports import status_timeline, time_in_status
from lib.reports.response_times import DurationSummary
from lib.tickets import merge, tickets
from lib.transactions import act, see
from tests import cast
from tests.support.unscoped import UNSCOPED

pytestmark = pytest.mark.both_databases("roll-ups are SQL in each database's dialect")


BEGAN = datetime(2026, 3, 1, 8, tzinfo=UTC)
SINCE, UNTIL, NOW = BEGAN + timedelta(days=1), BEGAN + timedelta(days=30), BEGAN + timedelta(days=40)
STATUSES = ["To-Do", "In Progress", "Blocked", "Pending", "Completed", "Cancelled"]
histories = st.lists(
    st.tuples(
        st.sampled_from([None, "rita", "arun"]),
        st.lists(st.tuples(st.integers(-(10**5), 10**6), st.sampled_from(STATUSES)), max_size=8),
    ),
    min_size=1,
    max_size=4,
)


def live(desk, assignee, moves) -> int:
    """Let one ticket have its history, on a clock that may jump back."""
    at = BEGAN + timedelta(microseconds=700_000)
    with act() as session:
        with clock.travel_to(at):
            ticket = tickets.create(session, desk.sam, title="Lived")
        ticket.assignee_id = getattr(desk, assignee).id if assignee else None
        for after, to in moves:
            at += timedelta(seconds=after, microseconds=abs(after) % 7 * 100_000)
            with clock.travel_to(at):
                tickets.move(
                    session,
                    desk.rita,
                    ticket,
                    to=statuses.get(session, to),
                    seen=ticket.version,
                    reason="Why not",
                )
        return ticket.id


def by_hand(session, mine) -> dict[str, tuple[list[int], list[int]]]:
    """Work out from the stream alone, ticket by ticket: seconds of what was left in the period, and of what stands."""
    found = {name: ([], []) for name in STATUSES[:4]}
    for ticket in session.exec(select(Ticket).execution_options(**UNSCOPED)).all():
        told = select(Event).where(Event.ticket_id == ticket.id).order_by(col(Event.id))
        stream = [
            e for e in session.exec(told.execution_options(**UNSCOPED)).all()
            if e.action in ("ticket.created", "ticket.moved")
        ]  # fmt: skip
        here, since = "To-Do", stream[0].at
        for event in stream[1:]:
            assert event.old == here
            lasted = max(0, int(event.at.timestamp()) - int(since.timestamp()))
            if mine(ticket) and here in found and SINCE <= event.at < UNTIL:
                found[here][0].append(lasted)
            here, since = event.new, max(since, event.at)
        if mine(ticket) and here in found:
            found[here][1].append(max(0, int(NOW.timestamp()) - int(since.timestamp())))
    return found


def in_words(durations: list[int]) -> DurationSummary:
    ordered = sorted(durations)
    n = len(ordered)
    if not n:
        return DurationSummary()
    middle = ordered[n // 2] if n % 2 else (ordered[n // 2 - 1] + ordered[n // 2]) // 2
    return DurationSummary(n, middle, ordered[ceil(0.9 * n) - 1], sum(ordered) // n)


def shown(session, actor, **how) -> dict[str, tuple[DurationSummary, DurationSummary]]:
    rows = time_in_status.build_report(session, actor, **{"since": SINCE, "until": UNTIL} | how)
    return {row.status.name: (row.left, row.standing) for row in rows}


@settings(
    max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], phases=[Phase.generate]
)
@given(lived=histories)
def test_time_in_a_status_is_what_the_event_stream_tells(desk, lived):
    for history in lived:
        live(desk, *history)
    mine = [
        (desk.rita, lambda ticket: ticket.assignee_id == desk.rita.id),
        (desk.mona, lambda _: True),
        (desk.bela, lambda _: False),
    ]
    for actor, rule in mine:
        with clock.travel_to(NOW), see() as session:
            wanted = {name: tuple(map(in_words, both)) for name, both in by_hand(session, rule).items()}
            assert shown(session, actor) == wanted, actor.name


@settings(
    max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], phases=[Phase.generate]
)
@given(history=histories)
def test_the_course_of_a_ticket_is_its_whole_life(desk, history):
    for each in history:
        number = live(desk, *each)
        with clock.travel_to(NOW), see() as session:
            course = status_timeline.get_for_ticket(
                session, desk.rita, tickets.find(session, desk.rita, number)
            )
            entered = ["To-Do"]
            for _, to in each[1]:
                entered += [to] if to != entered[-1] else []
            assert [s.status.name for s in course.stays] == entered
        assert all(stay.seconds >= 0 for stay in course.stays)
        assert sum(s.seconds for s in course.stays) == max(
            0, int(NOW.timestamp()) - int(course.stays[0].began.timestamp())
        )
        assert all(
            one.ended == other.began for one, other in zip(course.stays, course.stays[1:], strict=False)
        )
        assert sum(share.seconds for share in course.shares) == sum(
            s.seconds for s in course.stays if s.counts
        )


def test_a_status_keeps_its_time_under_a_new_name_and_a_retired_one_hands_it_on(desk):
    with clock.travel_to(BEGAN), act() as session:
        number = tickets.create(session, desk.sam, title="Renamed").id
    with clock.travel_to(BEGAN + timedelta(days=2)), act() as session:
        ticket = tickets.find(session, desk.rita, number, to_change=True)
        tickets.move(session, desk.rita, ticket, to=statuses.get(session, "In Progress"), seen=ticket.version)
    with clock.travel_to(BEGAN + timedelta(days=3)), act() as session:
        statuses.rename(session, desk.ada, statuses.get(session, "To-Do"), name="Waiting")
        statuses.rename(session, desk.ada, statuses.get(session, "Pending"), name="To-Do")
        progress = statuses.get(session, "In Progress")
        statuses.archive(session, desk.ada, progress, successor=statuses.get(session, "Blocked"))
    with clock.travel_to(BEGAN + timedelta(days=5)), see() as session:
        found = shown(session, desk.mona)
        assert found["Waiting"][0] == in_words([2 * 86400]) and found["To-Do"][0] == DurationSummary()
        assert found["Blocked"][1] == in_words([3 * 86400]) and "In Progress" not in found
        course = status_timeline.get_for_ticket(session, desk.rita, tickets.find(session, desk.rita, number))
        assert [(s.status.name, s.seconds) for s in course.shares] == [
            ("Waiting", 2 * 86400),
            ("Blocked", 3 * 86400),
        ]


def test_time_while_a_ticket_was_merged_is_nobodys(desk):
    with clock.travel_to(BEGAN):
        number, other = cast.create_ticket(desk.sam), cast.create_ticket(desk.sam)
    for day, deed in ((1, merge.merge), (3, merge.unmerge)):
        with clock.travel_to(BEGAN + timedelta(days=day)), act() as session:
            ticket, into = merge.lock_pair(session, desk.ada, number, other)
            more = {"seen": ticket.version} if day == 1 else {}
            deed(session, desk.ada, ticket, into=into, **more)
        with clock.travel_to(BEGAN + timedelta(days=day + 1)), see() as session:
            course = status_timeline.get_for_ticket(
                session, desk.rita, tickets.find(session, desk.rita, number)
            )
            assert [(s.status and s.status.name, s.seconds // 86400) for s in course.stays] == [
                ("To-Do", 1), (None, 1 if day == 1 else 2), *([("To-Do", 1)] if day == 3 else []),
            ]  # fmt: skip
            assert shown(session, desk.mona)["To-Do"][1].n == (1 if day == 1 else 2)
            assert course.shares[0].seconds == 86400 * (1 if day == 1 else 2)


def test_only_what_one_may_see_is_counted_and_filters_narrow_it(desk):
    with clock.travel_to(BEGAN):
        live(desk, "rita", [(100, "In Progress"), (86400 * 2, "Completed")])
        with act() as session:
            hidden = tickets.create(session, desk.sam, title="Hush", confidential=True).id
    with clock.travel_to(NOW), see() as session:
        assert shown(session, desk.ada)["In Progress"][0].n == 1
        assert shown(session, desk.ada)["To-Do"][1].n == 0
        elsewhere = filters.parse_parameters(session, desk.ada, {"team": [str(desk.facilities)]})
        assert shown(session, desk.ada, narrowed=elsewhere)["In Progress"][0].n == 0
        with pytest.raises(NotFound):
            status_timeline.get_for_ticket(
                session, desk.rita, session.get_one(Ticket, hidden, execution_options=UNSCOPED)
            )
        with pytest.raises(NotPermitted):
            shown(session, desk.sam)
        with pytest.raises(Invalid):
            shown(session, desk.ada, until=SINCE + timedelta(days=367))
