"""Departed assignees: open tickets whose assignee was disabled, left the team, or lost the role to work in it.

Such a ticket is unassigned at once and remembers its former assignee. If that person returns before somebody else is
assigned, the ticket is assigned to them again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, true
from sqlmodel import Session, col, select

from db.models import Event, Membership, Person, Ticket
from db.vocabulary import Action, Permission, Scope, Source
from lib.access import gate
from lib.access.gate import Actor
from lib.assignment import assignment, candidates, queue, rules
from lib.audit import events

MAX_NUMBERS = 20
"""Ticket numbers that a setup check lists for one person."""


@dataclass(frozen=True)
class DepartedAssignee:
    """Open tickets that are unassigned because `name` left: how many the actor can see, and the first numbers."""

    name: str
    count: int
    numbers: tuple[int, ...]


def settle(session: Session) -> None:
    """Unassign and reassign tickets after this transaction's changes to people and teams.

    Tickets of people who left are unassigned. Unassigned tickets of people who returned are assigned to them again.
    """
    people = {id for event in events.list_recorded(session) for id in _affected_people(event)}
    if not people:
        return
    session.flush()
    held = _select_open_tickets(Ticket.assignee_id, people).where(~_can_work_condition(Ticket.assignee_id))
    for ticket in session.exec(held).all():
        _unassign(session, ticket)
    back = _select_open_tickets(Ticket.former_assignee_id, people).where(
        col(Ticket.assignee_id).is_(None), _can_work_condition(Ticket.former_assignee_id)
    )
    for ticket in session.exec(back).all():
        name = session.get_one(Person, ticket.former_assignee_id).name
        who = ticket.former_assignee_id or 0
        if not candidates.can_work(session, who, ticket.team_id):
            continue
        assignment.set_assignee(
            session, _system_actor(), ticket, who, reason=f"{name} works in this team again"
        )


def unassign_if_departed(session: Session, ticket: Ticket) -> None:
    """Unassign a ticket that was just reopened if its assignee has left in the meantime."""
    if ticket.open and ticket.assignee_id is not None:
        session.flush()
        if not candidates.can_work(session, ticket.assignee_id, ticket.team_id):
            _unassign(session, ticket)


def list_all(session: Session, actor: Actor) -> list[DepartedAssignee]:
    """Return the departed assignees of unassigned open tickets that the actor can see, by name."""
    chosen = gate.visible(actor, Person.name, Ticket.id).join(
        Person, col(Person.id) == col(Ticket.former_assignee_id)
    )
    chosen = chosen.where(col(Ticket.former_assignee_id).is_not(None), col(Ticket.open) == true())
    found: dict[str, list[int]] = {}
    for name, number in session.execute(chosen.order_by(Person.name, Ticket.id)).all():
        found.setdefault(name, []).append(number)
    return [
        DepartedAssignee(name, len(numbers), tuple(numbers[:MAX_NUMBERS])) for name, numbers in found.items()
    ]


def _affected_people(event: Event) -> Iterable[int]:
    """Return the ids of the people whose place in a team the event changed."""
    if event.action == Action.PERSON_CHANGED and event.field in ("active", "role"):
        return (int(event.subject.removeprefix("person:")),)
    if event.action == Action.TEAM_CHANGED and event.field == "member":
        return (int(event.new or event.old or 0),)
    return ()


def _select_open_tickets(column: Any, people: Iterable[int]) -> Any:
    """Select open tickets by a column that holds a person id, and lock them until the transaction ends."""
    chosen = select(Ticket).where(
        col(column).in_(sorted(people)), col(Ticket.open) == true(), col(Ticket.deleted_at).is_(None)
    )
    chosen = chosen.order_by(col(Ticket.id)).with_for_update(key_share=True)
    return gate.unscoped(chosen, "all tickets of a person who left change", populate_existing=True)


def _can_work_condition(column: Any) -> ColumnElement[bool]:
    """SQL condition on `ticket`: the person in `column` works in its team. Same rule as `gate.list_workers`."""
    grants = gate.select_roles_granting(Permission.TICKET_TRANSITION, Scope.TEAM, Scope.ALL)
    return exists(
        select(Membership.person_id)
        .join(Person, col(Person.id) == Membership.person_id)
        .where(Membership.person_id == column, Membership.team_id == Ticket.team_id)
        .where(col(Person.active), col(Person.role_id).in_(grants))
        .correlate(Ticket)
    )


def _unassign(session: Session, ticket: Ticket) -> None:
    """Unassign a ticket and remember its former assignee. If a rule applies, put it in the assignment queue."""
    was = session.get_one(Person, ticket.assignee_id)
    assignment.set_assignee(
        session, _system_actor(), ticket, None, reason=f"{was.name} no longer works in this team"
    )
    ticket.former_assignee_id = was.id
    if rules.has_active_rule(session, ticket):
        queue.add(session, ticket)


def _system_actor() -> Actor:
    return gate.system_actor("assignment", channel=Source.WORKER)
