"""What stands on every page leads to another page, whatever the address of the page at hand holds."""

import re

import pytest
from playwright.sync_api import expect

from lib.lists import saved_views
from lib.transactions import act
from tests import cast
from tests.journeys.test_walk import pages

pytestmark = pytest.mark.browser
FILTERED = (
    "/tickets?q=lamp&show=all&sort=created",
    "/board?find=lamp&show=mine&rows=priority",
    "/board?q=lamp",
    "/search?q=lamp",
    "/people?name=Sam&disabled=true",
    "/audit-log?what=A+ticket+was+created",
    "/time-report?by=Person&by=Ticket&per=Week&since=2026-01-05&until=2026-02-01&cost=true",
    "/time-in-status?team=Service+desk&since=2026-01-05&until=2026-02-01",
    "/timesheet?of=2026-01-05",
)
"""Pages with everything in their address that a control there writes into it."""


def furnish(people):
    """Make a ticket to be found and a saved view that finds it; returns the ticket's number."""
    number = cast.create_ticket(people.sam, "The lamp flickers", tags=["lamp"])
    with act() as session:
        saved_views.create(
            session, people.ada, name="Lamps", line="tag:lamp", sort="created", facts="", group=""
        )
    return number


def search(page, words):
    """Search from the box in the sidebar."""
    box = page.get_by_role("searchbox", name="Search everything")
    box.fill(words)
    box.press("Enter")


def everywhere(office, number):
    """Return the addresses of all pages for an administrator, plain and with all that their controls write."""
    return [*pages(cast.reload_actor(office.people.ada), number), *FILTERED]


def test_the_search_box_works_on_every_page(office, visit, furnished):
    ada = visit(office.people.ada)
    for path in everywhere(office, furnished):
        page = ada.go(path)
        before = page.url
        search(page, "flickers")
        expect(page).to_have_url(re.compile(r"/search\?words=flickers$"))
        expect(page.get_by_role("link", name="flickers")).to_be_visible()
        expect(page.get_by_role("heading", name="Search", exact=True)).to_be_visible()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        page.go_back()
        if "/search" not in path:
            expect(page).to_have_url(before)
            ada.settle()
            expect(page.get_by_role("heading", name="Search", exact=True)).to_have_count(0)
        assert "Something went wrong" not in ada.read(), path


def test_a_number_in_the_search_box_leads_to_the_ticket(office, visit, furnished):
    ada = visit(office.people.ada)
    for path in FILTERED:
        page = ada.go(path)
        search(page, f"#{furnished}")
        expect(page).to_have_url(re.compile(rf"/ticket\?id={furnished}$"))
        expect(page.get_by_role("heading", name="The lamp flickers")).to_be_visible()


def test_saved_views_and_new_ticket_open_from_every_page(office, visit, furnished):
    ada = visit(office.people.ada)
    for path in everywhere(office, furnished):
        page = ada.go(path)
        page.get_by_role("button", name="Lamps").click()
        expect(page).to_have_url(re.compile(r"/tickets\?(?=.*q=tag(:|%3A)lamp)(?=.*sort=created)"))
        expect(page.get_by_role("searchbox", name="Find", exact=True)).to_have_value("tag:lamp")
        expect(page.get_by_role("link", name="The lamp flickers")).to_be_visible()
    for path in FILTERED:
        page = ada.go(path)
        page.get_by_role("button", name="New ticket").click()
        expect(page.get_by_role("heading", name="New ticket")).to_be_visible()
        expect(page).to_have_url(re.compile("/new$"))
        assert "Something went wrong" not in ada.read(), path
