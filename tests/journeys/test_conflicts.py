"""Two people at the same ticket lose nothing, and every refusal is a sentence."""

import re

import pytest
from playwright.sync_api import TimeoutError, expect

from lib.conversation import comments
from lib.lists import ticket_list
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast
from tests.journeys.writing import body, title

pytestmark = pytest.mark.browser


def facts(actor, number):
    with see() as session:
        return ticket_list.get_row(session, actor, tickets.find(session, actor, number))


def assign(visitor, name):
    page, wanted = visitor.settle(), visitor.page.get_by_role("radio", name=name)
    for _ in range(3):  # a page that is drawn anew meanwhile closes it once
        page.get_by_role("button", name="Assign to…").click()
        try:
            wanted.check(force=True, timeout=5000)
        except TimeoutError:
            continue
        break
    page.get_by_role("button", name="Assign", exact=True).click()


def test_the_second_of_two_who_change_a_ticket_is_told_and_keeps_what_they_wrote(office, visit):
    people = office.people
    number = cast.create_ticket(people.sam, "The lift stops between floors")
    mona, rita = visit(people.mona), visit(people.rita)
    mona.deafen()
    rita.deafen()
    mona.go(f"/ticket?id={number}")
    rita.go(f"/ticket?id={number}")
    body(rita.page).fill("I have called the workshop.")
    mona.choose("Status", "In Progress")
    expect(mona.page.get_by_text("moved it from To-Do to In Progress")).to_be_visible()

    rita.choose("Status", "Pending")
    expect(
        rita.page.get_by_text(f"Somebody else changed #{number} while you were working on it.")
    ).to_be_visible()
    expect(rita.page.get_by_text("moved it from To-Do to In Progress")).to_be_visible()
    expect(body(rita.page)).to_have_value("I have called the workshop.")
    assert facts(people.rita, number).status == "In Progress"
    rita.choose("Status", "Pending")
    expect(rita.page.get_by_text("moved it from In Progress to Pending")).to_be_visible()

    assign(mona, "Arun Das")
    expect(
        mona.page.get_by_text(f"Somebody else changed #{number} while you were working on it.")
    ).to_be_visible()
    assert facts(people.rita, number).assignee is None
    assign(mona, "Arun Das")
    expect(mona.page.get_by_text("Mona Lind assigned it to Arun Das")).to_be_visible()
    rita.page.get_by_role("button", name="Assign to me").click()
    expect(
        rita.page.get_by_text(f"Somebody else changed #{number} while you were working on it.")
    ).to_be_visible()
    assert facts(people.rita, number).assignee == "Arun Das"
    body(rita.page).press("ControlOrMeta+Enter")
    expect(rita.page.get_by_label("Conversation").get_by_text("I have called the workshop.")).to_be_visible()


def test_an_edit_of_the_text_meets_an_edit_that_came_before(office, visit):
    people = office.people
    number = cast.create_ticket(people.sam, "A tap drips", description="Kitchen, left.")
    rita = visit(people.rita)
    page = rita.go(f"/ticket?id={number}")
    page.get_by_role("button", name="Edit ticket").click()
    page.get_by_role("dialog").get_by_label("Title").fill("A tap drips all night")
    with act() as session:
        ticket = tickets.find(session, people.mona, number, to_change=True)
        tickets.rename(session, people.mona, ticket, title="A tap runs", seen=ticket.version)
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(
        page.get_by_role("dialog").get_by_text("Somebody else changed it while you were writing.")
    ).to_be_visible()
    expect(page.get_by_role("dialog").get_by_text("A tap runs")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_label("Title")).to_have_value("A tap drips all night")
    assert facts(people.rita, number).title == "A tap runs"
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="A tap drips all night")).to_be_visible()


def test_what_can_not_be_is_said_in_a_sentence(office, visit):
    people = office.people
    number = cast.create_ticket(people.sam, "My badge does not open the door")
    sam = visit(people.sam)
    page = sam.go("/new")
    page.get_by_role("button", name="Create ticket").click()
    expect(page.get_by_text("The title is missing.")).to_be_visible()
    title(page).fill("x" * 201)
    expect(page.get_by_text("1 characters too many")).to_be_visible()
    page.get_by_role("button", name="Create ticket").click()
    expect(page.get_by_text(re.compile("at most 200 characters|too long")).first).to_be_visible()
    expect(title(page)).to_have_value("x" * 201)
    page.locator("input[type=file]").set_input_files(
        [{"name": "film.mkv", "mimeType": "video/x-matroska", "buffer": b"x" * (26 * 1024 * 1024)}]
    )
    expect(page.get_by_text("This file is larger than 25 MB").first).to_be_visible()
    page.get_by_role("button", name="Discard draft").click()
    expect(title(page)).to_have_value("")

    sam.go(f"/ticket?id={number}")
    page.get_by_role("button", name="Send reply").click()
    expect(page.get_by_text(re.compile("[Ww]rite something|is empty")).first).to_be_visible()
    with see() as session:
        ticket = tickets.find(session, people.sam, number)
        assert comments.list_for_ticket(session, people.sam, ticket) == []


def test_wrong_passwords_are_answered_alike_and_delayed_in_the_end(office, visit):
    guest = visit()
    page = guest.go()
    for email in ("bela.kun@example.org", "nobody@example.org"):
        guest.fill_in(email, "not the password at all")
        expect(page.get_by_text("Wrong email address or password")).to_be_visible()
    for _ in range(9):
        guest.fill_in("bela.kun@example.org", "not the password at all")
        page.wait_for_function("() => !document.querySelector('[data-stale=true]')")
    expect(page.get_by_text("Wrong email address or password")).to_be_visible()
    guest.fill_in("bela.kun@example.org")
    expect(page.get_by_text(re.compile(r"Too many sign-in attempts\. Wait \d+ minutes?"))).to_be_visible()
    assert page.get_by_role("button", name="Sign out").count() == 0
