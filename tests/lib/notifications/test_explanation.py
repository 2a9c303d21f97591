"""Why a person is notified about a ticket, and how they mute it."""

import pytest

from lib.conversation import watchers
from lib.core.errors import NotFound
from lib.notifications import explanation, inbox, preferences
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast


def why(actor, number):
    with see() as session:
        return explanation.get_for_ticket(session, actor, tickets.find(session, actor, number))


def test_each_reason_is_told(desk):
    number = cast.create_ticket(desk.sam)
    assert why(desk.sam, number).reasons == ("you are the requester",)
    assert why(desk.rita, number).reasons == ("the ticket is in your team",)
    assert why(desk.mona, number).reasons == ("the ticket is in your team", "you manage the ticket's team")
    cast.add_comment(desk.mona, number, "@Rita Sosa look")
    cast.add_cc(desk.mona, number, desk.bob)
    assert why(desk.rita, number).reasons[:2] == ("you were mentioned", "you watch the ticket")
    assert why(desk.bob, number).reasons == ("you watch the ticket",)
    with pytest.raises(NotFound):
        why(desk.bela, number)


def test_who_mutes_a_ticket_hears_only_when_called(desk):
    number = cast.create_ticket(desk.sam)
    with act() as session:
        preferences.mute(session, desk.sam, number)
    assert why(desk.sam, number).muted and not why(desk.sam, number).stopped
    cast.add_comment(desk.rita, number, "Hello")
    cast.add_comment(desk.rita, number, "@Sam Reed hello")
    with see() as session:
        assert [card.excerpt for card in inbox.list_notifications(session, desk.sam)] == ["@Sam Reed hello"]
    with act() as session:
        preferences.unmute(session, desk.sam, number)
        watchers.unwatch(session, desk.sam, tickets.find(session, desk.sam, number))
    assert why(desk.sam, number).stopped and not why(desk.sam, number).muted
    with pytest.raises(NotFound), act() as session:
        preferences.mute(session, desk.bela, number)


def test_an_excerpt_says_what_was_said_without_its_marks(desk):
    number = cast.create_ticket(desk.sam)
    said = "I am **looking** at [it](https://example.org), see `x`.\n\n- one\n- *two*\n\n> quoted\n\n```\ncode\n```"
    cast.add_comment(desk.rita, number, said)
    with see() as session:
        assert (
            inbox.list_notifications(session, desk.sam)[0].excerpt
            == "I am looking at it, see x. one two quoted code"
        )
