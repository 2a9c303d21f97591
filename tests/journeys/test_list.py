"""From the list to a ticket and back, by mouse, by keyboard and by link; and what strangers meet."""

import re

import pytest
from playwright.sync_api import expect

from lib.tickets import tickets
from lib.transactions import act
from tests import cast
from tests.conftest import EITHER
from tests.journeys.writing import body, drop

pytestmark = pytest.mark.browser
MANY = 130
SCROLL = "document.querySelector('[data-testid=stMain]').scrollTop"


def furnish(people):
    """More tickets than two pages hold."""
    with act() as session:
        for at in range(MANY):
            tickets.create(session, people.kim, title=f"Lamp {at:03} flickers")


def lamps(page):
    return [
        int(name.split()[1]) for name in page.get_by_role("link", name=re.compile("^Lamp")).all_inner_texts()
    ]


def lamp(page, at):
    return page.get_by_role("link", name=f"Lamp {at:03} flickers")


def test_back_returns_to_the_same_page_of_the_list_and_the_same_place_on_it(office, visit):
    rita = visit(office.people.rita)
    page = rita.go("/tickets?sort=created&show=unassigned")
    expect(page.get_by_text(f"{MANY} tickets")).to_be_visible()
    seen = lamps(page)
    for first in (50, 100):
        page.get_by_role("link", name="Next 50").click()
        expect(lamp(page, first)).to_be_visible()
        expect(lamp(page, first - 1)).to_have_count(0)
        seen += lamps(page)
    assert seen == list(range(MANY))
    expect(page.get_by_role("link", name="Next 50")).to_have_count(0)
    page.go_back()
    expect(lamp(page, 80)).to_be_visible()
    rita.settle()
    where = page.url
    lamp(page, 80).scroll_into_view_if_needed()
    scrolled = page.evaluate(SCROLL)
    assert scrolled > 0
    lamp(page, 80).click()
    expect(page.get_by_role("heading", name="Lamp 080 flickers")).to_be_visible()
    page.go_back()
    expect(lamp(page, 80)).to_be_focused()
    assert page.url == where
    page.wait_for_function(f"Math.abs({SCROLL} - {scrolled}) < 3")
    page.get_by_role("link", name="Back to the top").click()
    expect(lamp(page, 0)).to_be_visible()


def test_a_row_opens_in_a_new_tab_and_by_keyboard(office, visit):
    rita = visit(office.people.rita)
    page = rita.go("/tickets?sort=created")
    with rita.window.expect_page() as opened:
        lamp(page, 3).click(modifiers=["ControlOrMeta"])
    expect(opened.value.get_by_role("heading", name="Lamp 003 flickers")).to_be_visible()
    opened.value.close()
    expect(page.get_by_role("heading", name="Tickets")).to_be_visible()
    page.evaluate("document.activeElement.blur()")
    for key in ("j", "j", "j", "k", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("heading", name="Lamp 001 flickers")).to_be_visible()


def test_words_typed_into_the_search_narrow_the_list_and_stand_in_the_address(office, visit):
    rita = visit(office.people.rita)
    page = rita.go("/tickets")
    page.get_by_role("searchbox", name="Find", exact=True).fill("lamp 042")
    expect(page.get_by_text("1 ticket", exact=True)).to_be_visible()
    expect(lamp(page, 42)).to_be_visible()
    page.wait_for_url("**/tickets?q=lamp*")
    page.reload()
    expect(page.get_by_text("1 ticket", exact=True)).to_be_visible()


@pytest.mark.parametrize("opened", EITHER, indirect=True)
def test_a_stranger_finds_nothing_by_page_link_short_link_api_or_file(office, visit):
    people = office.people
    sam = visit(people.sam)
    page = sam.go("/new")
    page.get_by_label("Title", exact=True).fill("My salary slip is wrong")
    drop(page, "slip.txt", "four thousand")
    page.get_by_role("button", name="Create ticket").click()
    expect(page.get_by_role("heading", name="My salary slip is wrong")).to_be_visible()
    number = page.url.rpartition("=")[2]
    file = page.get_by_role("link", name=re.compile("slip.txt")).get_attribute("href")

    bob = visit(people.bob)
    for path in (
        f"/ticket?id={number}",
        f"/t/{number}",
        "/ticket?id=999999",
        "/ticket?id=-1",
        "/ticket",
        "/nowhere",
    ):
        bob.go(path)
        bob.meets_nothing()
        assert "salary" not in bob.read()
    bob.go()
    expect(bob.page.get_by_text("No open tickets.")).to_be_visible()
    for path in (
        f"/api/v1/tickets/{number}",
        f"/api/v1/tickets/{number}/comments",
        f"{file}",
        f"{file}/preview",
    ):
        answer = bob.page.request.get(office.url + path)
        assert answer.status == 404, path
        assert not re.search("salary|four thousand|slip", answer.text())
    assert "salary" not in "".join(map(str, bob.heard))
    guest = visit()
    for path in (f"/api/v1/tickets/{number}", file):
        assert guest.page.request.get(office.url + path).status == 401
    assert page.request.get(office.url + file).text() == "four thousand"


def test_a_short_link_leads_to_the_ticket_after_signing_in(office, visit):
    number = cast.create_ticket(office.people.sam, "The window on the stairs is cracked")
    sam = visit()
    page = sam.go(f"/t/{number}")
    sam.is_signed_out()
    sam.fill_in("sam.reed@example.org")
    expect(page.get_by_role("heading", name="The window on the stairs is cracked")).to_be_visible()
    assert page.url == f"{office.url}/ticket?id={number}"
    expect(body(page)).to_be_visible()


def test_people_are_paged_in_the_address_too(office, visit):
    with act() as session:
        for at in range(60):
            cast.hire(session, f"Guest {at:02}", "requester")
    ada = visit(office.people.ada)
    page = ada.go("/people?q=guest")
    page.get_by_role("link", name="Next 50").click()
    expect(page.get_by_text("Guest 50", exact=True)).to_be_visible()
    expect(page.get_by_text("Guest 49", exact=True)).to_have_count(0)
    page.go_back()
    expect(page.get_by_text("Guest 49", exact=True)).to_be_visible()
