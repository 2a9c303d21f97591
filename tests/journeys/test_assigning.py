"""A ticket finds the person who fits: skills, absences, the list with its reasons, and the note that goes along."""

import re

import pytest
from playwright.sync_api import expect

from db.vocabulary import Priority
from lib.catalog import statuses
from lib.people import teams
from lib.tickets import tickets
from lib.transactions import act
from tests import cast
from tests.support.browser import PHONE, check_accessibility, take_screenshot
from worker import assignment_queue as worker

pytestmark = pytest.mark.browser


def test_a_manager_hands_a_ticket_to_whoever_fits_with_a_note_for_colleagues_alone(office, visit):
    people = office.people
    number = cast.create_ticket(people.sam, "The door of the archive sticks")
    arun = visit(people.arun)
    page = arun.go("/profile")
    arun.choose("Skills", "General")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Save skills").click()
    expect(page.get_by_test_id("stToast").get_by_text("Skills saved.")).to_be_visible()
    rita = visit(people.rita)
    page = rita.go("/profile")
    page.get_by_role("button", name="Add absence").click()
    expect(page.get_by_role("button", name="Delete absence")).to_be_visible()

    mona = visit(people.mona)
    page = mona.go(f"/ticket?id={number}")
    page.get_by_role("button", name="Assign to…").click()
    choices = page.get_by_role("radiogroup", name="Assign to")
    expect(choices.get_by_role("radio")).to_have_count(3)
    told = choices.inner_text()
    assert re.search(
        r"Arun Das\s+Skilled in General, no open tickets\s+Mona Lind\s+No open tickets\s+Rita Sosa\s+Away until",
        told,
    )
    choices.get_by_role("radio", name="Arun Das").check(force=True)
    page.get_by_test_id("stPopoverBody").get_by_role("textbox", name="Note").fill("Bring the long key")
    with act() as session:
        ticket = tickets.find(session, people.arun, number, to_change=True)
        tickets.prioritize(session, people.arun, ticket, priority=Priority.HIGH, seen=ticket.version)
    expect(page.get_by_text("changed the priority from normal to high")).to_be_visible()
    expect(page.get_by_test_id("stPopoverBody").get_by_role("textbox", name="Note")).to_have_value(
        "Bring the long key"
    )
    expect(choices.get_by_role("radio", name="Arun Das")).to_be_checked()
    page.get_by_role("button", name="Assign", exact=True).click()
    expect(page.get_by_text("Mona Lind assigned it to Arun Das: Bring the long key")).to_be_visible()
    expect(page.get_by_role("button", name="Assigned to Arun Das")).to_be_visible()

    page = arun.go(f"/ticket?id={number}")
    page.get_by_role("button", name="Unassign").click()
    page.get_by_test_id("stPopoverBody").get_by_role("textbox", name="Note").fill("The key is lost")
    page.get_by_test_id("stPopoverBody").get_by_role("button", name="Unassign").click()
    expect(page.get_by_text("unassigned Arun Das: The key is lost")).to_be_visible()
    sam = visit(people.sam)
    page = sam.go(f"/ticket?id={number}")
    expect(page.get_by_text("assigned it to Arun Das")).to_be_visible()
    assert "key" not in sam.read()


def test_a_team_s_rule_gives_the_next_ticket_and_the_history_says_so(office, visit):
    people = office.people
    ada = visit(people.ada)
    page = ada.go("/teams")
    team = page.get_by_test_id("stVerticalBlock").filter(has_text="Facilities").last
    expect(team.get_by_text("New tickets are assigned manually.")).to_be_visible()
    team.get_by_role("button", name="Edit").click()
    ada.choose("Assignment of new tickets", "Round robin: in turn, skipping people who are away")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("New tickets are assigned round robin.")).to_be_visible()
    with act() as session:
        bela = people.bela
        number = tickets.create(session, people.rita, title="A chair wobbles", team_id=people.facilities).id
    page = visit(bela).go(f"/ticket?id={number}")
    expect(
        page.get_by_text("Docket assigned it to Bela Kun: round robin rule of the team Facilities")
    ).to_be_visible()


