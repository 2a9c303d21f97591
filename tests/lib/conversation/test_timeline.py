"""A conversation comes in pieces that leave nothing out, and what was edited keeps its earlier text."""

from datetime import timedelta

import pytest
import time_machine

from lib.conversation import comments, history, timeline
from lib.conversation.comments import CommentCard
from lib.core import clock
from lib.core.errors import Conflict, Invalid, NotPermitted
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast


def pieces(actor, number):
    """Walk from the newest piece to the oldest."""
    before, found = None, []
    while True:
        with see() as session:
            thread = timeline.get_page(session, actor, tickets.find(session, actor, number), before=before)
        found.append(thread.entries)
        before = thread.earlier
        if before is None:
            return found


def retitle(actor, number, title):
    with act() as session:
        ticket = tickets.find(session, actor, number, to_change=True)
        tickets.rename(session, actor, ticket, title=title, seen=ticket.version)


def test_pieces_hold_everything_once_in_its_order(desk, monkeypatch):
    monkeypatch.setattr(timeline, "PAGE_SIZE", 3)
    number = cast.create_ticket(desk.sam)
    for n in range(8):
        cast.add_comment(desk.rita, number, f"Reply {n}")
        retitle(desk.rita, number, f"Title {n}")
    walked = [entry for piece in reversed(pieces(desk.rita, number)) for entry in piece]
    said = [e.body for e in walked if isinstance(e, CommentCard)]
    done = [e.new for e in walked if not isinstance(e, CommentCard)]
    assert said == [f"Reply {n}" for n in range(8)]
    assert done == ["The printer on floor three is broken", *(f"Title {n}" for n in range(8))]
    times = [e.created_at if isinstance(e, CommentCard) else e.at for e in walked]
    assert times == sorted(times)


def test_notes_and_what_was_done_to_them_are_in_no_piece_of_a_requester(desk, monkeypatch):
    monkeypatch.setattr(timeline, "PAGE_SIZE", 2)
    number = cast.create_ticket(desk.sam)
    for n in range(4):
        cast.add_comment(desk.rita, number, f"Canary {n}", internal=True)
        cast.add_comment(desk.rita, number, f"Reply {n}")
    assert "Canary" not in str(pieces(desk.sam, number))
    assert str(pieces(desk.rita, number)).count("Canary") == 4


def test_an_edit_within_a_quarter_of_an_hour_keeps_the_earlier_text(desk):
    number = cast.create_ticket(desk.sam)
    comment = cast.add_comment(desk.rita, number, "helo")

    def edit(actor, body, seen):
        with act() as session:
            row, ticket = comments.get_with_ticket(session, actor, comment, to_change=True)
            comments.edit(session, actor, row, ticket, body=body, seen=seen)

    with time_machine.travel(clock.now() + timedelta(minutes=14)):
        edit(desk.rita, "hello", 1)
        with pytest.raises(Conflict):
            edit(desk.rita, "hullo", 1)
        with pytest.raises(NotPermitted):
            edit(desk.mona, "hullo", 2)
    with time_machine.travel(clock.now() + timedelta(minutes=16)), pytest.raises(Invalid, match="15 minutes"):
        edit(desk.rita, "hullo", 2)
    with see() as session:
        ticket = tickets.find(session, desk.rita, number)
        told = [
            (e.sentence, e.old)
            for e in history.list_for_ticket(session, desk.rita, ticket)
            if e.field == "body"
        ]
        (card,) = comments.list_for_ticket(session, desk.rita, ticket)
    assert told == [("edited a reply", "helo")]
    assert card.body == "hello" and card.edited_at
