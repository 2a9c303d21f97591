"""A working day in a real browser, at a desk and on a phone: from the dashboard to the last completed ticket."""

import re

import pytest
from playwright.sync_api import expect

from lib.conversation import history
from lib.lists import ticket_list
from lib.tickets import tickets
from lib.transactions import see
from tests import cast
from tests.conftest import EITHER
from tests.journeys.writing import body, choose_file, title
from tests.support.browser import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.both_databases("a whole day at the desk, on each database")]
both = pytest.mark.parametrize("opened", EITHER, indirect=True)


def stands(actor, number):
    """Return a ticket's status and whom it is assigned to."""
    with see() as session:
        row = ticket_list.get_row(session, actor, tickets.find(session, actor, number))
        return row.status, row.assignee


def said(visitor, words):
    """Wait until the history tells something; moves are drawn by the server."""
    expect(visitor.page.get_by_text(words).first).to_be_visible()


@both
def test_an_agent_s_day_from_the_dashboard_to_done(office, visit):
    people = office.people
    number = cast.create_ticket(
        people.sam, "The badge reader at the gate is dead", description="It stays dark."
    )
    rita = visit(people.rita)
    page = rita.go()
    page.get_by_role("link", name=re.compile("Unassigned")).first.click()
    page.get_by_role("link", name="The badge reader at the gate is dead").click()
    page.get_by_role("button", name="Assign to me").click()
    said(rita, "assigned it to themselves")

    body(page).press_sequentially("@Arun")
    page.get_by_role("option", name=re.compile("Arun Das")).click()
    body(page).press_sequentially(" has a spare one. I will bring it.")
    choose_file(page, "reader.txt", b"model 7")
    page.get_by_role("button", name="Send reply").click()
    expect(page.get_by_label("Conversation").get_by_text("has a spare one")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("reader.txt"))).to_be_visible()

    rita.choose("Status", "Blocked")
    said(rita, "moved it from To-Do to Blocked")
    assert stands(people.rita, number) == ("Blocked", "Rita Sosa")
    page = rita.go()
    page.get_by_role("link", name=re.compile("Blocked")).first.click()
    page.get_by_role("link", name="The badge reader at the gate is dead").click()
    rita.choose("Status", "Completed")
    said(rita, "moved it from Blocked to Completed")

    assert stands(people.rita, number) == ("Completed", "Rita Sosa")
    with see() as session:
        told = [
            e.sentence
            for e in history.list_for_ticket(session, people.sam, tickets.find(session, people.sam, number))
        ]
    assert [line.partition(" ")[0] for line in told][:2] == ["created", "assigned"]
    sam = visit(people.sam)
    page = sam.go(f"/t/{number}")
    expect(page.get_by_text("Completed").first).to_be_visible()
    expect(page.get_by_label("Conversation").get_by_text("has a spare one")).to_be_visible()


def test_a_phone_is_enough_to_ask_to_take_and_to_answer(office, visit):
    people = office.people
    sam = visit(people.sam, view=PHONE)
    page = sam.go("/new")
    title(page).fill("The shower on floor one is cold")
    body(page).fill("Since this morning.")
    page.get_by_role("button", name="Create ticket").tap()
    expect(page.get_by_role("heading", name="The shower on floor one is cold")).to_be_visible()
    number = int(page.url.rpartition("=")[2])

    rita = visit(people.rita, view=PHONE)
    desk = rita.go("/tickets")
    desk.get_by_role("radio", name="Unassigned").tap()
    desk.get_by_role("link", name="The shower on floor one is cold").tap()
    desk.get_by_role("button", name="Assign to me").tap()
    said(rita, "assigned it to themselves")
    body(desk).fill("I turned the boiler on.")
    desk.get_by_role("button", name="Send reply").tap()
    expect(desk.get_by_label("Conversation").get_by_text("I turned the boiler on.")).to_be_visible()
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")

    expect(page.get_by_label("Conversation").get_by_text("I turned the boiler on.")).to_be_visible()
    page.get_by_role("button", name="Mark as solved").tap()
    said(sam, "Completed")
    assert stands(people.rita, number) == ("Completed", "Rita Sosa")
