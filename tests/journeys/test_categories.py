"""An agent misses a category while filing; an administrator accepts it under a better name and arranges the tree."""

import re

import pytest
from playwright.sync_api import expect

from lib.catalog import categories
from lib.lists import ticket_list
from lib.tickets import tickets
from lib.transactions import see
from tests.journeys.writing import title

pytestmark = pytest.mark.browser


def test_a_category_that_is_missed_is_proposed_accepted_and_arranged(office, visit):
    people = office.people
    rita, ada = visit(people.rita), visit(people.ada)
    page = rita.go("/new")
    title(page).fill("The drone does not come back")
    page.get_by_role("textbox", name="Propose a category").fill("Drones")
    page.get_by_role("textbox", name="Propose a category").press("Tab")
    rita.settle()
    page.get_by_role("button", name="Create ticket").click()
    expect(page.get_by_text("proposed the category “Drones”")).to_be_visible()
    expect(page.get_by_text("Proposed category")).to_be_visible()

    page = ada.go("/categories")
    expect(page.get_by_text("Rita Sosa, just now, for 1 ticket")).to_be_visible()
    page.get_by_role("button", name="Review").click()
    page.get_by_test_id("stPopoverBody").get_by_role("textbox", name="Name").fill("Flying machines")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("Flying machines", exact=True)).to_be_visible()
    expect(page.get_by_text("Proposed categories")).to_have_count(0)
    with see() as session:
        number = session.exec(tickets.gate.visible(people.rita)).all()[-1].id
        assert (
            ticket_list.get_row(session, people.rita, tickets.find(session, people.rita, number)).category
            == "Flying machines"
        )

    page.get_by_role("button", name="Edit").first.click()
    dialog = page.get_by_role("dialog")
    ada.choose("Parent category", "General")
    ada.choose("Default priority", "Urgent")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("General / Flying machines")).to_be_visible()
    expect(page.get_by_text("priority urgent")).to_be_visible()
    with see() as session:
        assert [c.path for c in categories.list_all(session)] == ["General", "General / Flying machines"]

    page = rita.go("/new")
    rita.choose("Category", "General / Flying machines")
    expect(page.get_by_role("combobox", name=re.compile("Priority"))).to_have_value("Urgent")
