"""Hours add up: whatever they are told apart by, the groups come to the total of what one may know."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from db.models import Person
from lib.core import clock
from lib.core.errors import Invalid, NotPermitted
from lib.reports import time_report
from lib.tickets import tickets
from lib.timekeeping import entries, rates, ticket_totals, weeks
from lib.timekeeping.entries import EntryValues
from lib.transactions import act, see
from tests import cast

pytestmark = pytest.mark.both_databases("roll-ups are SQL in each database's dialect")


FIRST, LAST = date(2026, 1, 1), date(2026, 6, 1)
WORKERS = ("rita", "arun", "mona")


@pytest.fixture
def logged(desk):
    """Time of three people on three tickets over five months, one of them another team's by now."""
    numbers = [
        cast.create_ticket(desk.sam, tags=["vip", "badge"]),
        cast.create_ticket(desk.bob, tags=["vip"]),
        cast.create_ticket(desk.sam),
    ]
    with clock.travel_to(datetime(2026, 6, 1, 20, tzinfo=UTC)), act() as session:
        for n in range(24):
            worker = getattr(desk, WORKERS[n % 3])
            ticket = tickets.find(session, worker, numbers[n % 7 % 3])
            day = FIRST + timedelta(days=n * 6)
            entries.log(session, worker, ticket, what=EntryValues(n + 1, day, n % 4 + 1, billable=n % 5 == 0))
        for number, minutes in zip(numbers, (60, 100, 500), strict=True):
            ticket_totals.set_estimate(
                session, desk.rita, tickets.find(session, desk.rita, number), minutes=minutes
            )
        rates.set_rate(session, desk.ada, cents=8333, since=FIRST + timedelta(days=20))
        rates.set_rate(session, desk.ada, cents=9999, since=FIRST, person_id=desk.rita.id)
        tickets.find(session, desk.rita, numbers[2]).team_id = desk.facilities
    return desk


def total(actor, **how):
    with see() as session:
        return time_report.build_report(
            session, actor, **{"by": (), "per": None, "since": FIRST, "until": LAST} | how
        )


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], phases=[Phase.generate]
)
@given(
    st.lists(st.sampled_from(list(time_report.DIMENSIONS)), max_size=3, unique=True),
    st.sampled_from([None, *time_report.PERIODS]),
    st.sampled_from(["ada", "mona", "rita", "bela"]),
)
def test_the_groups_always_come_to_the_total(logged, by, per, who):
    found = total(getattr(logged, who), by=by, per=per)
    assert sum(g.minutes for g in found.groups) == found.total == total(getattr(logged, who)).total
    assert len({(g.values, g.period) for g in found.groups}) == len(found.groups)
    guessed = found.estimate is not None
    assert time_report.to_rows(found)[-1][-4 if guessed else -2] == found.total
    if guessed:
        assert (
            sum(g.estimate or 0 for g in found.groups)
            == found.estimate
            == total(getattr(logged, who)).estimate
        )


@settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], phases=[Phase.generate]
)
@given(
    st.lists(st.sampled_from(list(time_report.DIMENSIONS)), max_size=3, unique=True),
    st.sampled_from([None, *time_report.PERIODS]),
)
def test_the_costs_of_the_groups_always_come_to_the_cost_of_all(logged, by, per):
    found, whole = (total(logged.ada, cost=True, **how) for how in ({"by": by, "per": per}, {}))
    assert sum(g.cost for g in found.groups) == found.cost == whole.cost > 0
    assert found.unpriced == whole.unpriced > 0 and found.total == whole.total
    with see() as session:
        worked = entries.list_visible(session, logged.ada, limit=200)
        held = rates.load(session, logged.ada)
    exact = [e.minutes * (held.on(e.day, e.worker_id, e.activity_id) or 0) for e in worked]
    assert found.cost == (sum(exact) + 30) // 60


def test_whatever_two_facts_are_asked_for_each_entry_is_where_it_belongs(logged):
    span = {"since": FIRST, "until": LAST}
    short = {"since": FIRST, "until": FIRST + timedelta(days=60)}
    for actor in (logged.ada, logged.mona, logged.rita):
        for days in (span, short):
            for one, other in combinations(time_report.DIMENSIONS, 2):
                found = {g.values: g.minutes for g in total(actor, by=[one, other], **days).groups}
                for at, fact in enumerate((one, other)):
                    alone = {g.values[0]: g.minutes for g in total(actor, by=[fact], **days).groups}
                    summed = dict.fromkeys(alone, 0)
                    for values, minutes in found.items():
                        summed[values[at]] += minutes
                    assert summed == alone, (actor.name, one, other)


def test_an_entry_of_a_ticket_with_two_tags_counts_once_under_both_together(logged):
    groups = total(logged.ada, by=["tag"]).groups
    assert [(g.values, g.estimate) for g in groups] == [
        (("badge + vip",), 60),
        (("none",), 500),
        (("vip",), 100),
    ]
    assert total(logged.ada, by=["person"]).estimate is None
    assert total(logged.rita, by=["ticket"]).estimate == 160
    assert all(g.estimate is None for g in total(logged.rita, by=["ticket"]).groups if g.values == ("#3",))


