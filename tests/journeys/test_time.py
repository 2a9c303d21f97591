"""Time in a real browser: a timer that nothing loses, a week filled by keyboard or thumb, a month that is settled."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from lib.core import clock
from lib.core.errors import Invalid
from lib.tickets import tickets
from lib.timekeeping import entries, timers, timesheets, weeks
from lib.transactions import act, see
from tests import cast
from tests.conftest import EITHER
from tests.support.browser import PHONE

pytestmark = pytest.mark.browser
both = pytest.mark.parametrize("opened", EITHER, indirect=True)


def logged(actor, number):
    """Return the minutes that somebody logged on a ticket, the latest first."""
    with see() as session:
        return [
            card.minutes
            for card in entries.list_visible(session, actor, ticket_id=number, worker_id=actor.id)
        ]


def last_week():
    """Return the Monday of the week before this one."""
    today = clock.now().date()
    return today - timedelta(days=today.weekday() + 7)


def last_month():
    """Return a Monday of the month before this one whose week lies in it."""
    day = clock.now().date().replace(day=1) - timedelta(days=7)
    return day - timedelta(days=day.weekday())


def ticking(page):
    """Return what shows the timer in the sidebar."""
    return page.locator(".st-key-timer")


@both
def test_a_timer_outlives_reloads_and_is_stopped_in_another_browser(office, visit):
    rita = office.people.rita
    number, other = (
        cast.create_ticket(office.people.sam, "The scale drifts"),
        cast.create_ticket(office.people.sam, "The lamp hums"),
    )
    first = visit(rita)
    page = first.go(f"/ticket?id={number}")
    page.get_by_role("button", name="Start timer").click()
    expect(ticking(page).get_by_text("The scale drifts")).to_be_visible()
    page.reload()
    first.settle()
    expect(ticking(page).get_by_text("The scale drifts")).to_be_visible()

    second = visit(rita)
    elsewhere = second.go(f"/ticket?id={other}")
    expect(ticking(elsewhere).get_by_text("The scale drifts")).to_be_visible()
    elsewhere.get_by_role("button", name="Start timer").click()
    expect(elsewhere.get_by_text(f"Timer started on #{other}. Logged 1 min on #{number}.")).to_be_visible()
    ticking(elsewhere).get_by_role("button", name="Stop timer").click()
    expect(elsewhere.get_by_text(f"Logged 1 min on #{other}.")).to_be_visible()
    expect(ticking(elsewhere)).to_have_count(0)
    page.reload()
    first.settle()
    expect(ticking(page)).to_have_count(0)
    assert logged(rita, number) == logged(rita, other) == [1]


def test_a_timer_that_was_forgotten_overnight_is_trimmed_to_the_last_deed(office, visit):
    arun = office.people.arun
    number = cast.create_ticket(office.people.sam, "The gate stays open")
    now = clock.now()
    with clock.travel_to(now - timedelta(hours=15)), act() as session:
        timers.start(session, arun, tickets.find(session, arun, number))
    with clock.travel_to(now - timedelta(hours=13, minutes=45)):
        cast.add_comment(arun, number, "The hinge is bent; a new one comes tomorrow.")
    visitor = visit(arun)
    page = visitor.go()
    expect(page.get_by_text(re.compile("counted 15 h"))).to_be_visible()
    ticking(page).get_by_role("button", name="Trim to 1 h 15 min").click()
    expect(page.get_by_text(f"Logged 1 h 15 min on #{number}.")).to_be_visible()
    expect(ticking(page)).to_have_count(0)
    assert logged(arun, number) == [75]


def test_the_timer_is_at_hand_on_the_board_and_in_the_list_by_mouse_and_keyboard(office, visit):
    rita = office.people.rita
    number = cast.create_ticket(office.people.sam, "The fan rattles")
    visitor = visit(rita)
    page = visitor.go("/board")
    card = page.locator(f".card[data-number='{number}']")
    card.hover()
    card.get_by_role("button", name=f"Start the timer on #{number}").click()
    expect(page.get_by_text(f"Timer started on #{number}.")).to_be_visible()
    expect(ticking(page).get_by_text("The fan rattles")).to_be_visible()
    expect(card.get_by_role("button", name=f"Stop the timer on #{number}")).to_be_visible()

    page = visitor.go("/tickets")
    button = page.get_by_role("button", name=f"Stop the timer on #{number}")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Logged 1 min on #{number}.")).to_be_visible()
    expect(page.get_by_role("button", name=f"Start the timer on #{number}")).to_have_count(1)
    assert page.url.endswith("/tickets") and logged(rita, number) == [1]


def test_a_week_is_filled_by_keyboard(office, visit):
    rita, monday = office.people.rita, last_week()
    number = cast.create_ticket(office.people.sam, "The freezer beeps")
    visitor = visit(rita)
    page = visitor.go(f"/timesheet?of={monday}")
    page.get_by_role("button", name="Add a ticket").click()
    page.get_by_label("Ticket number or words").fill("freezer")
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile("The freezer beeps")).click()
    cell = page.get_by_label(re.compile(rf"#{number}, Monday"))
    cell.focus()
    page.keyboard.type("1:30")
    page.keyboard.press("Tab")
    expect(page.get_by_label(re.compile(rf"#{number}, Tuesday"))).to_be_focused()
    expect(page.get_by_role("row", name=re.compile("^Total")).get_by_text("1:30").first).to_be_visible()
    page.keyboard.type("45")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name=re.compile("^Total")).get_by_text("2:15")).to_be_visible()
    expect(page.get_by_label(re.compile(rf"#{number}, Wednesday"))).to_be_focused()
    page = visitor.go(f"/timesheet?of={monday}")
    expect(page.get_by_label(re.compile(rf"#{number}, Monday"))).to_have_value("1:30")
    assert sorted(logged(rita, number)) == [45, 90]


def test_a_week_is_filled_by_thumb_a_day_at_a_time(office, visit):
    mona, monday = office.people.mona, last_week()
    number = cast.create_ticket(office.people.sam, "The blinds are stuck")
    visitor = visit(mona, view=PHONE)
    page = visitor.go(f"/timesheet?of={monday}&add={number}")
    days_ = page.get_by_role("group", name=re.compile("^Day"))
    days_.get_by_role("button", name=re.compile("^Wednesday")).tap()
    cell = page.get_by_label(re.compile(rf"#{number}, Wednesday"))
    expect(page.get_by_label(re.compile(rf"#{number}, Tuesday"))).to_be_hidden()
    cell.tap()
    cell.fill("2h")
    page.keyboard.press("Enter")
    expect(days_.get_by_role("button", name="2:00")).to_be_visible()
    expect(days_.get_by_role("button", name="2:00")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with see() as session:
        found = weeks.get(session, mona, person_id=mona.id, day=monday)
    assert found.totals == (0, 0, 120, 0, 0, 0, 0)


def test_a_manager_approves_a_month_and_it_is_locked(office, visit):
    people, day = office.people, last_month()
    number = cast.create_ticket(people.sam, "The tap drips")
    with act() as session:
        weeks.set_day_minutes(session, people.arun, number, day=day, minutes=60)
    visitor = visit(people.arun)
    page = visitor.go(f"/timesheet?of={day}")
    page.get_by_role("button", name=f"Submit {day:%B %Y}").click()
    expect(page.get_by_text(f"{day:%B %Y} is submitted.")).to_be_visible()

    manager = visit(people.mona)
    theirs = manager.go(f"/timesheet?of={day}&person={people.rita.id}")
    expect(theirs.get_by_text(f"{day:%B %Y} is open.")).to_be_visible()
    expect(theirs.get_by_role("button", name="Approve")).to_have_count(0)
    theirs = manager.go(f"/timesheet?of={day}&person={people.arun.id}")
    expect(theirs.get_by_role("heading", name="Arun Das's timesheet")).to_be_visible()
    theirs.get_by_role("button", name=f"Approve {day:%B %Y}").click()
    expect(theirs.get_by_text(f"{day:%B %Y} is approved.")).to_be_visible()

    page = visitor.go(f"/timesheet?of={day}")
    expect(page.get_by_role("cell", name="1:00").first).to_be_visible()
    expect(page.get_by_label(re.compile(rf"#{number}, Monday"))).to_have_count(0)
    with act() as session, pytest.raises(Invalid):
        weeks.set_day_minutes(session, people.arun, number, day=day, minutes=90)
    with see() as session:
        assert timesheets.get_state(session, people.arun.id, day) == timesheets.APPROVED


def test_weeks_are_turned_in_the_address_and_a_month_is_submitted_after_its_end(office, visit):
    visitor = visit(office.people.rita)
    page = visitor.go("/timesheet?of=2026-01-07")
    expect(page.get_by_role("heading", name="Timesheet")).to_be_visible()
    page.get_by_role("link", name="Next").click()
    expect(page).to_have_url(re.compile("of=2026-01-12"))
    expect(page.get_by_role("columnheader", name="Mon 12")).to_be_visible()
    page.get_by_role("link", name="Next").click()
    expect(page).to_have_url(re.compile("of=2026-01-19"))
    page.go_back()
    expect(page).to_have_url(re.compile("of=2026-01-12"))
    expect(page.get_by_role("columnheader", name="Mon 12")).to_be_visible()
    page.get_by_role("link", name="Previous").click()
    expect(page).to_have_url(re.compile("of=2026-01-05"))
    page.get_by_role("link", name="This week").click()
    expect(page.get_by_text("You can submit it when the month is over.").first).to_be_visible()
    this_month = f"{clock.now():%B %Y}"
    expect(page.get_by_role("button", name=f"Submit {this_month}")).to_have_count(0)


def test_a_report_is_an_address_that_can_be_passed_on(office, visit):
    people = office.people
    number = cast.create_ticket(people.sam, "The badge is cracked")
    with act() as session:
        weeks.set_day_minutes(session, people.rita, number, day=last_week(), minutes=30)
    visitor = visit(people.mona)
    page = visitor.go("/time-report")
    visitor.choose("Period", "Month")
    expect(page.get_by_role("region", name="Time report").get_by_text("Rita Sosa").first).to_be_visible()
    page.wait_for_url("**/time-report?*per=Month*")
    again = visit(people.mona).go("/time-report?" + page.url.partition("?")[2] + "&by=Ticket")
    expect(
        again.get_by_role("region", name="Time report").get_by_text(f"#{number}", exact=True).first
    ).to_be_visible()
    expect(again.get_by_role("columnheader", name="Period")).to_be_visible()

    page = visitor.go("/time-in-status?team=Service+desk")
    waiting = page.get_by_role("region", name="Time in status")
    expect(waiting.get_by_role("row", name=re.compile("^To-Do"))).to_be_visible()
    for kind in ("CSV", "XLSX"):
        with page.expect_download() as kept:
            page.get_by_role("link", name=kind, exact=True).click()
        assert kept.value.suggested_filename == f"where-time-goes.{kind.lower()}"
        assert len(Path(kept.value.path()).read_bytes()) > 100
    page = visitor.go("/time-report?since=2020-01-01&until=2020-01-31")
    expect(page.get_by_text("No time was logged in this period.")).to_be_visible()
    expect(page.get_by_text("in total")).to_have_count(0)
