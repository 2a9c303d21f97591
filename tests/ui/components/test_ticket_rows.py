"""The list opens tickets in place, keeps the reader's place, and shows any text as text."""

import pytest
from playwright.sync_api import expect

from tests.support import browser as browsers

pytestmark = pytest.mark.browser
PANE = "document.querySelector('[data-testid=stMain]')"
every_view = pytest.mark.parametrize("stage", browsers.VIEWS, indirect=True, ids=lambda view: view.name)


def test_a_click_opens_the_ticket_without_a_reload_and_back_returns_to_the_same_place(stage):
    page = stage.open("/?status=open")
    page.evaluate("window.alive = true")
    row = page.get_by_role("link", name="VPN drops every hour").nth(8)
    row.scroll_into_view_if_needed()
    before = page.evaluate(f"{PANE}.scrollTop")
    row.click()
    page.wait_for_url("**/ticket?id=*")
    expect(page.get_by_role("heading", name="Ticket 10")).to_be_visible()
    assert page.evaluate(f"{PANE}.scrollTop") == 0
    page.go_back()
    expect(page.get_by_text("Filter: open")).to_be_visible()
    expect(row).to_be_focused()
    expect(row).to_be_in_viewport()
    page.wait_for_timeout(200)
    assert page.evaluate(f"{PANE}.scrollTop") == before
    assert page.evaluate("window.alive")
    assert page.url == f"{stage.url}/?status=open"


def test_a_click_beside_the_title_opens_the_ticket_too(stage):
    page = stage.open("/")
    page.get_by_role("cell", name="Hardware").first.click()
    page.wait_for_url("**/ticket?id=1060")


@pytest.mark.parametrize("target", ["Printer on floor 2 jams", "Hardware"])
def test_with_a_modifier_a_row_opens_in_a_new_tab(stage, target):
    page = stage.open("/")
    with page.context.expect_page() as opened:
        page.get_by_text(target, exact=True).first.click(modifiers=["ControlOrMeta"])
    assert opened.value.url.endswith("/ticket?id=1060")
    assert page.url == stage.url + "/"


def test_a_heading_sorts_through_the_address(stage):
    page = stage.open("/")
    heading = page.get_by_role("columnheader", name="Updated")
    expect(heading).to_have_attribute("aria-sort", "descending")
    page.get_by_role("link", name="Updated").click()
    page.wait_for_url("**/?sort=updated")
    expect(heading).to_have_attribute("aria-sort", "ascending")


def test_the_keyboard_alone_walks_the_rows_and_opens_one(stage):
    page = stage.open("/")
    page.locator(".row a").first.wait_for()
    for key in ("j", "j", "ArrowDown", "k"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.wait_for_url("**/ticket?id=1059")


def test_hostile_and_odd_titles_are_only_text(stage):
    page = stage.open("/")
    expect(page.get_by_role("link", name="<img src=x onerror='window.hurt=1'>")).to_be_visible()
    assert page.evaluate("window.hurt") is None


def test_an_empty_list_says_what_to_do(stage):
    page = stage.open("/?none=1")
    expect(page.get_by_text("Nothing is waiting for you.")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="New ticket").click()
    expect(page.get_by_role("heading", name="New ticket")).to_be_visible()


@every_view
def test_it_fits_and_is_accessible(stage):
    page = stage.open("/")
    expect(page.locator(".row")).to_have_count(60)
    assert page.evaluate(f"{PANE}.scrollWidth <= {PANE}.clientWidth")
    assert page.locator(".row").evaluate_all("rows => rows.every((row) => row.offsetHeight >= 44)")
    browsers.check_accessibility(page)
