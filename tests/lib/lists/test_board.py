"""The board: lanes in the desk's order, cards in the order people gave them, and only what one may see."""

import random

import pytest

from lib.lists import board, filters
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast
from tests.lib.tickets.test_links import link, move

pytestmark = pytest.mark.both_databases("lanes are lists, which each database sorts its own way")


def lane(actor, name="To-Do", **narrowed):
    with see() as session:
        found = board.list_lanes(session, actor, filters.parse_parameters(session, actor, narrowed))
        return [card.number for each in found if each.status.name == name for card in each.cards]


def place(actor, number, *, before=None, after=None):
    with act() as session:
        ticket = tickets.find(session, actor, number, to_change=True)
        board.place(session, actor, ticket, before=before, after=after)


def test_new_tickets_stand_on_top_and_moved_ones_where_they_were_put(desk):
    one, two, three = (cast.create_ticket(desk.sam) for _ in range(3))
    assert lane(desk.rita) == [three, two, one]
    place(desk.rita, one, before=three)
    assert lane(desk.rita) == [one, three, two]
    place(desk.rita, one, before=two)
    assert lane(desk.rita) == [three, one, two]
    place(desk.rita, three)
    assert lane(desk.rita) == [one, two, three]
    place(desk.rita, three, after=one)
    assert lane(desk.rita) == [one, three, two]


def test_any_number_of_moves_keeps_the_order_people_gave(desk):
    numbers = [cast.create_ticket(desk.sam) for _ in range(6)]
    kept, dice = list(reversed(numbers)), random.Random(7)
    for _ in range(80):
        moved, before = dice.sample(kept, 2)
        place(desk.rita, moved, before=before)
        kept.remove(moved)
        kept.insert(kept.index(before), moved)
        assert lane(desk.rita) == kept


def test_halving_the_same_gap_again_and_again_never_loses_the_order(desk):
    top, low, one, two = (cast.create_ticket(desk.sam) for _ in range(4))
    place(desk.rita, top)
    place(desk.rita, low)
    place(desk.rita, one, before=low)
    for turn in range(70):
        moved, other = (one, two) if turn % 2 else (two, one)
        place(desk.rita, moved, before=low)
        assert lane(desk.rita) == [top, other, moved, low]


def test_a_board_shows_only_what_the_person_may_see_and_asked_for(desk):
    mine, theirs = cast.create_ticket(desk.sam), cast.create_ticket(desk.bob, title="Needle in the hay")
    assert lane(desk.bela) == []
    assert lane(desk.sam) == [mine]
    assert lane(desk.rita, q=["needle"]) == [theirs]


def test_lanes_are_counted_and_blocked_cards_are_known(desk):
    one, two = cast.create_ticket(desk.sam), cast.create_ticket(desk.sam)
    link(desk.rita, one, "blocks", two)
    move(desk.rita, one, "In Progress")
    with see() as session:
        found = board.list_lanes(session, desk.rita)
        assert {f.status.name: f.count for f in found if f.count} == {"To-Do": 1, "In Progress": 1}
        assert board.find_blockers(session, desk.rita, found) == {two: f"#{one}"}
        assert board.find_blockers(session, desk.sam, found) == {two: f"#{one}"}


def test_a_blocker_that_a_person_may_not_see_is_not_named(desk):
    seen, hidden, other = (cast.create_ticket(who) for who in (desk.sam, desk.bob, desk.bob))
    link(desk.rita, hidden, "blocks", seen)
    with see() as session:
        found = board.list_lanes(session, desk.sam)
        assert board.find_blockers(session, desk.sam, found) == {seen: "a ticket that you can't see"}
        assert board.find_blockers(session, desk.rita, found) == {seen: f"#{hidden}"}
    link(desk.rita, other, "blocks", seen)
    cast.add_cc(desk.rita, other, desk.sam)
    with see() as session:
        assert board.find_blockers(session, desk.sam, found) == {seen: f"#{other}"}