def test_what_is_not_known_to_be_seen_is_not_counted(logged):
    with act() as session:
        ticket = tickets.find(session, logged.mona, 1)
        ticket.confidential, ticket.assignee_id = True, None
    assert all(g.values != ("#1",) for g in total(logged.ada, by=["ticket"]).groups)
    assert any(g.values == ("#1",) for g in total(logged.mona, by=["ticket"]).groups)
    with pytest.raises(NotPermitted):
        total(logged.mona, cost=True)


def test_agents_see_their_own_and_managers_their_teams(logged):
    assert total(logged.ada).total == 300
    assert {g.values for g in total(logged.rita, by=["person"]).groups} == {("Rita Sosa",)}
    seen = total(logged.mona, by=["person"])
    assert {g.values[0] for g in seen.groups} == {"Rita Sosa", "Arun Das", "Mona Lind"} and seen.total < 300
    assert total(logged.bela).total == 0
    with pytest.raises(NotPermitted):
        total(logged.sam)


def test_a_report_is_the_same_wherever_its_reader_is(logged):
    for by, per in ((["person"], "day"), (["tag"], "month"), ([], "week")):
        whole = [
            total(replace(logged.mona, timezone=zone), by=by, per=per)
            for zone in (None, "Pacific/Kiritimati", "Pacific/Niue", "Europe/Berlin")
        ]
        assert whole.count(whole[0]) == len(whole)


def test_what_makes_no_sense_is_refused(desk):
    for wrong in (
        {"by": ["person", "person"]},
        {"by": ["mood"]},
        {"per": "decade"},
        {"until": FIRST - timedelta(days=1)},
    ):
        with pytest.raises(Invalid):
            total(desk.rita, **wrong)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.sampled_from(time_report.PERIODS))
def test_a_period_begins_on_or_before_its_days_and_at_itself(day, per):
    first = time_report.period_start(day, per)
    assert first <= day and time_report.period_start(first, per) == first


def test_two_people_of_one_name_are_two_groups_told_apart_by_their_email(desk):
    number = cast.create_ticket(desk.sam)
    with act() as session:
        other = cast.hire(session, "Rita Sosa II", "agent", desk.service_desk)
        session.get_one(Person, other.id).name = "Rita Sosa"
    for worker, minutes in ((desk.rita, 10), (cast.reload_actor(other), 20)):
        with act() as session:
            entries.log(
                session, worker, tickets.find(session, worker, number), what=EntryValues(minutes, FIRST, 1)
            )
    groups = {g.values: g.minutes for g in total(desk.mona, by=["person"]).groups}
    assert groups == {
        ("Rita Sosa (rita.sosa@example.org)",): 10,
        ("Rita Sosa (rita.sosa.ii@example.org)",): 20,
    }
    with see() as session:
        people = ticket_totals.for_ticket(session, desk.rita, tickets.find(session, desk.rita, number)).people
    assert sorted(people.values()) == [10, 20]


def test_a_tag_named_none_is_not_the_absence_of_tags(desk):
    for tags, minutes in ((["none"], 10), ([], 20), (["a", "b"], 30), (["a + b"], 40)):
        number = cast.create_ticket(desk.sam, tags=tags)
        with act() as session:
            entries.log(
                session,
                desk.rita,
                tickets.find(session, desk.rita, number),
                what=EntryValues(minutes, FIRST, 1),
            )
    groups = {g.values[0]: g.minutes for g in total(desk.rita, by=["tag"]).groups}
    assert groups.pop("none") == 20
    assert sorted(groups.values()) == [10, 30, 40] and len(groups) == 3


def test_estimates_are_compared_with_the_time_on_the_tickets_that_have_one(desk):
    numbers = [cast.create_ticket(desk.sam), cast.create_ticket(desk.sam)]
    with act() as session:
        first, second = (tickets.find(session, desk.rita, number) for number in numbers)
        ticket_totals.set_estimate(session, desk.rita, first, minutes=60)
        for ticket, minutes in ((first, 24), (second, 60)):
            entries.log(session, desk.rita, ticket, what=EntryValues(minutes, FIRST, 1))
    found = total(desk.rita, by=["team"])
    assert (found.total, found.estimate, found.estimated) == (84, 60, 24)
    assert [(g.minutes, g.estimate, g.estimated) for g in found.groups] == [(84, 60, 24)]
    assert [(g.estimate, g.estimated) for g in total(desk.rita, by=["ticket"]).groups] == [
        (60, 24),
        (None, None),
    ]


@pytest.mark.parametrize("who", ["rita", "mona", "ada"])
def test_the_report_and_the_timesheet_differ_by_what_the_report_says(logged, who):
    actor = getattr(logged, who)
    with see() as session:
        sheets = 0
        for person in weeks.list_people(session, actor):
            for week in range(23):
                day = FIRST + timedelta(days=7 * week)
                found = weeks.get(session, actor, person_id=person, day=day)
                sheets += sum(n for n, d in zip(found.totals, found.days, strict=True) if FIRST <= d <= LAST)
    found = total(actor)
    assert found.total + found.unseen == sheets
    assert found.unseen > 0 or who == "ada"
