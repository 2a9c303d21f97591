"""Timers: one a person, honest about what they counted, and never in the way of the work."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.catalog import statuses
from lib.conversation import history
from lib.core import clock, settings
from lib.core.errors import Invalid, NotFound, NotPermitted
from lib.tickets import merge, tickets
from lib.timekeeping import durations, entries, timers
from lib.timekeeping.timers import TimerDecision
from lib.transactions import act, see
from tests import cast

pytestmark = pytest.mark.both_databases("races are settled by each database's locks")


BEGAN = datetime(2026, 3, 10, 9, tzinfo=UTC)


def start(actor, number, *, at=BEGAN):
    with clock.travel_to(at), act() as session:
        return timers.start(session, actor, tickets.find(session, actor, number))


def stop(actor, *, after):
    with clock.travel_to(BEGAN + after), act() as session:
        return timers.stop(session, actor)


def answer(actor, how, *, after):
    with clock.travel_to(BEGAN + after), act() as session:
        return timers.decide(session, actor, how)


def shown(actor, *, after=timedelta(0)):
    with clock.travel_to(BEGAN + after), see() as session:
        return timers.find_own(session, actor)


def move(actor, number, to, *, after):
    with clock.travel_to(BEGAN + after), act() as session:
        ticket = tickets.find(session, actor, number, to_change=True)
        tickets.move(session, actor, ticket, to=statuses.get(session, to), seen=ticket.version)


def test_what_it_counted_is_logged_to_the_second(desk):
    number = cast.create_ticket(desk.sam)
    assert shown(desk.rita) is None and stop(desk.rita, after=timedelta(0)) is None
    assert start(desk.rita, number) is None
    assert start(desk.rita, number, at=BEGAN + timedelta(minutes=1)) is None
    card = shown(desk.rita, after=timedelta(minutes=42, seconds=31))
    assert (card.ticket, card.title, card.seconds, card.runs, card.asks) == (
        number, "The printer on floor three is broken", 42 * 60 + 31, True, False,
    )  # fmt: skip
    assert shown(desk.arun) is None
    made = stop(desk.rita, after=timedelta(minutes=42, seconds=31))
    assert (made.seconds, made.minutes, made.day) == (42 * 60 + 31, 43, BEGAN.date())
    assert (made.started_at, made.ended_at) == (BEGAN, BEGAN + timedelta(minutes=42, seconds=31))
    assert shown(desk.rita) is None
    with see() as session:
        told = [
            e.sentence
            for e in history.list_for_ticket(session, desk.rita, tickets.find(session, desk.rita, number))
        ]
    assert told[1:] == ["logged 43 min on Mar 10, 2026, Work"]


def test_starting_another_stops_the_first_and_says_so(desk):
    first, second = cast.create_ticket(desk.sam), cast.create_ticket(desk.bob)
    start(desk.rita, first)
    logged = start(desk.rita, second, at=BEGAN + timedelta(minutes=5))
    assert (logged.ticket, logged.minutes) == (first, 5)
    assert shown(desk.rita, after=timedelta(minutes=6)).ticket == second
    start(desk.arun, second)
    assert shown(desk.arun).ticket == second


def test_who_may_not_log_time_has_no_timer(desk):
    number = cast.create_ticket(desk.sam)
    with pytest.raises(NotPermitted):
        start(desk.sam, number)
    with pytest.raises(NotFound):
        start(desk.bela, number)
    with act() as session, pytest.raises(NotPermitted):
        timers.stop(session, desk.sam)


def test_it_stops_when_the_ticket_is_completed_and_its_owner_is_told(desk):
    number = cast.create_ticket(desk.sam)
    start(desk.rita, number)
    move(desk.arun, number, "In Progress", after=timedelta(minutes=10))
    assert shown(desk.rita, after=timedelta(minutes=10)).runs
    move(desk.arun, number, "Completed", after=timedelta(minutes=20))
    card = shown(desk.rita, after=timedelta(minutes=30))
    assert (card.runs, card.asks, card.minutes, card.why) == (False, False, 20, "it was completed")
    with see() as session:
        entry = entries.get_card(session, desk.rita, card.entry)
        assert (entry.minutes, entry.worker_id) == (20, desk.rita.id)
    assert stop(desk.rita, after=timedelta(minutes=31)) is None
    with act() as session:
        timers.dismiss(session, desk.rita)
    assert shown(desk.rita) is None


def test_it_stops_when_the_ticket_is_given_to_somebody_else(desk):
    number = cast.create_ticket(desk.sam)
    with act() as session:
        tickets.claim(session, desk.rita, tickets.find(session, desk.rita, number, to_change=True))
    start(desk.rita, number)
    start(desk.mona, number)
    with clock.travel_to(BEGAN + timedelta(minutes=7)), act() as session:
        ticket = tickets.find(session, desk.mona, number, to_change=True)
        tickets.assign(session, desk.mona, ticket, to=desk.arun.id, seen=ticket.version)
    assert shown(desk.rita).why == "it was assigned to somebody else" and shown(desk.rita).minutes == 7
    assert shown(desk.mona).runs
    other = cast.create_ticket(desk.sam)
    assert start(desk.rita, other, at=BEGAN + timedelta(minutes=8)) is None
    assert shown(desk.rita).ticket == other


def test_left_running_past_a_working_day_it_asks(desk):
    number, other = cast.create_ticket(desk.sam), cast.create_ticket(desk.sam)
    start(desk.rita, number)
    assert not shown(desk.rita, after=timedelta(hours=8)).asks
    with clock.travel_to(BEGAN + timedelta(hours=2)):
        cast.add_comment(desk.rita, number, "Ordered a new one")
    overnight = timedelta(hours=20)
    card = shown(desk.rita, after=overnight)
    assert card.asks and card.active_at == BEGAN + timedelta(hours=2) and card.trimmed == 120
    for deed in (
        lambda: stop(desk.rita, after=overnight),
        lambda: start(desk.rita, other, at=BEGAN + overnight),
    ):
        with pytest.raises(Invalid, match="keep, trim or discard"):
            deed()
    assert answer(desk.rita, TimerDecision.TRIM, after=overnight).minutes == 120
    start(desk.rita, number)
    assert answer(desk.rita, TimerDecision.KEEP, after=timedelta(hours=9)).minutes == 540
    start(desk.rita, number, at=BEGAN + timedelta(days=1))
    assert answer(desk.rita, TimerDecision.DISCARD, after=timedelta(days=2)) is None
    assert shown(desk.rita) is None and answer(desk.rita, TimerDecision.KEEP, after=overnight) is None
    start(desk.rita, number, at=BEGAN + timedelta(days=2))
    with pytest.raises(Invalid, match="more than 24 hours"):
        answer(desk.rita, TimerDecision.KEEP, after=timedelta(days=4))


def test_one_forgotten_waits_for_its_owner_when_the_ticket_is_completed(desk):
    number = cast.create_ticket(desk.sam)
    start(desk.rita, number)
    move(desk.arun, number, "Completed", after=timedelta(hours=30))
    card = shown(desk.rita, after=timedelta(hours=40))
    assert card.asks and card.entry is None and card.seconds == 30 * 3600
    assert answer(desk.rita, TimerDecision.TRIM, after=timedelta(hours=41)).minutes == 1


def test_it_goes_with_a_merged_ticket(desk):
    one, two = cast.create_ticket(desk.sam), cast.create_ticket(desk.sam)
    start(desk.rita, one)
    with clock.travel_to(BEGAN + timedelta(minutes=1)), act() as session:
        ticket, into = merge.lock_pair(session, desk.rita, one, two)
        merge.merge(session, desk.rita, ticket, into=into, seen=ticket.version)
    assert stop(desk.rita, after=timedelta(minutes=2)).ticket == two


def test_a_ticket_that_went_out_of_sight_keeps_nobody_from_stopping(desk):
    number = cast.create_ticket(desk.sam)
    start(desk.rita, number)
    with act() as session:
        tickets.find(session, desk.rita, number).team_id = desk.facilities
    assert shown(desk.rita).title is None
    assert stop(desk.rita, after=timedelta(minutes=2)).minutes == 2


@pytest.mark.parametrize(
    ("zone", "began", "lasted", "day"),
    [
        ("Europe/Berlin", datetime(2026, 3, 29, 0, 30, tzinfo=UTC), timedelta(hours=1), date(2026, 3, 29)),
        ("Europe/Berlin", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), timedelta(hours=2), date(2026, 10, 25)),
        ("Europe/Berlin", datetime(2026, 6, 1, 21, 50, tzinfo=UTC), timedelta(minutes=30), date(2026, 6, 1)),
        ("Europe/Berlin", datetime(2026, 6, 1, 22, 10, tzinfo=UTC), timedelta(minutes=30), date(2026, 6, 2)),
        ("Pacific/Niue", datetime(2026, 6, 1, 10, 50, tzinfo=UTC), timedelta(minutes=30), date(2026, 5, 31)),
    ],
)
def test_clock_changes_and_midnight_change_no_length(desk, zone, began, lasted, day):
    number, rita = cast.create_ticket(desk.sam), replace(desk.rita, timezone=zone)
    start(rita, number, at=began)
    with clock.travel_to(began + lasted), act() as session:
        made = timers.stop(session, rita)
    assert (made.seconds, made.day) == (lasted.total_seconds(), day)


def test_a_clock_that_jumps_back_makes_no_negative_time(desk):
    start(desk.rita, cast.create_ticket(desk.sam))
    assert shown(desk.rita, after=-timedelta(days=1)).seconds == 0
    made = stop(desk.rita, after=-timedelta(days=1))
    assert (made.seconds, made.minutes, made.day) == (0, 1, date(2026, 3, 9))


def test_rounding_and_a_minimum_are_settings_and_the_seconds_stay_exact(desk, monkeypatch):
    monkeypatch.setenv("DOCKET_TIME_ROUNDING_MINUTES", "15")
    monkeypatch.setenv("DOCKET_TIME_MINIMUM_MINUTES", "5")
    settings.current.cache_clear()
    number = cast.create_ticket(desk.sam)
    start(desk.rita, number)
    made = stop(desk.rita, after=timedelta(minutes=22, seconds=30))
    assert (made.minutes, made.seconds) == (30, 1350)
    start(desk.rita, number)
    assert stop(desk.rita, after=timedelta(minutes=2)).minutes == 5


@given(st.integers(0, 10**7), st.integers(1, 60), st.integers(1, 60))
def test_rounding_is_near_and_within_a_day(seconds, step, least):
    minutes = durations.round_seconds(seconds, step=step, least=least)
    assert 1 <= least <= max(minutes, least) and minutes <= durations.MINUTES_PER_DAY
    if least < minutes < durations.MINUTES_PER_DAY:
        assert abs(minutes * 60 - seconds) <= step * 30


def test_what_is_done_the_morning_after_does_not_stretch_the_evening(desk):
    number, began = cast.create_ticket(desk.sam), clock.now() - timedelta(hours=16)
    with clock.travel_to(began), act() as session:
        timers.start(session, desk.rita, tickets.find(session, desk.rita, number))
    for hours in (1, 3, 15):
        with clock.travel_to(began + timedelta(hours=hours)):
            cast.add_comment(desk.rita, number, "Still here.")
    cast.sign_in(desk.rita)
    with see() as session:
        card = timers.find_own(session, desk.rita)
    assert card and card.asks and card.active_at == began + timedelta(hours=3) and card.trimmed == 180


def test_a_timer_that_someone_else_stops_is_logged_on_the_day_where_it_began(desk):
    number = cast.create_ticket(desk.sam)
    with act() as session:
        tickets.assign(session, desk.mona, tickets.find(session, desk.mona, number), to=desk.rita.id, seen=1)
    evening = datetime(2026, 3, 10, 20, 30, tzinfo=UTC)  # the 11th on Tonga
    start(replace(desk.rita, timezone="Pacific/Tongatapu"), number, at=evening)
    with clock.travel_to(evening + timedelta(minutes=30)), act() as session:
        ticket = tickets.find(session, desk.mona, number, to_change=True)
        tickets.assign(session, desk.mona, ticket, to=desk.arun.id, seen=ticket.version)
    with see() as session:
        assert [e.day for e in entries.list_visible(session, desk.rita, limit=9)] == [date(2026, 3, 11)]
