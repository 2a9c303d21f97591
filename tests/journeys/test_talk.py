"""People who talk on one ticket: they see what others do as it happens, and nothing is taken out of their hands."""

import re

import pytest
from playwright.sync_api import expect

from lib.tickets import tickets
from lib.transactions import act
from tests import cast
from tests.journeys.writing import body

pytestmark = pytest.mark.browser
SOON = 2_000
"""Milliseconds within which news must be there; a busy machine gets more."""
PATIENT = 3 * SOON


def test_what_others_do_appears_while_one_writes(office, visit):
    people = office.people
    number = cast.create_ticket(people.sam, "The projector hums")
    rita, sam = visit(people.rita), visit(people.sam)
    page = rita.go(f"/ticket?id={number}")
    body(page).press_sequentially("I think that it")
    body(page).evaluate("field => field.setSelectionRange(2, 2)")
    cast.add_comment(people.mona, number, "Somebody will come at noon.")
    told = page.get_by_label("Conversation").get_by_text("Somebody will come at noon.")
    expect(told).to_be_visible(timeout=PATIENT)
    expect(body(page)).to_be_focused()
    expect(body(page)).to_have_value("I think that it")
    assert body(page).evaluate("field => field.selectionStart") == 2

    page.get_by_role("button", name="Edit ticket").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Title").fill("The projector hums loudly")
    cast.add_comment(people.mona, number, "Or a little later.")
    expect(page.get_by_text("Or a little later.")).to_be_attached(timeout=PATIENT)
    expect(dialog.get_by_label("Title")).to_have_value("The projector hums loudly")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()

    mine = sam.go("/tickets")
    expect(mine.get_by_role("link", name="The projector hums")).to_be_visible()
    with act() as session:
        ticket = tickets.find(session, people.mona, number, to_change=True)
        tickets.rename(session, people.mona, ticket, title="The projector sings", seen=ticket.version)
    expect(mine.get_by_role("link", name="The projector sings")).to_be_visible(timeout=PATIENT)
    expect(page.get_by_role("heading", name="The projector sings")).to_be_visible(timeout=PATIENT)


def test_two_at_one_ticket_see_each_other_and_a_requester_learns_of_no_note(office, visit):
    people = office.people
    number = cast.create_ticket(people.sam, "The door squeaks")
    rita, mona, sam = visit(people.rita), visit(people.mona), visit(people.sam)
    at = f"/ticket?id={number}"
    hers, managers, asked = rita.go(at), mona.go(at), sam.go(at)
    expect(hers.get_by_text("Mona Lind is looking")).to_be_visible(timeout=PATIENT)
    expect(managers.get_by_text("Rita Sosa is looking")).to_be_visible(timeout=PATIENT)
    body(hers).press_sequentially("We oil it")
    expect(managers.get_by_text("Rita Sosa is replying")).to_be_visible(timeout=PATIENT)
    expect(asked.get_by_text("Rita Sosa is replying")).to_be_visible(timeout=PATIENT)
    heard = len(sam.heard)
    hers.get_by_role("radio", name=re.compile("Internal note")).check()
    expect(managers.get_by_text("Rita Sosa is writing a note")).to_be_visible(timeout=PATIENT)
    expect(asked.get_by_text("Rita Sosa")).to_be_hidden(timeout=PATIENT)
    assert not [frame for frame in sam.heard[heard:] if "noting" in str(frame) or "Mona" in str(frame)]
    rita.go("/tickets")
    expect(managers.get_by_text("Rita Sosa")).to_be_hidden(timeout=PATIENT)
    expect(managers.get_by_text("Sam Reed is looking")).to_be_visible(timeout=PATIENT)


def test_a_colleague_is_mentioned_and_one_who_may_not_see_it_is_not(office, visit):
    people = office.people
    number = cast.create_ticket(people.sam, "The scanner is slow")
    page = visit(people.rita).go(f"/ticket?id={number}")
    body(page).press_sequentially("Please look, @aru")
    expect(page.get_by_role("option", name="Arun Das")).to_be_visible()
    page.keyboard.press("Enter")
    expect(body(page)).to_have_value("Please look, @Arun Das ")
    body(page).press_sequentially("and @Bela Kun")
    expect(page.get_by_text("Bela Kun can't see this ticket")).to_be_visible()
    page.get_by_role("tab", name="Preview").click()
    expect(page.get_by_role("tabpanel").locator("mark")).to_have_text(["@Arun Das"])
    page.get_by_role("button", name="Send reply").click()
    expect(page.get_by_text("Not mentioned, because they can't see this ticket: Bela Kun.")).to_be_visible()
    expect(page.get_by_label("Conversation").locator("mark")).to_have_text(["@Arun Das"])
    page.get_by_role("radio", name=re.compile("Internal note")).check()
    body(page).press_sequentially("@sam")
    expect(page.get_by_text("Draft saved")).to_be_visible()
    expect(page.get_by_role("option")).to_have_count(0)


