"""An administrator retires, deletes, removes and merges: counts first, no successor by itself, and a way back."""

import pytest
from playwright.sync_api import expect

from lib.desk import categories, statuses, tickets
from lib.people import accounts, teams
from lib.transactions import act, see
from tests import cast

pytestmark = pytest.mark.browser


def test_a_status_goes_after_a_second_step_with_a_chosen_successor_and_comes_back(office, visit):
    people = office.people
    number = cast.ask(people.sam, "The gate sticks")
    with act() as session:
        ticket = tickets.find(session, people.rita, number, to_change=True)
        tickets.move(session, people.rita, ticket, to=statuses.find(session, "Pending"), seen=ticket.version)
    ada = visit(people.ada)
    page = ada.go("/statuses")
    card = page.get_by_text("Waits for the requester").locator(
        "xpath=ancestor::*[@data-testid='stVerticalBlock'][1]"
    )
    card.get_by_role("button", name="Change").click()
    page.get_by_role("button", name="Retire …").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Tickets in this status: 1")).to_be_visible()
    expect(dialog.get_by_role("button", name="Retire", exact=True)).to_be_disabled()
    ada.choose("Its tickets go to", "Blocked")
    dialog.get_by_role("button", name="Retire", exact=True).click()
    page.get_by_text("Archived statuses (1)").click()
    with see() as session:
        assert "Pending" not in [s.name for s in statuses.every(session)]
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("Archived statuses")).to_have_count(0)
    with see() as session:
        assert "Pending" in [s.name for s in statuses.every(session)]


def test_a_name_with_a_slash_keeps_no_other_category(office, visit):
    people = office.people
    with act() as session:
        categories.create(session, people.ada, name="A")
        categories.create(session, people.ada, name="A / B")
    ada = visit(people.ada)
    page = ada.go("/categories")
    page.get_by_role("button", name="Change").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("You can restore it later")).to_be_visible()
    page.get_by_role("button", name="Delete category").click()
    expect(page.get_by_text("Deleted categories (1)")).to_be_visible()
    with see() as session:
        assert [c.path for c in categories.every(session)] == ["A / B", "General"]


def test_a_team_is_merged_and_who_has_none_is_told_so(office, visit):
    people = office.people
    ada, bela = visit(people.ada), visit(people.bela)
    with act() as session:
        team = teams.find(session, people.facilities)
        teams.remove(session, people.ada, team, accounts.find(session, people.ada, people.bela.id))
    expect(bela.go("/").get_by_text("You are in no team yet")).to_be_visible()
    page = ada.go("/teams")
    page.get_by_role("button", name="Delete or merge …").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("is empty")).to_be_visible()
    dialog.get_by_role("button", name="Delete team").click()
    expect(page.get_by_text("Team deleted.")).to_be_visible()
    with see() as session:
        assert [t.name for t in teams.every(session, people.ada)] == ["Service desk"]
