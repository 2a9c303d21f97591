"""What a person's own last change superseded is no conflict, however late the browser's messages come."""

import re

import pytest
from playwright.sync_api import expect

from lib.lists import ticket_list
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast

pytestmark = pytest.mark.browser
LATE = 700
"""Milliseconds after which a message comes again."""


def repeating(visitor):
    """Let each message of the page come twice, the second time late, as those of a run that was broken off do."""

    def connect(line):
        server = line.connect_to_server()

        def send(message):
            server.send(message)
            if visitor.repeats:
                visitor.late.append((server, message))

        line.on_message(send)

    visitor.repeats, visitor.late = False, []
    visitor.page.route_web_socket(re.compile("_stcore/stream"), connect)


def again(visitor):
    """Send once more what was sent since the messages began to be kept."""
    visitor.repeats = False
    visitor.page.wait_for_timeout(LATE)
    for server, message in visitor.late:
        server.send(message)
    visitor.late.clear()
    visitor.page.wait_for_timeout(LATE)
    visitor.settle()


def facts(actor, number):
    with see() as session:
        return ticket_list.get_row(session, actor, tickets.find(session, actor, number))


def test_messages_that_come_twice_are_no_conflict(office, visit):
    number = cast.create_ticket(office.people.sam, "The lift stops between floors")
    rita = visit(office.people.rita)
    repeating(rita)
    page = rita.go(f"/ticket?id={number}")
    lost = page.get_by_text("Somebody else changed")
    steps = [
        (
            lambda: page.get_by_role("button", name="Assign to me").click(),
            "Rita Sosa assigned it to themselves",
        ),
        (lambda: rita.choose("Priority", "High"), "from normal to high"),
        (lambda: rita.choose("Status", "In Progress"), "from To-Do to In Progress"),
    ]
    for step, said in steps:
        rita.repeats = True
        step()
        expect(page.get_by_label("Conversation").get_by_text(said)).to_be_visible()
        again(rita)
        expect(lost).to_have_count(0)
        assert "Something went wrong" not in rita.read()
    kept = facts(office.people.rita, number)
    assert (kept.assignee, kept.priority.label, kept.status) == ("Rita Sosa", "high", "In Progress")


def test_somebody_else_s_change_is_a_conflict_still(office, visit):
    number = cast.create_ticket(office.people.sam, "The blind is stuck")
    rita = visit(office.people.rita)
    rita.deafen()
    page = rita.go(f"/ticket?id={number}")
    rita.choose("Priority", "High")
    expect(page.get_by_label("Conversation").get_by_text("from normal to high")).to_be_visible()
    with act() as session:
        ticket = tickets.find(session, office.people.mona, number, to_change=True)
        tickets.rename(session, office.people.mona, ticket, title="The blind is torn", seen=ticket.version)
    rita.choose("Priority", "Low")
    expect(page.get_by_text(f"Somebody else changed #{number}")).to_be_visible()
    assert facts(office.people.rita, number).priority.label == "high"
