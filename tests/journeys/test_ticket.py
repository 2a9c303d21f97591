"""One ticket from the first word to the answer, between the person who asks and the one who helps."""

import re

import pytest
from playwright.sync_api import expect

from lib.tickets import tickets
from lib.transactions import see
from tests import cast
from tests.conftest import EITHER
from tests.journeys.office import at
from tests.journeys.writing import PNG, body, choose_file, drop, title
from tests.support import server as servers

pytestmark = pytest.mark.browser
CANARY = "nightingale"


def numbers(actor, title):
    with see() as session:
        found = session.exec(tickets.gate.visible(actor)).all()
        return [ticket.id for ticket in found if ticket.title == title]


@pytest.mark.parametrize("opened", EITHER, indirect=True)
def test_a_requester_is_helped_and_never_receives_a_byte_of_the_note(office, visit):
    people = office.people
    cast.create_ticket(people.sam, "The printer on floor two is out of paper")
    sam = visit(people.sam)
    page = sam.go()
    page.get_by_role("button", name="New ticket").click()
    title(page).press_sequentially("The printer on floor two eats paper")
    expect(page.get_by_role("link", name="The printer on floor two is out of paper")).to_be_visible()
    body(page).fill("It **grinds** and stops.")
    drop(page, "notes.txt", "It began on Monday.")
    choose_file(page, "photo.png", PNG, type="image/png")
    page.get_by_role("button", name="Create ticket").dblclick()
    expect(page.get_by_role("heading", name="The printer on floor two eats paper")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("notes.txt"))).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("photo.png"))).to_be_visible()
    (number,) = numbers(people.sam, "The printer on floor two eats paper")

    rita = visit(people.rita)
    desk = rita.go()
    desk.get_by_role("link", name="The printer on floor two eats paper").click()
    with desk.expect_download() as download:
        desk.get_by_role("link", name=re.compile("notes.txt")).click()
    assert download.value.path().read_bytes() == b"It began on Monday."
    desk.get_by_role("button", name="Assign to me").click()
    expect(desk.get_by_text("Rita Sosa assigned it to themselves")).to_be_visible()
    body(desk).fill("Thank you Sam, I am on my way.")
    desk.get_by_role("button", name="Send reply").click()
    expect(desk.get_by_label("Conversation").get_by_text("I am on my way.")).to_be_visible()
    desk.get_by_role("radio", name=re.compile("Internal note")).check()
    body(desk).fill(f"The {CANARY} sings: it was dropped.")
    choose_file(desk, f"{CANARY}.txt", b"seen")
    desk.get_by_role("button", name="Add internal note").click()
    expect(desk.get_by_label("Conversation").get_by_text(f"The {CANARY} sings")).to_be_visible()
    rita.choose("Status", "In Progress")
    expect(desk.get_by_text("moved it from To-Do to In Progress")).to_be_visible()

    page.reload()
    expect(page.get_by_label("Conversation").get_by_text("I am on my way.")).to_be_visible()
    expect(page.get_by_text("Rita Sosa assigned it to themselves")).to_be_visible()
    expect(page.get_by_text("Rita Sosa moved it from To-Do to In Progress")).to_be_visible()
    sam.go(f"/ticket?id={number}")
    told = [sam.read(), page.content(), *map(str, sam.heard)]
    for path in (f"/tickets/{number}", f"/tickets/{number}/comments", f"/tickets/{number}/events"):
        told.append(page.request.get(f"{office.url}/api/v1{path}").text())
    assert len(sam.heard) > 10
    assert not [text for text in told if CANARY in text.lower()]
    assert CANARY in rita.read()
    sam.go(f"/tickets?q={CANARY}&show=all")
    expect(page.get_by_text("No tickets match. Change the search or the filters.")).to_be_visible()


def test_a_draft_survives_a_reload_and_a_restart_of_the_server(databases, tmp_path, visit):
    url, port = databases.fresh("sqlite"), str(servers.free_port())
    command = (*servers.RUN_COMMAND[:-1], port)
    with servers.run_server(tmp_path, {"DOCKET_DATABASE_URL": url}, command=command) as first:
        with at(url):
            people = cast.create_company()
            sam = visit(people.sam, url=first.url)
        page = sam.go("/new")
        title(page).fill("Half a thought")
        body(page).fill("and the other half")
        sam.choose("Priority", "High")
        drop(page, "notes.txt", "It began on Monday.")
        expect(page.get_by_text("Draft saved")).to_be_visible()
        page.reload()
        expect(title(page)).to_have_value("Half a thought")
    sam.wrong.clear()
    with servers.run_server(tmp_path, {"DOCKET_DATABASE_URL": url}, command=command):
        page = sam.go("/new")
        expect(title(page)).to_have_value("Half a thought")
        expect(body(page)).to_have_value("and the other half")
        expect(page.get_by_text("notes.txt", exact=True)).to_be_visible()
        expect(page.get_by_role("combobox", name=re.compile("Priority"))).to_have_value("High")
        page.get_by_role("button", name="Create ticket").click()
        expect(page.get_by_role("heading", name="Half a thought")).to_be_visible()
        expect(page.get_by_role("link", name=re.compile("notes.txt"))).to_be_visible()
        sam.go("/new")
        expect(title(page)).to_have_value("")
    sam.wrong.clear()
