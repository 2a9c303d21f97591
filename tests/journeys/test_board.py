"""A board that several people have open: a card moved by one appears at the others, reasons are asked, moves undone."""

import re

import pytest
from playwright.sync_api import expect

from lib.catalog import statuses
from lib.conversation import history
from lib.lists import ticket_list
from lib.tickets import links, tickets
from lib.transactions import act, see
from tests import cast
from tests.conftest import EITHER

pytestmark = pytest.mark.browser
both = pytest.mark.parametrize("opened", EITHER, indirect=True)


def card(visitor, title):
    return visitor.page.get_by_role("link", name=re.compile(title)).first


def column(visitor, title):
    """Return how far to the right a card stands."""
    box = card(visitor, title).bounding_box()
    return box["x"] if box else None


def meets(visitor, title, other):
    """Wait until two cards stand in one column; fail when they don't within ten seconds."""
    for _ in range(100):
        here, there = column(visitor, title), column(visitor, other)
        if here is not None and there is not None and abs(here - there) < 2:
            return
        visitor.page.wait_for_timeout(100)
    raise AssertionError(f"{title!r} stands at {here}, {other!r} at {there}")


def drag(visitor, title, onto):
    page, start, goal = visitor.page, card(visitor, title).bounding_box(), card(visitor, onto).bounding_box()
    page.mouse.move(start["x"] + 20, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(start["x"] + 60, start["y"] + 20, steps=4)
    page.mouse.move(goal["x"] + 40, goal["y"] + 8, steps=8)
    page.mouse.up()


def status(actor, number):
    with see() as session:
        return ticket_list.get_row(session, actor, tickets.find(session, actor, number)).status


def put(actor, number, name):
    with act() as session:
        ticket = tickets.find(session, actor, number, to_change=True)
        tickets.move(session, actor, ticket, to=statuses.get(session, name), seen=ticket.version)


@both
def test_a_card_moved_by_one_appears_at_the_other_and_the_move_is_undone(office, visit):
    people = office.people
    moved, there = (
        cast.create_ticket(people.sam, "The gate is stuck"),
        cast.create_ticket(people.sam, "The lamp is out"),
    )
    put(people.arun, there, "In Progress")
    mona, rita = visit(people.mona), visit(people.rita)
    mona.go("/board")
    rita.go("/board")
    drag(mona, "The gate is stuck", "The lamp is out")
    undo = mona.page.get_by_role("button", name=f"Undo move of #{moved}")
    expect(undo).to_be_visible()
    assert status(people.rita, moved) == "In Progress"
    meets(rita, "The gate is stuck", "The lamp is out")
    undo.click()
    expect(undo).to_be_hidden()
    assert status(people.rita, moved) == "To-Do"


def test_a_move_that_wants_a_reason_waits_for_it_and_keeps_it(office, visit):
    people = office.people
    moved, there = (
        cast.create_ticket(people.sam, "A part is missing"),
        cast.create_ticket(people.sam, "A vendor is late"),
    )
    put(people.arun, there, "Blocked")
    with act() as session:
        statuses.set_reason_required(session, people.ada, statuses.get(session, "Blocked"), asks=True)
    rita = visit(people.rita)
    rita.go("/board")
    drag(rita, "A part is missing", "A vendor is late")
    asked = rita.page.get_by_label("Reason for moving")
    expect(asked).to_be_visible()
    assert status(people.rita, moved) == "To-Do"
    asked.fill("It comes on Tuesday")
    rita.page.get_by_role("button", name="Change status").click()
    expect(rita.page.get_by_role("button", name=f"Undo move of #{moved}")).to_be_visible()
    with see() as session:
        last = history.list_for_ticket(session, people.sam, tickets.find(session, people.sam, moved))[-1]
    assert last.sentence == "moved it from To-Do to Blocked: It comes on Tuesday"


def test_a_refused_move_by_keyboard_says_why_and_the_card_goes_back(office, visit):
    people = office.people
    blocker, blocked = (
        cast.create_ticket(people.sam, "Order the part"),
        cast.create_ticket(people.sam, "Build the part in"),
    )
    with act() as session:
        ticket = tickets.find(session, people.rita, blocker, to_change=True)
        other = tickets.find(session, people.rita, blocked)
        links.link(session, people.rita, ticket, name="blocks", other=other)
    rita = visit(people.rita)
    rita.go("/board")
    carried = card(rita, "Build the part in")
    expect(carried).to_be_visible()
    carried.focus()
    for key in (" ", *["ArrowRight"] * 4, " "):
        rita.page.keyboard.press(key)
    expect(rita.page.get_by_text(f"it is blocked by #{blocker}, which is still open").first).to_be_visible()
    assert status(people.rita, blocked) == "To-Do"
    meets(rita, "Build the part in", "Order the part")
