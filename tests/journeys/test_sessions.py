"""Who is signed in is decided anew at every click, in every tab."""

import time

import pyotp
import pytest
from playwright.sync_api import expect

from lib.people import accounts, teams
from lib.transactions import act
from tests import cast

pytestmark = pytest.mark.browser
NEW = "a later horse with another battery"


def test_signing_out_in_one_tab_ends_the_other_at_the_next_click(office, visit):
    sam = visit(office.people.sam)
    sam.go()
    other = sam.window.new_page()
    other.goto(office.url)
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("button", name="Sign in")).to_be_visible()
    sam.page.get_by_role("button", name="New ticket").click()
    sam.is_signed_out()
    assert "Sam Reed" not in sam.read()


def test_the_profile_ends_another_browser(office, visit):
    here, there = visit(office.people.arun), visit(office.people.arun)
    there.go()
    here.go("/profile").get_by_role("tab", name="Sign-in and security").click()
    here.page.get_by_role("button", name="End session").first.click()
    expect(here.page.get_by_text("Session ended.")).to_be_visible()
    there.page.get_by_role("button", name="New ticket").click()
    there.is_signed_out()


def test_another_password_ends_the_other_browsers_and_keeps_this_one(office, visit):
    here, there = visit(office.people.bob), visit(office.people.bob)
    there.go()
    page = here.go("/profile")
    page.get_by_role("tab", name="Sign-in and security").click()
    page.get_by_label("Current password").fill("not this one at all")
    page.get_by_label("New password").fill(NEW)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Your current password is wrong.")).to_be_visible()
    page.get_by_label("Current password").fill(cast.PASSWORD)
    page.get_by_label("New password").fill(NEW)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Password changed.")).to_be_visible()
    there.go()
    there.is_signed_out()
    there.fill_in("bob.muir@example.org")
    expect(there.page.get_by_text("Wrong email address or password")).to_be_visible()
    there.fill_in("bob.muir@example.org", NEW)
    expect(there.page.get_by_role("button", name="Sign out")).to_be_visible()
    here.go()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_who_is_disabled_is_out_at_the_next_click(office, visit):
    kim, ada = visit(office.people.kim), visit(office.people.ada)
    kim.go()
    page = ada.go("/people?q=Kim")
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("dialog").get_by_role("button", name="Disable", exact=True).click()
    expect(page.get_by_text("Sessions that end: 1")).to_be_visible()
    page.get_by_role("button", name="Disable person").click()
    expect(page.get_by_text("Disabled.", exact=True)).to_be_visible()
    kim.page.get_by_role("button", name="New ticket").click()
    kim.is_signed_out()


def test_who_leaves_a_team_no_longer_sees_its_tickets_at_the_next_click(office, visit):
    number = cast.create_ticket(office.people.sam, "The keys of the archive are lost")
    mona = visit(office.people.rita)
    page = mona.go("/tickets")
    expect(page.get_by_role("link", name="The keys of the archive are lost")).to_be_visible()
    with act() as session:
        rita = accounts.get(session, office.people.ada, office.people.rita.id)
        teams.remove_member(session, office.people.ada, teams.get(session, office.people.service_desk), rita)
    page.get_by_text("All", exact=True).click()
    expect(page.get_by_role("link", name="The keys of the archive are lost")).to_have_count(0)
    mona.go(f"/ticket?id={number}")
    mona.meets_nothing()


def test_a_second_factor_is_asked_for_and_no_code_works_twice(office, visit):
    mona = visit(office.people.mona)
    page = mona.go("/profile")
    page.get_by_role("tab", name="Sign-in and security").click()
    page.get_by_role("button", name="Turn on").click()
    totp = pyotp.TOTP(page.get_by_test_id("stPopoverBody").locator("code").inner_text())
    used = totp.now()
    page.get_by_label("Code").fill(used)
    page.get_by_test_id("stFormSubmitButton").get_by_role("button", name="Turn on").click()
    expect(page.get_by_text("The second factor is on")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    mona.fill_in("mona.lind@example.org")
    for code in (used, "000000"):
        page.get_by_label("Code from your authenticator app").fill(code)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_text("That code is wrong or already used.")).to_be_visible()
    fresh = totp.at(time.time(), counter_offset=1)
    page.get_by_label("Code from your authenticator app").fill(fresh)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()

    mona.go("/profile").get_by_role("tab", name="Sign-in and security").click()
    page.get_by_role("button", name="Turn off").click()
    page.get_by_label("Your password").fill(cast.PASSWORD)
    page.get_by_test_id("stFormSubmitButton").get_by_role("button", name="Turn off").click()
    expect(page.get_by_text("The second factor is off.")).to_be_visible()
