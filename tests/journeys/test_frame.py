"""What stands around every page: titles of tabs, the bell, keys that reach the list, a board that stays put."""

import pytest
from playwright.sync_api import expect

from tests import cast
from tests.journeys.test_board import card
from tests.journeys.test_walk import pages
from ui.shell.menu import ENTRIES

pytestmark = pytest.mark.browser
COVERED = """() => {
  const bell = [...document.querySelectorAll('[data-testid="stBidiComponentIsolated"]')]
    .map((host) => host.shadowRoot?.querySelector('a[href="/notifications"]')).find(Boolean).getBoundingClientRect()
  const all = document.querySelectorAll('[data-testid="stMain"] :is(button, input, h1, [data-testid="stAlert"])')
  return [...all].filter((part) => {
    const box = part.getBoundingClientRect()
    return box.width && box.left < bell.right && box.right > bell.left && box.top < bell.bottom && box.bottom > bell.top
  }).map((part) => part.outerHTML.slice(0, 120))
}"""
MAIN = "document.querySelector('[data-testid=stMain]')"


def furnish(people):
    return [cast.create_ticket(people.sam, f"Valve {at}") for at in range(12)]


def test_every_tab_has_its_own_title(office, visit, furnished):
    ada = visit(office.people.ada)
    titles = {entry.url: entry.title for entry in ENTRIES}
    seen = set()
    for path in pages(cast.reload_actor(office.people.ada), furnished[0]):
        page = ada.go(path)
        url = path.strip("/").partition("?")[0]
        wanted = f"#{furnished[0]} Valve 0" if url == "ticket" else titles[url]
        expect(page).to_have_title(f"{wanted} · Docket")
        seen.add(page.title())
    assert len(seen) == len(pages(cast.reload_actor(office.people.ada), furnished[0]))
    expect(visit().go("/tickets")).to_have_title("Sign in · Docket")


def test_the_bell_covers_nothing(office, visit, furnished):
    ada = visit(office.people.ada)
    for path in ("/", "/tickets", "/board", f"/ticket?id={furnished[0]}", "/people", "/timesheet"):
        page = ada.go(path)
        assert page.evaluate(COVERED) == [], path
        page.evaluate(f"{MAIN}.scrollTo(0, 120)")
        assert page.evaluate(COVERED) == [], f"{path}, scrolled"
    page = ada.go("/statuses")
    page.get_by_text("New status").click()
    page.get_by_role("button", name="Add status").click()
    expect(page.get_by_test_id("stAlert").first).to_be_visible()
    assert page.evaluate(COVERED) == []


def test_keys_move_through_a_list_that_was_just_opened(office, visit, furnished):
    rita = visit(office.people.rita)
    page = rita.go("/")
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Tickets", exact=True).click()
    expect(page.get_by_role("heading", name="Tickets")).to_be_visible()
    expect(page.get_by_role("link", name="Valve 0")).to_be_visible()
    rita.settle()
    page.keyboard.press("j")
    expect(page.locator(".row a").first).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator(".row a").first).to_be_focused()
    box = page.get_by_role("searchbox", name="Find", exact=True)
    box.focus()
    page.keyboard.press("j")
    expect(box).to_have_value("j")


def test_the_board_stays_where_it_is_when_a_card_was_moved(office, visit, furnished):
    rita = visit(office.people.rita)
    page = rita.go("/board")
    carried = card(rita, "Valve 0")
    expect(carried).to_be_visible()
    lanes = page.locator("section.cell").first
    before = lanes.bounding_box()["y"]
    carried.focus()
    for key in (" ", "ArrowRight", " "):
        page.keyboard.press(key)
    expect(page.get_by_role("button", name="Undo move")).to_be_visible()
    rita.settle()
    assert lanes.bounding_box()["y"] == before
