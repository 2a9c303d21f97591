"""From the printed link to a desk with people in it."""

import re

import pytest
from playwright.sync_api import expect

from lib.desk_settings import desk_settings
from lib.desk_settings.setting_catalog import TIME_ZONE
from lib.people import accounts
from lib.transactions import see
from tests.cast import PASSWORD
from tests.conftest import EITHER
from tests.journeys.office import at

pytestmark = [pytest.mark.browser, pytest.mark.both_databases("the first start makes each database")]
BERLIN = re.compile(r"Europe/Berlin \(UTC\+0[12]:00\)")


@pytest.fixture(params=EITHER)
def fresh(request, databases, server):
    """A desk that was just started for the first time, on each database."""
    url = databases.fresh(request.param)
    started = server(DOCKET_DATABASE_URL=url)
    with at(url):
        yield started


def printed_link(started):
    found = re.findall(r"http\S+(/set-up\?token=\S+)", started.said())
    return found[-1]


def two_race_to_set_up(visit, started):
    """Let two people hold the printed link at once; return who became the administrator, having said so."""
    link = printed_link(started)
    racers = [visit(url=started.url), visit(url=started.url)]
    for racer in racers:
        page = racer.go(link)
        page.get_by_role("button", name="Set up Docket").click()
        expect(page.get_by_text("The email is missing.")).to_be_visible()
        expect(page.get_by_role("combobox", name="Default time zone")).to_have_value(BERLIN)
        page.get_by_label("Your name").fill("Ada Okafor")
        page.get_by_label("Email").fill("ada@example.org")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("Password", exact=True).blur()
    for racer in racers:  # a click by a timer returns at once, so that both are under way together
        racer.page.get_by_role("button", name="Set up Docket").evaluate(
            "(it) => void setTimeout(() => it.click())"
        )
    lost = re.compile("used, has expired|set up already|has been used")
    for racer in racers:
        won = racer.page.get_by_text("The administrator account is ready.")
        expect(won.or_(racer.page.get_by_text(lost))).to_be_visible()
    winners = [
        racer for racer in racers if racer.page.get_by_text("The administrator account is ready.").count()
    ]
    assert len(winners) == 1
    with see() as session:
        assert accounts.count_administrators(session) == 1
        assert desk_settings.get(session, TIME_ZONE).key == "Europe/Berlin"
    return winners[0]


def invite(page, name, email, role):
    page.get_by_role("button", name="Invite").click()
    page.get_by_role("dialog").get_by_label("Name").fill(name)
    page.get_by_role("dialog").get_by_label("Email").fill(email)
    page.get_by_role("dialog").get_by_role("combobox").first.click()
    page.get_by_role("option", name=role).click()
    page.get_by_role("dialog").get_by_role("button", name="Invite").click()
    expect(page.get_by_text(f"Send this link to {name}.")).to_be_visible()
    link = page.get_by_test_id("stCode").inner_text().strip()
    return link[link.index("/set-password") :]


def test_the_printed_link_makes_one_administrator_who_invites_the_others(fresh, visit):
    ada = two_race_to_set_up(visit, fresh)
    page = ada.page
    page.get_by_role("link", name="Sign in").click()
    ada.fill_in("ada@example.org")
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    expect(page.get_by_text("No open tickets.")).to_be_visible()

    late = visit(url=fresh.url)
    late.go(printed_link(fresh))
    expect(late.page.get_by_text("This set-up link has been used")).to_be_visible()
    expect(late.page.get_by_label("Email")).to_have_count(0)

    ada.go("/people")
    people = [("Sam Reed", "sam@example.org", "Requester"), ("Rita Sosa", "rita@example.org", "Agent")]
    for name, email, role in people:
        path = invite(page, name, email, role)
        guest = visit(url=fresh.url)
        guest.go(path)
        guest.page.get_by_label("New password", exact=True).fill(PASSWORD)
        guest.page.get_by_label("Repeat new password").fill(f"{PASSWORD}!")
        guest.page.get_by_role("button", name="Set password").click()
        expect(guest.page.get_by_text("The passwords don't match.")).to_be_visible()
        guest.page.get_by_label("Repeat new password").fill(PASSWORD)
        guest.page.get_by_role("button", name="Set password").click()
        guest.page.get_by_role("link", name="Sign in").click()
        guest.fill_in(email)
        expect(guest.page.get_by_text(f"Signed in as {name}, {role.lower()}")).to_be_visible()
        guest.go(path)
        expect(guest.page.get_by_text("This link has been used or has expired.")).to_be_visible()
