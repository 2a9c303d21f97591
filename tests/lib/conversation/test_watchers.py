"""Whoever takes part watches, anybody who sees a ticket may begin or stop, and watching gives no sight."""

import pytest

from db.vocabulary import Action
from lib.audit import change_feed
from lib.conversation import history, watchers
from lib.core.errors import NotFound
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast
from tests.lib.audit.test_change_feed import heard


def watching(actor, number):
    with see() as session:
        return [
            p.name for p in watchers.list_for_ticket(session, actor, tickets.find(session, actor, number))
        ]


def choose(actor, number, verb):
    with act() as session:
        verb(session, actor, tickets.find(session, actor, number))


def test_those_who_take_part_watch_until_they_stop(desk):
    number = cast.create_ticket(desk.sam)
    cast.add_cc(desk.rita, number, desk.bob)
    with act() as session:
        ticket = tickets.find(session, desk.rita, number, to_change=True)
        tickets.claim(session, desk.rita, ticket)
    assert watching(desk.mona, number) == ["Bob Muir", "Rita Sosa", "Sam Reed"]
    choose(desk.sam, number, watchers.unwatch)
    choose(desk.arun, number, watchers.watch)
    assert watching(desk.mona, number) == ["Arun Das", "Bob Muir", "Rita Sosa"]
    choose(desk.sam, number, watchers.watch)
    choose(desk.arun, number, watchers.unwatch)
    assert watching(desk.mona, number) == ["Bob Muir", "Rita Sosa", "Sam Reed"]


def test_a_requester_learns_only_whether_they_watch(desk):
    for asker in (desk.sam, desk.bela):
        number = cast.create_ticket(asker)
        choose(desk.arun, number, watchers.watch)
        assert watching(asker, number) == [asker.name]
        choose(asker, number, watchers.unwatch)
        assert watching(asker, number) == []


def test_who_does_not_see_a_ticket_neither_watches_nor_learns_who_does(desk):
    number = cast.create_ticket(desk.sam)
    for verb in (watchers.watch, watchers.unwatch, watchers.list_for_ticket):
        with pytest.raises(NotFound):
            choose(desk.bob, number, verb)
    choose(desk.arun, number, watchers.watch)
    with act() as session:
        tickets.find(session, desk.rita, number).team_id = desk.facilities
    assert watching(desk.ada, number) == ["Sam Reed"]


def test_it_is_told_once_and_shown_to_nobody(desk):
    number = cast.create_ticket(desk.sam)
    assert not heard(
        desk.sam, change_feed.ticket_topic(number), lambda: choose(desk.arun, number, watchers.watch)
    )
    choose(desk.arun, number, watchers.watch)
    with see() as session:
        ticket = tickets.find(session, desk.rita, number)
        assert Action.TICKET_WATCHED not in [
            line.action for line in history.list_for_ticket(session, desk.rita, ticket)
        ]


def test_a_mention_draws_in_whoever_did_not_stop(desk):
    number = cast.create_ticket(desk.sam)
    cast.add_comment(desk.rita, number, "@Arun Das @Bela Kun")
    assert watching(desk.mona, number) == ["Arun Das", "Sam Reed"]
    choose(desk.arun, number, watchers.unwatch)
    cast.add_comment(desk.rita, number, "@Arun Das again")
    assert watching(desk.mona, number) == ["Sam Reed"]
