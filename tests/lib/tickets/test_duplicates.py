"""Completing a ticket together with its duplicates."""

import pytest

from lib.catalog import statuses
from lib.conversation import comments, history
from lib.core.errors import Conflict, Invalid, NotPermitted
from lib.tickets import duplicates, tickets
from lib.transactions import act, see
from tests import cast
from tests.lib.tickets.test_links import link


def complete(actor, number, to="Completed", **more):
    with act() as session:
        seen = more.pop("seen", None) or tickets.find(session, actor, number).version
        found = duplicates.complete(
            session, actor, number, to=statuses.get(session, to), seen=seen, **more
        )  # fmt: skip
        return {left.number: left.why for left in found[1]}


def open_(number, actor):
    with see() as session:
        return tickets.find(session, actor, number).open


def said(actor, number):
    with see() as session:
        return [
            c.body for c in comments.list_for_ticket(session, actor, tickets.find(session, actor, number))
        ]


def family(desk, count=2):
    master = cast.create_ticket(desk.sam, "The mail is down")
    copies = [cast.create_ticket(desk.bob, "No mail") for _ in range(count)]
    for each in copies:
        link(desk.rita, each, "duplicates", master)
    return master, copies


def test_duplicates_get_the_same_answer_and_end_with_their_original(desk):
    master, copies = family(desk)
    assert complete(desk.rita, master, answer="It is up again.") == {}
    for number in (master, *copies):
        assert not open_(number, desk.rita)
        assert said(desk.rita, number) == ["It is up again."]
        with see() as session:
            ticket = tickets.find(session, desk.rita, number)
            told = [line.sentence for line in history.list_for_ticket(session, desk.rita, ticket)]
        assert told[-2:] == ["moved it from To-Do to Completed", "replied"]
        assert ticket.first_response_at and ticket.resolved_at


def test_what_is_blocked_stays_open_and_untouched_and_is_named(desk):
    master, (blocked, free) = family(desk)
    blocker = cast.create_ticket(desk.sam)
    link(desk.rita, blocker, "blocks", blocked)
    left = complete(desk.rita, master, answer="It is up again.")
    assert list(left) == [blocked] and f"blocked by #{blocker}" in left[blocked]
    assert open_(blocked, desk.rita) and said(desk.rita, blocked) == []
    assert not open_(free, desk.rita) and not open_(master, desk.rita)


def test_when_the_original_can_t_be_completed_nothing_happens(desk):
    master, copies = family(desk)
    link(desk.rita, cast.create_ticket(desk.sam), "blocks", master)
    with pytest.raises(Invalid, match="blocked by"):
        complete(desk.rita, master, answer="It is up again.")
    with pytest.raises(Conflict):
        complete(desk.rita, master, seen=99)
    with pytest.raises(Invalid, match="doesn't complete tickets"):
        complete(desk.rita, master, to="In Progress")
    assert all(open_(n, desk.rita) and said(desk.rita, n) == [] for n in (master, *copies))


def test_nobody_completes_what_they_may_not(desk):
    master, (one, other) = family(desk)
    with act() as session:
        tickets.find(session, desk.ada, other, to_change=True).team_id = desk.facilities
    assert complete(desk.sam, master) == {}
    assert not open_(master, desk.rita) and open_(one, desk.rita), "unseen by its requester, so untouched"
    with act() as session:
        ticket = tickets.find(session, desk.rita, master, to_change=True)
        tickets.move(session, desk.rita, ticket, to=statuses.get_default(session), seen=ticket.version)
    assert complete(desk.rita, master) == {}
    assert not open_(one, desk.rita) and open_(other, desk.ada)


def test_who_may_only_read_completes_nothing(desk):
    master, copies = family(desk, 1)
    mute = desk.rita.capped("read")
    with pytest.raises(NotPermitted):
        complete(mute, master, answer="x")
    assert open_(master, desk.rita) and open_(copies[0], desk.rita)
