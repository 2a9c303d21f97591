"""The first page of each role: what it shows, where its numbers lead, on desk and phone, light and dark."""

import re

import pytest
from playwright.sync_api import expect

from lib.catalog import statuses
from lib.tickets import tickets
from lib.transactions import act
from tests import cast
from tests.support.browser import VIEWS, check_accessibility, take_screenshot

pytestmark = pytest.mark.browser


def furnish(people):
    """Some tickets in several states."""
    for n in range(6):
        number = cast.create_ticket(people.sam, f"The printer on floor {n} is broken")
        with act() as session:
            ticket = tickets.find(session, people.rita, number, to_change=True)
            if n > 1:
                tickets.claim(session, people.rita, ticket)
            to = statuses.get(
                session, ("To-Do", "To-Do", "In Progress", "Blocked", "Pending", "Completed")[n]
            )
            tickets.move(session, people.rita, ticket, to=to, seen=ticket.version)
        if n == 4:
            cast.add_comment(people.rita, number, "Which floor is that?")


def card(page, label):
    return page.get_by_role("list", name="Ticket counts").get_by_role("link", name=re.compile(f"^{label} "))


def test_each_card_of_an_agent_opens_its_tickets_and_back_returns(office, visit):
    rita = visit(office.people.rita)
    page = rita.go()
    expect(page.get_by_role("heading", name="My tickets, most urgent first")).to_be_visible()
    found = {
        "Assigned to me": 3,
        "Waiting for me": 2,
        "Unassigned": 2,
        "Blocked": 1,
        "Resolved": 1,
        "My open requests": 0,
    }
    for label, count in found.items():
        expect(card(page, label)).to_have_text(re.compile(rf"{label} {count}\b"))
    card(page, "Waiting for me").click()
    expect(page.get_by_role("heading", name="Tickets", exact=True)).to_be_visible()
    expect(page.get_by_text("2 tickets")).to_be_visible()
    expect(page.get_by_role("radio", name="Waiting for me")).to_be_checked()
    page.go_back()
    expect(card(page, "Waiting for me")).to_be_visible()


def test_a_manager_sees_the_distribution_and_each_part_opens_its_tickets(office, visit):
    mona = visit(office.people.mona)
    page = mona.go()
    expect(page.get_by_role("figure", name=re.compile("^5 open tickets: 2 of them To-Do"))).to_be_visible()
    page.get_by_role("list", name="Open tickets by status").get_by_role(
        "link", name=re.compile("^To-Do 2")
    ).click()
    expect(page.get_by_text("2 tickets", exact=True)).to_be_visible()
    page.get_by_role("button", name="status: To-Do").click()
    expect(page.get_by_text("5 tickets", exact=True)).to_be_visible()


def test_a_requester_without_tickets_is_shown_how_to_open_one(office, visit):
    bob = visit(office.people.bob)
    page = bob.go()
    expect(page.get_by_text("You have no open tickets.")).to_be_visible()
    page.get_by_role("link", name="New ticket").last.click()
    expect(page.get_by_role("heading", name="New ticket")).to_be_visible()


def test_an_agent_in_no_team_is_told_how_tickets_reach_them(office, visit):
    with act() as session:
        nora = cast.hire(session, "Nora Falk", "agent")
    page = visit(nora).go()
    expect(page.get_by_text("You are not in a team yet.")).to_be_visible()
    expect(page.get_by_text("No tickets are assigned to you")).to_have_count(0)


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
@pytest.mark.parametrize("who", ["ada", "rita", "sam"])
def test_the_dashboard_fits_and_is_accessible(office, visit, who, view):
    visitor = visit(getattr(office.people, who), view=view)
    page = visitor.go()
    expect(page.get_by_role("list", name="Ticket counts")).to_be_visible()
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth <= innerWidth")
    check_accessibility(page)
    take_screenshot(page, f"dashboard-{who}-{view.name}")
