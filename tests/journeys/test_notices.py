"""The right people hear at once, where they like: bell, mail and Slack beside real servers, and how it all looks."""

import json
import re
import time
from contextlib import ExitStack
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from db.models import Message
from db.vocabulary import MessageKind, NotificationChannel
from lib.core import clock
from lib.notifications import inbox, preferences
from lib.notifications.email import renderer, samples
from lib.transactions import act, see
from tests import cast
from tests.support import browser as browsers
from tests.support import post as posts
from tests.support import slack as slacks
from tests.support.browser import VIEWS, View, check_accessibility, take_screenshot
from tests.support.unscoped import UNSCOPED

pytestmark = pytest.mark.browser

PROMPT = 2.0
"""Seconds within which everybody hears."""
BUSY = 4
"""How many times as long it may take where other servers and browsers keep the machine busy."""
outside = {}


@pytest.fixture(scope="module", autouse=True)
def around():
    """A mail server and a Slack for the module's desk."""
    with ExitStack() as stack:
        outside["post"] = stack.enter_context(posts.run_mail_server())
        outside["slack"] = stack.enter_context(slacks.run_slack_server())
        outside["slack"].people = {"rita.sosa@example.org": "URITA"}
        yield


def surround():
    """What the desk is told of them."""
    return {
        "DOCKET_SMTP_HOST": "127.0.0.1", "DOCKET_SMTP_PORT": str(outside["post"].port), "DOCKET_SMTP_TLS": "none",
        "DOCKET_SMTP_FROM": "desk@example.org", "DOCKET_SLACK_BOT_TOKEN": "xoxb-tests",
        "DOCKET_SLACK_API_URL": outside["slack"].url, "DOCKET_NOTICE_WINDOW_SECONDS": "0",
    }  # fmt: skip


def within(seconds, arrived):
    """Wait until something arrived; return after how many seconds, and fail when it took much too long."""
    begun = time.monotonic()
    while not arrived():
        assert time.monotonic() - begun < seconds * BUSY
        time.sleep(0.02)
    return time.monotonic() - begun


def mails(person):
    post = outside["post"]
    return [m for m, who in zip(post.mails, post.recipients, strict=True) if who == [person.email]]


def unread(page):
    label = (
        page.get_by_role("link", name=re.compile("^Notifications")).first.get_attribute("aria-label") or ""
    )
    return int((re.search(r"\d+", label) or ["0"])[0])


def test_the_assignee_hears_of_another_s_click_in_the_bell_by_mail_and_in_slack(
    office, visit, record_property
):
    people, slack = office.people, outside["slack"]
    number = cast.create_ticket(people.sam, "The door of the archive sticks")
    rita, mona = visit(people.rita), visit(people.mona)
    bell = rita.go()
    before, written, posted = unread(bell), len(mails(people.rita)), len(slack.posts)
    page = mona.go(f"/ticket?id={number}")
    page.get_by_role("button", name="Assign to…").click()
    page.get_by_role("radiogroup", name="Assign to").get_by_role("radio", name="Rita Sosa").check(force=True)
    page.get_by_role("button", name="Assign", exact=True).click()
    took = {
        "mail": within(PROMPT, lambda: len(mails(people.rita)) > written),
        "slack": within(PROMPT, lambda: len(slack.posts) > posted),
        "bell": within(PROMPT, lambda: unread(bell) > before),
    }
    record_property("seconds", {where: round(seconds, 2) for where, seconds in took.items()})
    letter, slip = mails(people.rita)[-1], slack.posts[-1]
    assert letter["Subject"] == f"[#{number}] The door of the archive sticks"
    assert slip["channel"] == "URITA" and f"/ticket?id={number}" in json.dumps(slip["blocks"])


def test_a_click_on_a_notice_leads_to_the_comment(office, visit):
    people = office.people
    number = cast.create_ticket(people.sam, "The lift stops")
    for n in range(30):
        cast.add_comment(people.rita, number, f"Line {n}")
    said = cast.add_comment(people.rita, number, "I am **looking** at it, @Sam Reed")
    sam = visit(people.sam)
    page = sam.go()
    page.get_by_role("link", name=re.compile("^Notifications")).first.click()
    expect(page.get_by_text("I am looking at it, @Sam Reed")).to_be_visible()
    page.get_by_role("link", name=re.compile("Rita Sosa mentioned you")).click()
    expect(page).to_have_url(re.compile(rf"/ticket\?id={number}&comment={said}"))
    expect(page.get_by_text("I am looking at it")).to_be_in_viewport()


