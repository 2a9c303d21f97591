"""What is new since somebody looked: what others did, as far as one may see it."""

import pytest

from lib.catalog import statuses
from lib.conversation import read_markers
from lib.core.errors import Invalid, NotFound
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast


def look(actor, number):
    with act() as session:
        ticket = tickets.find(session, actor, number)
        read_markers.mark_read(
            session, actor, ticket, event_id=read_markers.get(session, actor, ticket).newest
        )


def mark(actor, number):
    with act() as session:
        read_markers.mark_unread(session, actor, tickets.find(session, actor, number))


def fresh(actor, *numbers):
    with see() as session:
        return read_markers.find_unread(session, actor, numbers)


def test_what_others_did_since_is_new_and_what_one_did_oneself_is_not(desk):
    number = cast.create_ticket(desk.sam)
    look(desk.rita, number)
    assert fresh(desk.rita, number) == set()
    cast.add_comment(desk.rita, number, "Mine")
    assert fresh(desk.rita, number) == set()
    cast.add_comment(desk.sam, number, "Yours")
    assert fresh(desk.rita, number) == {number}
    look(desk.rita, number)
    assert fresh(desk.rita, number) == set()
    with act() as session:
        ticket = tickets.find(session, desk.mona, number, to_change=True)
        tickets.move(session, desk.mona, ticket, to=statuses.get(session, "Pending"), seen=ticket.version)
    assert fresh(desk.rita, number) == {number}


def test_each_ticket_has_its_own_last_look(desk):
    early, late = cast.create_ticket(desk.sam), cast.create_ticket(desk.sam)
    look(desk.rita, early)
    cast.add_comment(desk.sam, late, "And?")
    look(desk.rita, late)
    assert fresh(desk.rita, early, late) == set()
    cast.add_comment(desk.sam, early, "And here?")
    assert fresh(desk.rita, early, late) == {early}


@pytest.mark.parametrize("asker", ["sam", "bela"])
def test_a_note_is_not_new_to_those_who_may_not_read_it(desk, asker):
    who = getattr(desk, asker)
    number = cast.create_ticket(who)
    look(who, number)
    look(desk.arun, number)
    cast.add_comment(desk.rita, number, "Between us", internal=True)
    assert fresh(who, number) == set()
    assert fresh(desk.arun, number) == {number}
    with pytest.raises(Invalid):
        mark(who, number)


def test_where_one_never_looked_only_what_one_takes_part_in_is_new(desk):
    mine, other = cast.create_ticket(desk.sam), cast.create_ticket(desk.bob)
    assert fresh(desk.sam, mine, other) == set()
    assert fresh(desk.rita, mine, other) == set()
    cast.add_comment(desk.rita, mine, "Coming")
    cast.add_comment(desk.rita, other, "Coming")
    assert fresh(desk.sam, mine, other) == {mine}
    assert fresh(desk.arun, mine, other) == set()
    cast.add_cc(desk.rita, other, desk.sam)
    assert fresh(desk.sam, mine, other) == {mine, other}


def test_marking_lets_the_last_of_it_be_new_again(desk):
    number = cast.create_ticket(desk.sam)
    with pytest.raises(Invalid):
        mark(desk.sam, number)
    cast.add_comment(desk.rita, number, "One")
    cast.add_comment(desk.rita, number, "Two")
    cast.add_comment(desk.sam, number, "Mine")
    look(desk.sam, number)
    mark(desk.sam, number)
    assert fresh(desk.sam, number) == {number}
    with see() as session:
        found = read_markers.get(session, desk.sam, tickets.find(session, desk.sam, number))
    assert found.event_id == found.newest - 2


def test_a_stranger_neither_looks_nor_learns_that_something_is_new(desk):
    number = cast.create_ticket(desk.sam)
    for verb in (look, mark):
        with pytest.raises(NotFound):
            verb(desk.bob, number)
    look(desk.sam, number)
    cast.add_comment(desk.rita, number, "Coming")
    assert fresh(desk.bob, number) == set()
    assert fresh(desk.sam) == set()
