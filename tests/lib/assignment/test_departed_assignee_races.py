"""Somebody leaves at the same moment as a ticket becomes theirs: whichever is first, they do not keep it."""

from threading import Thread

import pytest

from db.vocabulary import AssignmentMethod
from lib import transactions
from lib.assignment import candidates, departed_assignees
from lib.catalog import statuses
from lib.core.errors import Refusal
from lib.people import teams
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast
from tests.lib.assignment.test_assignment import move, waits
from tests.lib.assignment.test_departed_assignees import WAYS, disable, given_to_rita
from tests.lib.assignment.test_rules import holder, rule_team

pytestmark = pytest.mark.both_databases("races are settled by each database's locks")


HELD = 0.6
"""Seconds for which one transaction stays open while the other begins."""


def assigned(desk):
    """Return what gives Rita a ticket that nobody has, and its number."""
    number = cast.create_ticket(desk.sam)
    return number, lambda ticket, session: tickets.assign(
        session, desk.mona, ticket, to=desk.rita.id, seen=ticket.version
    )


def reopened(desk):
    """Return what reopens a ticket that Rita completed, and its number."""
    number = given_to_rita(desk)
    move(desk.rita, number)
    with see() as session:
        begun = statuses.get(session, "To-Do")
    return number, lambda ticket, session: tickets.move(
        session, desk.mona, ticket, to=begun, seen=ticket.version
    )


def handed_over(desk):
    """Return what hands a ticket of Rita's to the service desk, in which she works too, and its number."""
    with act() as session:
        teams.add_member(
            session, desk.ada, cast.get_team(session, desk.facilities), cast.get_person(session, desk.rita)
        )
    number = cast.create_ticket(desk.sam)
    with act() as session:
        ticket = tickets.find(session, desk.ada, number, to_change=True)
        there = cast.get_team(session, desk.facilities)
        tickets.move_to_team(session, desk.ada, ticket, team=there, seen=ticket.version)
        tickets.assign(session, desk.ada, ticket, to=desk.rita.id, seen=ticket.version)
    return number, lambda ticket, session: tickets.move_to_team(
        session, desk.ada, ticket, team=cast.get_team(session, desk.service_desk), seen=ticket.version
    )


BECOMES = pytest.mark.parametrize("becomes", [assigned, reopened, handed_over])


@WAYS
@BECOMES
def test_whoever_leaves_while_a_ticket_becomes_theirs_does_not_keep_it(desk, go, becomes):
    number, deed = becomes(desk)
    leaver = Thread(target=go, args=(desk,))
    with act() as session:
        deed(tickets.find(session, desk.ada, number, to_change=True), session)
        session.flush()
        leaver.start()
        leaver.join(HELD)
    leaver.join()
    assert holder(desk, number) is None


@WAYS
@BECOMES
def test_nobody_is_given_a_ticket_while_they_leave(desk, go, becomes, monkeypatch):
    number, deed = becomes(desk)
    refused: list[Refusal] = []

    def late():
        try:
            with act() as session:
                deed(tickets.find(session, desk.ada, number, to_change=True), session)
        except Refusal as refusal:
            refused.append(refusal)

    other, settle = Thread(target=late), departed_assignees.settle

    def slowly(session):
        settle(session)
        if other.ident is None:
            other.start()
            other.join(HELD)

    monkeypatch.setattr(transactions.departed_assignees, "settle", slowly)
    go(desk)
    other.join()
    with see() as session:
        ticket = tickets.find(session, desk.ada, number)
        kept = ticket.open and ticket.assignee_id == desk.rita.id
        assert not kept or desk.rita.id in candidates.list_for_team(session, ticket.team_id)
    if not refused:
        assert holder(desk, number) is None


def test_a_rule_whose_choice_is_leaving_lets_the_ticket_wait(desk, monkeypatch):
    rule_team(desk, AssignmentMethod.ROUND_ROBIN)
    with act() as session:
        for whom in (desk.mona, desk.arun):
            teams.remove_member(
                session, desk.ada, cast.get_team(session, desk.service_desk), cast.get_person(session, whom)
            )
    made: list[int] = []
    other, settle = (
        Thread(target=lambda: made.append(cast.create_ticket(desk.sam))),
        departed_assignees.settle,
    )

    def slowly(session):
        settle(session)
        if other.ident is None:
            other.start()
            other.join(HELD)

    monkeypatch.setattr(transactions.departed_assignees, "settle", slowly)
    disable(desk)
    other.join()
    assert (holder(desk, made[0]), waits(made[0])) == (None, True)
