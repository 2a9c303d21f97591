"""An administrator deletes, archives and merges: what it would do first, a second step, and a way back."""

import pytest
from playwright.sync_api import expect

from lib.catalog import categories, statuses
from lib.lists import ticket_list
from lib.people import teams
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast

pytestmark = pytest.mark.browser


def test_a_name_with_a_slash_keeps_no_other_category(office, visit):
    people = office.people
    with act() as session:
        categories.create(session, people.ada, name="A")
        categories.create(session, people.ada, name="A / B")
    ada = visit(people.ada)
    page = ada.go("/categories")
    page.get_by_role("button", name="Edit").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("You can restore it later")).to_be_visible()
    page.get_by_role("button", name="Delete category").click()
    expect(page.get_by_text("Deleted categories (1)")).to_be_visible()
    with see() as session:
        assert [c.path for c in categories.list_all(session)] == ["A / B", "General"]


def test_a_status_is_archived_with_a_successor_and_restored(office, visit):
    people = office.people
    number = cast.create_ticket(people.sam, "The lift is stuck")
    with act() as session:
        ticket = tickets.find(session, people.rita, number, to_change=True)
        tickets.move(session, people.rita, ticket, to=statuses.get(session, "Blocked"), seen=ticket.version)
    ada = visit(people.ada)
    page = ada.go("/statuses")
    page.get_by_role("button", name="Archive…").nth(1).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Tickets can no longer be moved to Blocked")).to_be_visible()
    expect(dialog.get_by_text("Tickets in this status: 1")).to_be_visible()
    expect(dialog.get_by_role("button", name="Archive status")).to_be_disabled()
    ada.choose("Move its tickets to", "Pending")
    dialog.get_by_role("button", name="Archive status").click()
    expect(page.get_by_text("Archived statuses (1)")).to_be_visible()
    with see() as session:
        assert (
            ticket_list.get_row(session, people.ada, tickets.find(session, people.ada, number)).status
            == "Pending"
        )
        assert "Blocked" not in [s.name for s in statuses.list_all(session)]
    found = visit(people.rita).go("/tickets?show=all&q=status%3ABlocked")
    expect(found.get_by_text("is archived, so no ticket is in it")).to_be_visible()

    page.get_by_text("Archived statuses (1)").click()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("Archived statuses (1)")).to_have_count(0)
    with see() as session:
        assert "Blocked" in [s.name for s in statuses.list_all(session)]


def test_a_team_with_tickets_is_merged_and_an_empty_one_deleted(office, visit):
    people = office.people
    with act() as session:
        teams.create(session, people.ada, name="Attic")
        facilities = cast.get_team(session, people.facilities)
        number = tickets.create(session, people.ada, title="The gate squeaks", team_id=facilities.id).id
    ada = visit(people.ada)
    page = ada.go("/teams")
    page.get_by_role("button", name="Delete or merge…").first.click()
    page.get_by_role("button", name="Delete team").click()
    expect(page.get_by_text("Attic", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Delete or merge…").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Facilities is merged into another team")).to_be_visible()
    expect(dialog.get_by_role("button", name="Merge teams")).to_be_disabled()
    ada.choose("Merge into", "Service desk")
    dialog.get_by_role("button", name="Merge teams").click()
    expect(page.get_by_text("Bela Kun")).to_be_visible()
    expect(page.get_by_text("Facilities", exact=True)).to_have_count(0)
    with see() as session:
        assert [t.name for t in teams.list_all(session, people.ada)] == ["Service desk"]
    opened = visit(people.rita).go(f"/ticket?id={number}")
    expect(opened.get_by_role("heading", name="The gate squeaks")).to_be_visible()
