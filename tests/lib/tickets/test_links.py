"""Links between tickets: no circle ever, and what is blocked or has open parts can't be completed."""

from itertools import pairwise, product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.vocabulary import Action
from lib.catalog import statuses
from lib.conversation import history
from lib.core.errors import Invalid, NotFound, NotPermitted
from lib.tickets import links, tickets
from lib.transactions import act, see
from tests import cast


def link(actor, number, name, other):
    with act() as session:
        ticket = tickets.find(session, actor, number, to_change=True)
        links.link(session, actor, ticket, name=name, other=tickets.find(session, actor, other))


def unlink(actor, number, name, other):
    with act() as session:
        ticket = tickets.find(session, actor, number, to_change=True)
        links.unlink(session, actor, ticket, name=name, other=tickets.find(session, actor, other))


def seen(actor, number):
    with see() as session:
        return [
            (c.name, c.number)
            for c in links.list_for_ticket(session, actor, tickets.find(session, actor, number))
        ]


def move(actor, number, name, reason=""):
    with act() as session:
        ticket = tickets.find(session, actor, number, to_change=True)
        to = statuses.get(session, name)
        tickets.move(session, actor, ticket, to=to, seen=ticket.version, reason=reason)


def test_a_link_is_seen_from_both_ends_under_its_two_names(desk):
    one, two = cast.create_ticket(desk.sam), cast.create_ticket(desk.sam)
    pairs = {"blocks": "blocked_by", "parent": "child", "duplicates": "duplicated_by", "relates": "relates"}
    for there, back in pairs.items():
        link(desk.rita, one, there, two)
        link(desk.rita, one, there, two)
        assert seen(desk.rita, one) == [(there, two)]
        assert seen(desk.rita, two) == [(back, one)]
        unlink(desk.rita, two, back, one)
        assert seen(desk.rita, one) == []


def test_linking_needs_sight_of_both_and_the_permission(desk):
    mine, theirs = cast.create_ticket(desk.sam), cast.create_ticket(desk.bob)
    with pytest.raises(NotFound):
        link(desk.sam, mine, "relates", theirs)
    second = cast.create_ticket(desk.sam)
    with pytest.raises(NotPermitted) as refusal:
        link(desk.sam, mine, "relates", second)
    assert refusal.value.permission == "ticket.merge"
    assert seen(desk.rita, mine) == []


@pytest.mark.parametrize("name", ["blocks", "parent", "duplicates"])
def test_no_circle_is_made_however_long(desk, name):
    ring = [cast.create_ticket(desk.sam) for _ in range(4)]
    for here, there in pairwise(ring):
        link(desk.rita, here, name, there)
    with pytest.raises(Invalid, match="circle"):
        link(desk.rita, ring[-1], name, ring[0])
    with pytest.raises(Invalid, match="itself"):
        link(desk.rita, ring[0], name, ring[0])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12))
def test_whatever_is_tried_blockers_never_go_in_a_circle(desk, wanted):
    numbers = [cast.create_ticket(desk.sam) for _ in range(5)]
    for here, there in wanted:
        try:
            link(desk.rita, numbers[here], "blocks", numbers[there])
        except Invalid:
            continue
    ahead = {n: {to for name, to in seen(desk.rita, n) if name == "blocks"} for n in numbers}
    for through, start, end in product(numbers, repeat=3):
        if through in ahead[start] and end in ahead[through]:
            ahead[start].add(end)
    assert all(n not in ahead[n] for n in numbers)


def test_a_ticket_has_one_parent_and_one_original(desk):
    child, first, second = (cast.create_ticket(desk.sam) for _ in range(3))
    link(desk.rita, child, "parent", first)
    with pytest.raises(Invalid, match="part of another"):
        link(desk.rita, second, "child", child)
    link(desk.rita, child, "duplicates", first)
    with pytest.raises(Invalid, match="duplicate of another"):
        link(desk.rita, child, "duplicates", second)


def test_what_is_blocked_can_t_be_completed_but_cancelled(desk):
    blocker, blocked = cast.create_ticket(desk.sam), cast.create_ticket(desk.sam)
    link(desk.rita, blocker, "blocks", blocked)
    for who in (desk.rita, desk.sam, desk.ada):
        with pytest.raises(Invalid, match=f"blocked by #{blocker}, which is still open"):
            move(who, blocked, "Completed")
    move(desk.rita, blocked, "Cancelled")
    move(desk.rita, blocked, "In Progress")
    move(desk.rita, blocker, "Completed")
    move(desk.rita, blocked, "Completed")


def test_a_blocker_out_of_sight_is_not_named(desk):
    blocked = cast.create_ticket(desk.sam)
    hidden = cast.create_ticket(desk.bob)
    link(desk.rita, hidden, "blocks", blocked)
    with pytest.raises(Invalid) as refusal:
        move(desk.sam, blocked, "Completed")
    assert "a ticket that you can't see" in refusal.value.sentence
    assert str(hidden) not in refusal.value.sentence.replace(f"#{blocked}", "")
    assert seen(desk.sam, blocked) == []


def test_a_parent_waits_for_its_open_parts(desk):
    whole, part = cast.create_ticket(desk.sam), cast.create_ticket(desk.sam)
    link(desk.rita, whole, "child", part)
    with pytest.raises(Invalid, match=f"#{part} is part of it"):
        move(desk.rita, whole, "Completed")
    move(desk.rita, part, "Completed")
    move(desk.rita, whole, "Completed")


def test_linking_is_told_once_and_only_to_staff(desk):
    one, two = cast.create_ticket(desk.sam), cast.create_ticket(desk.sam)
    link(desk.rita, one, "blocks", two)
    link(desk.rita, one, "blocks", two)
    with see() as session:
        told = [
            [
                line.sentence
                for line in history.list_for_ticket(session, who, tickets.find(session, who, one))
                if line.action in LINKING
            ]
            for who in (desk.rita, desk.sam)
        ]
    assert told == [[f"added the link: this ticket blocks #{two}"], []]


LINKING = (Action.TICKET_LINKED, Action.TICKET_UNLINKED)
