"""Weeks are filled cell by cell, managers see their team's, and approved months are locked."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from db.vocabulary import Action
from lib.audit import audit_log
from lib.core import clock
from lib.core.errors import Invalid, NotFound, NotPermitted
from lib.tickets import tickets
from lib.timekeeping import entries, timesheets, weeks
from lib.timekeeping.entries import EntryValues
from lib.transactions import act, see
from tests import cast

MONDAY = date(2026, 3, 9)
FRIDAY = MONDAY + timedelta(days=4)


@pytest.fixture(autouse=True)
def on_friday():
    with clock.travel_to(datetime(2026, 3, 13, 12, tzinfo=UTC)):
        yield


def fill(actor, number, minutes, *, day=MONDAY):
    with act() as session:
        weeks.set_day_minutes(session, actor, number, day=day, minutes=minutes)


def week(actor, whom=None, **more):
    with see() as session:
        return weeks.get(session, actor, person_id=(whom or actor).id, day=FRIDAY, **more)


def test_a_week_is_filled_cell_by_cell(desk):
    one, two = cast.create_ticket(desk.sam), cast.create_ticket(desk.bob)
    fill(desk.rita, one, 90)
    fill(desk.rita, one, 60)
    fill(desk.rita, two, 30, day=FRIDAY)
    fill(desk.rita, two, 30, day=FRIDAY)
    shown = week(desk.rita)
    assert [(line.ticket, line.minutes) for line in shown.lines] == [
        (one, (60, 0, 0, 0, 0, 0, 0)), (two, (0, 0, 0, 0, 30, 0, 0)),
    ]  # fmt: skip
    assert (shown.first, shown.totals, shown.lines[0].total) == (MONDAY, (60, 0, 0, 0, 30, 0, 0), 60)
    fill(desk.rita, one, 0)
    assert [line.ticket for line in week(desk.rita).lines] == [two]
    assert [line.ticket for line in week(desk.rita, also=(one, 99)).lines] == [one, two]
    with pytest.raises(Invalid):
        fill(desk.rita, one, 5, day=FRIDAY + timedelta(days=1))
    with pytest.raises(NotFound):
        fill(desk.bela, one, 5)
    with pytest.raises(NotPermitted):
        fill(desk.sam, one, 5)


def test_several_entries_grow_but_do_not_shrink(desk):
    number = cast.create_ticket(desk.sam)
    for minutes in (10, 20):
        with act() as session:
            ticket = tickets.find(session, desk.rita, number)
            entries.log(session, desk.rita, ticket, what=EntryValues(minutes, MONDAY, 1))
    fill(desk.rita, number, 45)
    assert week(desk.rita).totals[0] == 45
    with pytest.raises(Invalid, match="several entries"):
        fill(desk.rita, number, 5)


def test_managers_see_their_team_s_weeks_and_of_hidden_tickets_the_sum_alone(desk):
    number, other = cast.create_ticket(desk.sam), cast.create_ticket(desk.sam)
    fill(desk.rita, number, 60)
    fill(desk.rita, other, 15)
    with act() as session:
        tickets.find(session, desk.ada, other).team_id = desk.facilities
    shown = week(desk.mona, desk.rita)
    assert [(line.ticket, line.title is None, line.total) for line in shown.lines] == [
        (weeks.HIDDEN_TICKETS, True, 15), (number, False, 60),
    ]  # fmt: skip
    assert week(desk.rita).totals == shown.totals == week(desk.ada, desk.rita).totals
    for actor, whom in (
        (desk.arun, desk.rita),
        (desk.mona, desk.bela),
        (desk.sam, desk.sam),
        (desk.sam, desk.rita),
    ):
        with pytest.raises(NotFound):
            week(actor, whom)
    with see() as session:
        assert list(weeks.list_people(session, desk.mona).values()) == ["Arun Das", "Mona Lind", "Rita Sosa"]
        assert list(weeks.list_people(session, desk.rita).values()) == ["Rita Sosa"]


def settle(verb, *given, **more):
    with act() as session:
        verb(session, *given, **more)


def test_a_month_is_submitted_approved_locked_and_opened_again(desk):
    number = cast.create_ticket(desk.sam)
    fill(desk.rita, number, 60)
    with pytest.raises(Invalid, match="March 2026 has not ended yet"):
        settle(timesheets.submit, desk.rita, FRIDAY)
    with (
        clock.travel_to(datetime(2026, 3, 31, 21, 59, tzinfo=UTC)),
        pytest.raises(Invalid, match="not ended"),
    ):
        settle(timesheets.submit, replace(desk.rita, timezone="Europe/Berlin"), FRIDAY)
    with pytest.raises(Invalid, match="March 2026 has not been submitted yet"):
        settle(timesheets.approve, desk.mona, desk.rita.id, day=MONDAY)
    with clock.travel_to(datetime(2026, 3, 31, 22, 1, tzinfo=UTC)):
        settle(timesheets.submit, replace(desk.rita, timezone="Europe/Berlin"), FRIDAY)
        settle(timesheets.submit, replace(desk.rita, timezone="Europe/Berlin"), FRIDAY)
    assert week(desk.rita).states == ("submitted",) * 7
    with pytest.raises(Invalid, match="March 2026 is submitted"):
        fill(desk.rita, number, 5)
    settle(timesheets.approve, desk.mona, desk.rita.id, day=MONDAY)
    settle(timesheets.approve, desk.mona, desk.rita.id, day=MONDAY)
    with clock.travel_to(datetime(2026, 4, 2, tzinfo=UTC)):
        settle(timesheets.submit, desk.rita, FRIDAY)
    with pytest.raises(Invalid, match="March 2026 is approved"):
        fill(desk.rita, number, 5)
    with pytest.raises(NotPermitted):
        settle(timesheets.reopen, desk.rita, desk.rita.id, day=MONDAY)
    with pytest.raises(NotFound):
        settle(timesheets.approve, desk.mona, desk.bela.id, day=MONDAY)
    with pytest.raises(Invalid, match="by somebody else"):
        settle(timesheets.approve, desk.mona, desk.mona.id, day=MONDAY)
    with pytest.raises(Invalid, match="April 2026 has not ended"):
        settle(timesheets.submit, desk.rita, date(2026, 4, 1))
    settle(timesheets.reopen, desk.mona, desk.rita.id, day=MONDAY)
    fill(desk.rita, number, 5)
    with see() as session:
        told = [
            (e.action, e.field, e.new)
            for e in audit_log.list_entries(session, desk.ada)
            if "timesheet" in e.action
        ]
    assert told == [
        (Action.SHEET_REOPENED, "2026-03", "open"), (Action.SHEET_APPROVED, "2026-03", "approved"),
        (Action.SHEET_SUBMITTED, "2026-03", "submitted"),
    ]  # fmt: skip
