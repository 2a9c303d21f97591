"""A connection that breaks while something is sent: nothing is made twice, and nothing typed is lost."""

import re

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from db.models import Comment, Ticket
from lib.transactions import see
from tests import cast
from tests.journeys.office import at
from tests.journeys.writing import body, title
from tests.support import cut
from tests.support import server as servers
from tests.support.unscoped import UNSCOPED

pytestmark = [pytest.mark.browser, pytest.mark.postgresql]


@pytest.fixture
def broken(databases, tmp_path):
    """A server behind a proxy that can cut commits off, and the people of the company."""
    url = databases.fresh("postgresql")
    with at(url):
        people = cast.create_company()
        with (
            cut.open_proxy(url) as proxy,
            servers.run_server(tmp_path, {"DOCKET_DATABASE_URL": proxy.url}) as started,
        ):
            yield started, proxy, people
    databases.drop(url)


def all_of(column):
    with see() as session:
        return session.exec(select(column).execution_options(**UNSCOPED)).all()


def test_a_commit_that_was_cut_off_is_found_at_once(broken, visit):
    started, proxy, people = broken
    sam = visit(people.sam, url=started.url)
    page = sam.go("/new")
    title(page).fill("The door is stuck")
    expect(page.get_by_text("Draft saved")).to_be_visible()
    proxy.words, proxy.cuts = b"INSERT INTO ticket ", 1
    page.get_by_role("button", name="Create ticket").click()
    expect(page.get_by_role("heading", name="The door is stuck")).to_be_visible()
    proxy.words, proxy.cuts = b"INSERT INTO comment ", 1
    body(page).fill("It still is.")
    page.get_by_role("button", name="Send reply").click()
    expect(page.get_by_text("Reply sent.")).to_be_visible()
    assert proxy.cut == 2
    assert all_of(Ticket.title) == ["The door is stuck"] and all_of(Comment.body) == ["It still is."]
    sam.wrong.clear()


def test_a_text_that_was_changed_after_an_unknown_outcome_is_kept(broken, visit):
    """The database goes away with the commit; the writer changes the text and sends it again when it is back."""
    started, proxy, people = broken
    sam = visit(people.sam, url=started.url)
    page = sam.go("/new")
    title(page).fill("The door is stuck")
    body(page).fill("Since Monday.")
    expect(page.get_by_text("Draft saved")).to_be_visible()
    proxy.words, proxy.cuts, proxy.ends = b"INSERT INTO ticket ", 1, True
    page.get_by_role("button", name="Create ticket").click()
    expect(page.get_by_text(re.compile("can't")).first).to_be_visible()
    proxy.down = proxy.ends = False
    page.get_by_role("link", name="Dashboard").first.click()
    sam.settle()
    page.get_by_role("link", name=re.compile("New ticket")).first.click()
    sam.settle()
    expect(title(page)).to_have_value("The door is stuck")
    body(page).fill("Since Monday, and it squeaks.")
    page.get_by_role("button", name="Create ticket").click()
    expect(page.get_by_role("heading", name="The door is stuck")).to_be_visible()
    expect(page.get_by_text("was already open, without your last changes")).to_be_visible()
    expect(body(page)).to_have_value(re.compile("Since Monday, and it squeaks."))
    assert all_of(Ticket.description) == ["Since Monday."]
    sam.wrong.clear()