def test_people_are_added_in_cc_and_watch_from_the_page(office, visit):
    people = office.people
    number = cast.create_ticket(people.sam, "The blinds are stuck")
    rita = visit(people.rita)
    page = rita.go(f"/ticket?id={number}")
    page.get_by_role("button", name="Watch", exact=True).click()
    expect(page.get_by_role("button", name="Stop watching")).to_be_visible()
    page.get_by_role("button", name="Add CC").click()
    page.get_by_role("combobox", name=re.compile("Person$")).fill("Bob")
    page.get_by_role("option", name=re.compile("Bob Muir")).click()
    page.get_by_role("button", name="Add CC").last.click()
    expect(page.get_by_text("Rita Sosa added Bob Muir to CC")).to_be_visible()
    bob = visit(people.bob).go(f"/ticket?id={number}")
    bob.get_by_role("button", name="Stop watching").click()
    expect(bob.get_by_role("button", name="Watch", exact=True)).to_be_visible()
    bob.get_by_role("button", name="Leave CC").click()
    expect(bob.get_by_text("This page doesn't exist")).to_be_visible()
    expect(page.get_by_text("Bob Muir removed Bob Muir from CC")).to_be_visible(timeout=PATIENT)


def test_a_canned_reply_is_kept_by_a_manager_and_used_by_keyboard(office, visit):
    people = office.people
    number = cast.create_ticket(people.sam, "The kettle is cold")
    mona = visit(people.mona).go("/canned-replies")
    mona.get_by_text("New canned reply").click()
    mona.get_by_label("Name").fill("On my way")
    mona.get_by_role("textbox", name="Text").fill("Hello {requester.frist_name}")
    mona.get_by_role("button", name="Add").click()
    expect(mona.get_by_text("There is no variable {requester.frist_name}")).to_be_visible()
    if not mona.get_by_role("textbox", name="Text").is_visible():
        mona.get_by_text("New canned reply").click()
    expect(mona.get_by_label("Name")).to_have_value("On my way")
    expect(mona.get_by_role("textbox", name="Text")).to_have_value("Hello {requester.frist_name}")
    mona.get_by_role("textbox", name="Text").fill("Hello {requester.first_name}, I come for {ticket.number}.")
    mona.get_by_role("button", name="Add").click()
    expect(mona.get_by_text("Canned reply added.")).to_be_visible()

    page = visit(people.rita).go(f"/ticket?id={number}")
    body(page).press_sequentially("::way")
    expect(page.get_by_role("option", name=re.compile("On my way"))).to_be_visible()
    page.keyboard.press("Enter")
    expect(body(page)).to_have_value(f"Hello Sam, I come for #{number}.")
    body(page).fill("")
    page.get_by_role("button", name="Canned reply").click()
    page.get_by_role("option", name=re.compile("On my way")).click()
    expect(body(page)).to_have_value(f"Hello Sam, I come for #{number}.")
    expect(page.get_by_text("Draft saved")).to_be_visible()


def test_what_is_new_is_marked_and_a_comment_is_quoted(office, visit):
    people = office.people
    number = cast.create_ticket(people.sam, "The plant is dry")
    cast.add_comment(people.sam, number, "It hangs\nits leaves")
    cast.add_comment(people.mona, number, "Who waters it?", internal=True)
    rita = visit(people.rita)
    page = rita.go(f"/ticket?id={number}")
    expect(page.get_by_text("Who waters it?")).to_be_visible()
    expect(page.get_by_text("New", exact=True)).to_be_hidden()
    body(page).fill("I see.")
    page.get_by_role("button", name="Quote Sam Reed").click()
    expect(body(page)).to_have_value("I see.\n\n> **Sam Reed**:\n>\n> It hangs\n> its leaves\n\n")
    body(page).fill("")
    page.get_by_role("button", name="Quote Mona Lind").click()
    expect(body(page)).to_have_value("> **Mona Lind**:\n>\n> Who waters it?\n\n")
    expect(page.get_by_role("radio", name=re.compile("Internal note"))).to_be_checked()
    body(page).fill("")

    rita.go("/tickets")
    expect(page.get_by_role("link", name="The plant is dry")).to_be_visible()
    expect(
        page.get_by_role("row", name=re.compile("The plant")).get_by_role("img", name="New activity")
    ).to_be_hidden()
    cast.add_comment(people.sam, number, "Now it fell over")
    row = page.get_by_role("row", name=re.compile("The plant"))
    expect(row.get_by_role("img", name="New activity")).to_be_visible(timeout=PATIENT)
    page.get_by_role("link", name="The plant is dry").click()
    expect(page.get_by_text("New", exact=True)).to_be_visible()
    rita.settle()
    page.get_by_role("button", name="Mark as unread").click()
    expect(row.get_by_role("img", name="New activity")).to_be_visible()