def test_what_one_chooses_to_hear_is_kept(office, visit):
    sam = visit(office.people.sam)
    page = sam.go("/notification-settings")
    asked = page.get_by_test_id("stButtonGroup").filter(has_text="A reply is added").nth(1)
    mail = asked.get_by_role("button", name="By email").or_(asked.get_by_role("checkbox", name="By email"))
    mail.first.click()
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_test_id("stToast").get_by_text("Saved.")).to_be_visible()
    with see() as session:
        heard = preferences.get_channels(session, office.people.sam)
    assert {NotificationChannel.DOCKET} in [
        set(media) for (occasion, _), media in heard.items() if occasion == "replied"
    ]


def test_a_ticket_is_muted_where_it_says_why_one_hears(office, visit):
    people = office.people
    number = cast.create_ticket(people.sam, "Too much noise")
    sam = visit(people.sam)
    page = sam.go(f"/ticket?id={number}")
    page.get_by_role("button", name="Why am I notified?").click()
    expect(page.get_by_text("Because you are the requester.")).to_be_visible()
    page.get_by_role("button", name="Mute", exact=True).click()
    expect(page.get_by_test_id("stToast").get_by_text("Ticket muted")).to_be_visible()
    cast.add_comment(people.rita, number, "Hello")
    cast.add_comment(people.rita, number, "@Sam Reed hello")
    with see() as session:
        heard = [
            card.excerpt for card in inbox.list_notifications(session, people.sam) if card.ticket == number
        ]
    assert heard == ["@Sam Reed hello"]


def test_an_administrator_retries_a_failed_message(office, visit):
    people, now = office.people, clock.now()
    with act() as session:
        session.add(
            Message(
                medium=NotificationChannel.MAIL,
                sort=MessageKind.TRIAL,
                person_id=people.bob.id,
                created_at=now,
                attempts=10,
                due_at=now - timedelta(hours=1),
                parked_at=now,
                error="550 mailbox full",
            )
        )
    ada = visit(people.ada)
    page = ada.go("/outgoing-messages")
    expect(page.get_by_text("550 mailbox full")).to_be_visible()
    page.get_by_role("button", name="Retry").click()
    expect(page.get_by_test_id("stToast").get_by_text("Message queued again.")).to_be_visible()
    within(PROMPT, lambda: any("Docket" in m["Subject"] for m in mails(people.bob)))
    expect(page.get_by_text("550 mailbox full")).to_have_count(0)
    with see() as session:
        rows = session.exec(
            select(Message).where(Message.person_id == people.bob.id).execution_options(**UNSCOPED)
        )
        assert all(row.parked_at is None for row in rows if row.sort == MessageKind.TRIAL)


PAGES = {
    "ada": ("/notification-rules?whom=watcher", "/email-templates", "/outgoing-messages", "/teams"),
    "rita": ("/notification-settings", "/notifications?which=all"),
}


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
@pytest.mark.parametrize("who", PAGES)
def test_the_pages_of_notices_look_right_and_can_be_used_by_everybody(office, visit, who, view):
    person = visit(getattr(office.people, who), view=view)
    for path in PAGES[who]:
        page = person.go(path)
        check_accessibility(page)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), path
        take_screenshot(page, f"notices-{re.split(r'[/?]', path)[1]}-{view.name}")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 700])
def test_every_mail_looks_right_in_light_and_dark(office, browser, width, dark):
    view = View(width, dark=dark)
    with browsers.open_window(browser, view) as window:
        page = window.new_page()
        for sort in samples.TITLES:
            with see() as session:
                letter = renderer.render_sample(session, office.people.ada, sort.value)
            page.set_content(renderer.render_preview(letter, dark=dark)[1])
            assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), sort
            check_accessibility(page)
            take_screenshot(page, f"mail-{sort.value}-{view.name}")