def test_what_is_too_much_waits_for_its_turn_and_says_so_to_colleagues(office, visit):
    people = office.people
    with act() as session:
        workshop = teams.create(session, people.ada, name="Workshop").id
        lena = cast.hire(session, "Lena Voss", "agent", workshop)
    cast.set_password(lena)
    ada = visit(people.ada)
    page = ada.go("/teams")
    team = page.get_by_test_id("stVerticalBlock").filter(has_text="Workshop").last
    team.get_by_role("button", name="Edit").click()
    ada.choose("Assignment of new tickets", "Fewest open tickets")
    page.get_by_label("Most open tickets per person").fill("1")
    expect(page.get_by_text("tickets wait in the assignment queue")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("at most 1 open each")).to_be_visible()
    with act() as session:
        first, second = (
            tickets.create(session, people.rita, title=title, team_id=workshop).id
            for title in ("A lamp flickers", "A shelf leans")
        )
    page = visit(lena).go(f"/ticket?id={second}")
    said = page.get_by_text("In the assignment queue: nobody is available.")
    expect(said).to_be_visible()
    check_accessibility(page)
    take_screenshot(page, "assigning-waits-1280-light")
    asker = visit(people.rita).go(f"/ticket?id={second}")
    expect(asker.get_by_text("A shelf leans").first).to_be_visible()
    expect(asker.get_by_text("In the assignment queue")).to_have_count(0)
    with act() as session:
        ticket = tickets.find(session, lena, first, to_change=True)
        done = statuses.get(session, "Completed")
        tickets.move(session, lena, ticket, to=done, seen=ticket.version)
    worker.assign_waiting_tickets()
    expect(page.get_by_text("Docket assigned it to Lena Voss: least loaded rule of the team")).to_be_visible()
    expect(said).to_have_count(0)


def test_a_ticket_is_given_away_from_the_list_and_from_the_board(office, visit):
    people = office.people
    first, second = (
        cast.create_ticket(people.sam, title) for title in ("The gate squeaks", "The bell is mute")
    )
    mona = visit(people.mona)
    page = mona.go("/tickets")
    name = page.get_by_role("button", name=f"Unassigned. Assign #{first}")
    name.focus()
    cast.create_ticket(people.sam, "The hinge is loose")
    expect(page.get_by_role("link", name="The hinge is loose")).to_be_visible()
    expect(name).to_be_focused()
    name.click()
    dialog = page.get_by_role("dialog", name="Assign ticket")
    expect(dialog.get_by_text("The gate squeaks")).to_be_visible()
    dialog.get_by_role("radio", name="Arun Das").check(force=True)
    dialog.get_by_role("textbox", name="Note").fill("Oil is in the cellar")
    with act() as session:
        ticket = tickets.find(session, people.arun, first, to_change=True)
        tickets.prioritize(session, people.arun, ticket, priority=Priority.HIGH, seen=ticket.version)
    dialog.get_by_role("button", name="Assign", exact=True).click()
    expect(dialog.get_by_text("changed")).to_be_visible()
    expect(dialog.get_by_role("textbox", name="Note")).to_have_value("Oil is in the cellar")
    take_screenshot(page, "assigning-list-1280-light")
    check_accessibility(page)
    dialog.get_by_role("button", name="Assign", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name=f"Assigned to Arun Das. Assign #{first}")).to_be_visible()

    page = mona.go("/board")
    face = page.get_by_role("button", name=f"Unassigned. Assign #{second}")
    face.focus()
    with act() as session:
        ticket = tickets.find(session, people.arun, second, to_change=True)
        tickets.prioritize(session, people.arun, ticket, priority=Priority.URGENT, seen=ticket.version)
    expect(page.get_by_text("Urgent", exact=True)).to_be_visible()
    expect(face).to_be_focused()
    face.click()
    dialog.get_by_role("button", name="Assign to me").click()
    expect(page.get_by_role("button", name=f"Assigned to Mona Lind. Assign #{second}")).to_be_visible()
    page.get_by_role("link", name="The bell is mute").focus()
    page.keyboard.press("a")
    dialog.get_by_role("radio", name="Unassigned").check(force=True)
    dialog.get_by_role("button", name="Assign", exact=True).click()
    expect(face).to_be_visible()


def test_whoever_may_only_take_takes_and_hands_back_from_the_list_on_a_phone(office, visit):
    people = office.people
    number = cast.create_ticket(people.sam, "The clock is late")
    rita = visit(people.rita, view=PHONE)
    page = rita.go("/tickets")
    page.get_by_role("button", name=f"Unassigned. Assign #{number}").tap()
    dialog = page.get_by_role("dialog", name="Assign ticket")
    dialog.get_by_role("button", name="Assign to me").tap()
    page.get_by_role("button", name=f"Assigned to Rita Sosa. Assign #{number}").tap()
    take_screenshot(page, "assigning-list-390-light")
    dialog.get_by_role("button", name="Unassign").tap()
    expect(page.get_by_role("button", name=f"Unassigned. Assign #{number}")).to_be_visible()
    sam = visit(people.sam)
    page = sam.go("/tickets?show=all")
    expect(page.get_by_role("link", name="The clock is late")).to_be_visible()
    expect(page.get_by_role("button", name=f"Assign #{number}")).to_have_count(0)
