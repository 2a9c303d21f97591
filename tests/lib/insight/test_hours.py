"""Hours add up: whatever they are told apart by, the groups come to the total of what one may know."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lib import clock
from lib.desk import tickets
from lib.errors import Invalid, NotPermitted
from lib.insight import hours
from lib.timekeeping import entries
from lib.timekeeping.entries import What
from lib.transactions import act, see
from tests import cast

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 1)
WORKERS = ("rita", "arun", "mona")


@pytest.fixture
def logged(desk):
    """Time of three people on three tickets over five months, one of them another team's by now."""
    numbers = [cast.ask(desk.sam), cast.ask(desk.bob), cast.ask(desk.sam)]
    with clock.at(datetime(2026, 6, 1, 20, tzinfo=UTC)), act() as session:
        for n in range(24):
            worker = getattr(desk, WORKERS[n % 3])
            ticket = tickets.find(session, worker, numbers[n % 7 % 3])
            day = FIRST + timedelta(days=n * 6)
            entries.log(session, worker, ticket, what=What(n + 1, day, n % 4 + 1, billable=n % 5 == 0))
        tickets.find(session, desk.rita, numbers[2]).team_id = desk.facilities
    return desk


def total(actor, **how):
    with see() as session:
        return hours.report(session, actor, **{"by": (), "per": None, "since": FIRST, "until": LAST} | how)


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], phases=[Phase.generate]
)
@given(
    st.lists(st.sampled_from(list(hours.FACTS)), max_size=3, unique=True),
    st.sampled_from([None, *hours.PERIODS]),
    st.sampled_from(["ada", "mona", "rita", "bela"]),
)
def test_the_groups_always_come_to_the_total(logged, by, per, who):
    found = total(getattr(logged, who), by=by, per=per)
    assert sum(g.minutes for g in found.groups) == found.total == total(getattr(logged, who)).total
    assert len({(g.values, g.period) for g in found.groups}) == len(found.groups)
    assert hours.lines(found)[-1][-2] == found.total


def test_agents_see_their_own_and_managers_their_teams(logged):
    assert total(logged.ada).total == 300
    assert {g.values for g in total(logged.rita, by=["person"]).groups} == {("Rita Sosa",)}
    seen = total(logged.mona, by=["person"])
    assert {g.values[0] for g in seen.groups} == {"Rita Sosa", "Arun Das", "Mona Lind"} and seen.total < 300
    assert total(logged.bela).total == 0
    with pytest.raises(NotPermitted):
        total(logged.sam)


def test_what_makes_no_sense_is_refused(desk):
    for wrong in (
        {"by": ["person", "person"]},
        {"by": ["mood"]},
        {"per": "decade"},
        {"until": FIRST - timedelta(days=1)},
    ):
        with pytest.raises(Invalid):
            total(desk.rita, **wrong)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.sampled_from(hours.PERIODS))
def test_a_period_begins_on_or_before_its_days_and_at_itself(day, per):
    first = hours.begin(day, per)
    assert first <= day and hours.begin(first, per) == first
