"""General settings: an administrator finds a time zone by typing, and is told when someone else was faster."""

import re

import pytest
from playwright.sync_api import expect

from lib.desk_settings import desk_settings
from lib.desk_settings.setting_catalog import TIME_ZONE
from lib.transactions import act, see
from tests.conftest import EITHER
from tests.support import browser as browsers

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("opened", EITHER, indirect=True)]
OVERTAKEN = "Somebody else changed this while you were editing."


def choose(page, words, place):
    field = page.get_by_role("combobox", name="Time zone")
    field.click()
    field.fill(words)
    page.get_by_role("option", name=place.partition("/")[2]).click()
    expect(field).to_have_value(re.compile(re.escape(place)))
    return field


def current():
    with see() as session:
        return desk_settings.get(session, TIME_ZONE).key


def test_the_time_zone_is_chosen_and_an_older_form_overwrites_nothing(office, visit):
    people = office.people
    ada = visit(people.ada)
    page = ada.go("/settings")
    page.get_by_role("link", name="General").click()
    field = page.get_by_role("combobox", name="Time zone")
    expect(field).to_have_value("UTC")
    browsers.check_accessibility(page)
    choose(page, "new york", "America/New York")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Settings saved.")).to_be_visible()
    expect(page.get_by_text(re.compile("^Last changed .* by Ada Okafor"))).to_be_visible()
    assert current() == "America/New_York"

    choose(page, "tokyo", "Asia/Tokyo")
    with act() as session:
        now = desk_settings.get_card(session, people.ada, TIME_ZONE.name)
        desk_settings.update(session, people.ada, TIME_ZONE.name, "Europe/Vienna", seen=now.version)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(OVERTAKEN)).to_be_visible()
    ada.settle()
    expect(page.get_by_text("Settings saved.")).to_have_count(0)
    assert current() == "Europe/Vienna"
    expect(field).to_have_value(re.compile("Asia/Tokyo"))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(OVERTAKEN)).to_have_count(0)
    expect(page.get_by_text("Settings saved.")).to_be_visible()
    assert current() == "Asia/Tokyo"


def test_the_page_is_for_administrators(office, visit):
    for person in (office.people.mona, office.people.rita, office.people.sam):
        page = visit(person).go("/general")
        expect(page.get_by_text("This page doesn't exist")).to_be_visible()
        expect(page.get_by_role("combobox", name="Time zone")).to_have_count(0)
