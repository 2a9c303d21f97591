"""A desk of two processes, of which one is killed: people go on where they were, with what they wrote."""

import os
import signal

import pytest
from playwright.sync_api import expect

from tests import cast
from tests.journeys.writing import body
from tests.support.processes import children, until

pytestmark = pytest.mark.browser


def surround():
    return {"DOCKET_PROCESSES": "2"}


@pytest.fixture
def kill(office):
    """Kill both processes, one after the other, and wait until another took the place of each: nobody's lives on."""

    def both():
        for lost in sorted(children(office.server)):
            started = office.server.said().count("Application startup complete.")
            os.kill(lost, signal.SIGKILL)
            until_started(office.server, started + 1)

    until_started(office.server, 2)
    return both


def until_started(docket, times):
    until(lambda: docket.said().count("Application startup complete.") >= times, seconds=120)


def test_a_reply_is_sent_once_though_each_process_was_killed(office, visit, kill):
    people = office.people
    number = cast.create_ticket(people.sam, "The scanner is deaf")
    visitor = visit(people.rita)
    page = visitor.go(f"/ticket?id={number}")
    body(page).press_sequentially("We bring another one.")
    kill()
    connected(page)
    page.get_by_role("button", name="Send reply").click()
    said = page.get_by_label("Conversation").get_by_text("We bring another one.")
    expect(said).to_have_count(1)
    expect(body(page)).to_have_value("")


def test_a_click_acts_and_unsaved_text_stays_though_each_process_was_killed(office, visit, kill):
    people = office.people
    number = cast.create_ticket(people.sam, "The scanner is blind")
    visitor = visit(people.rita)
    page = visitor.go(f"/ticket?id={number}")
    page.route("**/api/v1/drafts/**", lambda route: route.fulfill(status=503, json={"detail": "Away."}))
    body(page).press_sequentially("Nobody has this yet.")
    kill()
    connected(page)
    page.get_by_role("button", name="Assign to me").click()
    expect(
        page.get_by_label("Conversation").get_by_text("Rita Sosa assigned it to themselves")
    ).to_be_visible()
    expect(body(page)).to_have_value("Nobody has this yet.")
    visitor.wrong = [line for line in visitor.wrong if "/drafts/" not in line]


def connected(page):
    expect(page.locator('[data-testid="stApp"][data-test-connection-state="CONNECTED"]')).to_be_attached()
