"""Tickets of people who left: unassigned wherever one looks, told to the team, named to administrators, given back."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from db.models import Notice, Ticket
from db.vocabulary import AssignmentMethod, NotificationType, RecipientReason
from lib import setup_checks
from lib.access import gate, roles
from lib.catalog import statuses
from lib.conversation import history
from lib.lists import board, filters, query_language, ticket_list
from lib.people import accounts, teams
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast
from tests.lib.assignment.test_assignment import change, move, waits
from tests.lib.assignment.test_rules import holder, rule_team
from tests.support.unscoped import UNSCOPED
from ui.reports import dashboard
from worker import assignment_queue as worker


def disable(desk):
    with act() as session:
        accounts.disable(session, desk.ada, cast.get_person(session, desk.rita))


def leave(desk):
    with act() as session:
        teams.remove_member(
            session, desk.ada, cast.get_team(session, desk.service_desk), cast.get_person(session, desk.rita)
        )


def demote(desk):
    with act() as session:
        role = roles.get(session, "requester")
        accounts.change_role(session, desk.ada, cast.get_person(session, desk.rita), role=role)


def enable(desk):
    with act() as session:
        accounts.enable(session, desk.ada, cast.get_person(session, desk.rita))


def join(desk):
    with act() as session:
        teams.add_member(
            session, desk.ada, cast.get_team(session, desk.service_desk), cast.get_person(session, desk.rita)
        )


def promote(desk):
    with act() as session:
        role = roles.get(session, "agent")
        accounts.change_role(session, desk.ada, cast.get_person(session, desk.rita), role=role)


WAYS = pytest.mark.parametrize("go", [disable, leave, demote])
BACK = {disable: enable, leave: join, demote: promote}


def given_to_rita(desk, **more):
    number = cast.create_ticket(desk.sam, **more)
    change(desk.mona, number, tickets.assign, to=desk.rita.id)
    return number


def numbers(actor, line):
    with see() as session:
        asked = query_language.parse_parameters(session, actor, {"q": [line]})
        assert asked.puzzled == ()
        return [row.number for row in ticket_list.get_page(session, actor, asked.narrowed).rows]


@WAYS
def test_an_open_ticket_of_a_leaver_is_unassigned_wherever_one_looks(desk, go):
    number, done = given_to_rita(desk), given_to_rita(desk)
    move(desk.rita, done)
    go(desk)
    for line in ("assignee:none", "is:unassigned", "is:open team:mine assignee:none"):
        assert numbers(desk.mona, line) == [number], line
    assert number not in numbers(desk.mona, "is:assigned")
    with see() as session:
        narrowed = filters.parse_parameters(session, desk.mona, {"assignee": ["none"]})
        assert [row.number for row in ticket_list.get_page(session, desk.mona, narrowed).rows] == [number]
        cards = [card for lane in board.list_lanes(session, desk.mona, narrowed) for card in lane.cards]
        assert [(card.number, card.assignee) for card in cards] == [(number, None)]
        assert dashboard.load(session, desk.mona).counts["unassigned"] == 1
    assert (holder(desk, number), holder(desk, done)) == (None, "Rita"), "who completed a ticket stays known"
    change(desk.arun, number, tickets.claim)
    assert holder(desk, number) == "Arun"


@WAYS
def test_the_team_hears_of_a_reply_on_it(desk, go):
    number = given_to_rita(desk)
    go(desk)
    said = cast.add_comment(desk.sam, number, "Is anybody there?")
    with see() as session:
        told = session.exec(
            select(Notice.person_id, Notice.relation)
            .where(Notice.comment_id == said, Notice.occasion == NotificationType.REPLIED)
            .execution_options(**UNSCOPED)
        ).all()
    assert {(desk.arun.id, RecipientReason.TEAM), (desk.mona.id, RecipientReason.TEAM)} <= set(told)
    assert desk.rita.id not in dict(told)


@WAYS
def test_administrators_are_told_whose_tickets_they_are(desk, go):
    number, confidential = given_to_rita(desk), given_to_rita(desk)
    with act() as session:
        ticket = tickets.find(session, desk.mona, confidential, to_change=True)
        tickets.set_confidential(session, desk.mona, ticket, confidential=True, seen=ticket.version)
    go(desk)
    with see() as session:
        left = setup_checks.run(session, desk.ada).left
        assert [(each.name, each.numbers) for each in left] == [("Rita Sosa", (number,))]
        said = "\n".join(dashboard.list_warnings(dashboard.load(session, desk.ada)))
        assert f"[#{number}](/ticket?id={number})" in said and "Rita Sosa" in said
    change(desk.arun, number, tickets.claim)
    with see() as session:
        assert setup_checks.run(session, desk.ada).left == ()


@WAYS
def test_who_comes_back_has_again_what_nobody_took(desk, go):
    kept, taken = given_to_rita(desk), given_to_rita(desk)
    go(desk)
    change(desk.arun, taken, tickets.claim)
    BACK[go](desk)
    assert (holder(desk, kept), holder(desk, taken)) == ("Rita", "Arun")
    with see() as session:
        events = history.list_for_ticket(session, desk.mona, tickets.find(session, desk.mona, kept))
    assert "no longer works in this team" in str(events[-2]) and "again" in str(events[-1])


@WAYS
def test_a_ticket_that_is_reopened_after_its_assignee_left_is_unassigned(desk, go):
    number = given_to_rita(desk)
    move(desk.rita, number)
    go(desk)
    with see() as session:
        first = statuses.get_default(session)
    change(desk.sam, number, tickets.move, to=first)
    assert holder(desk, number) is None
    assert numbers(desk.mona, "assignee:none") == [number]


@WAYS
def test_a_rule_hands_it_to_somebody_else(desk, go):
    number = given_to_rita(desk)
    rule_team(desk, AssignmentMethod.LEAST_LOADED)
    go(desk)
    assert waits(number)
    worker.assign_waiting_tickets()
    assert holder(desk, number) in ("Mona", "Arun")
    BACK[go](desk)
    assert holder(desk, number) in ("Mona", "Arun"), "what somebody else has stays theirs"


def test_only_the_team_that_was_left_loses_its_assignee(desk):
    with act() as session:
        teams.add_member(
            session, desk.ada, cast.get_team(session, desk.facilities), cast.get_person(session, desk.rita)
        )
    here, there = given_to_rita(desk), cast.create_ticket(desk.sam)
    change(desk.mona, there, tickets.move_to_team, team=_team(desk.facilities))
    with act() as session:
        ticket = tickets.find(session, desk.ada, there, to_change=True)
        tickets.assign(session, desk.ada, ticket, to=desk.rita.id, seen=ticket.version)
    leave(desk)
    assert (holder(desk, here), holder(desk, there)) == (None, "Rita")


def _team(id):
    with see() as session:
        return cast.get_team(session, id)


STEPS = st.lists(
    st.tuples(
        st.sampled_from([disable, leave, demote, enable, join, promote, "take", "give", "close", "open"]),
        st.integers(0, 2),
    ),
    max_size=12,
)


@given(steps=STEPS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_an_open_ticket_is_never_with_somebody_who_left(desk, steps):
    asked = [given_to_rita(desk) if _works(desk) else cast.create_ticket(desk.sam) for _ in range(3)]
    for step, n in steps:
        _do(desk, step, asked[n])
        with see() as session:
            stranded = select(Ticket.id).where(
                col(Ticket.open), col(Ticket.assignee_id).is_not(None), Ticket.team_id == desk.service_desk,
                col(Ticket.assignee_id).not_in(_working(session, desk)),
            )  # fmt: skip
            assert session.exec(stranded.execution_options(**UNSCOPED)).all() == [], step
    for back in (enable, join, promote):
        back(desk)


def _working(session, desk):
    return list(gate.list_workers(session, desk.service_desk, gate.Permission.TICKET_TRANSITION))


def _works(desk):
    with see() as session:
        return desk.rita.id in _working(session, desk)


def _do(desk, step, number):
    if callable(step):
        step(desk)
        return
    with see() as session:
        ticket = tickets.find(session, desk.mona, number)
        still = ticket.open
    if step == "take" and ticket.assignee_id is None:
        change(desk.arun, number, tickets.claim)
    elif step == "give" and _works(desk):
        change(desk.mona, number, tickets.assign, to=desk.rita.id)
    elif step == "close" and still:
        move(desk.mona, number)
    elif step == "open" and not still:
        move(desk.mona, number, "To-Do")
