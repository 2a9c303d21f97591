"""The assignment queue: tickets for which an assignment rule found nobody available.

A row alone does not mean that a ticket is waiting. Completing, deleting or making a ticket confidential leaves its
row behind; `list_due` returns such a ticket too, so that its row gets removed. A ticket is waiting while it has a row
and a rule may assign it.
"""

from typing import Any

from sqlmodel import Session, col, select

from db.models import QueuedTicket, Ticket
from db.vocabulary import Permission
from lib.access import gate
from lib.access.gate import Actor
from lib.assignment import rules
from lib.core import clock

BATCH_SIZE = 100
"""Tickets tried in one run."""


def add(session: Session, ticket: Ticket) -> None:
    """Add a ticket to the queue. A ticket that is already queued keeps its place."""
    if _find_entry(session, ticket) is None:
        session.add(QueuedTicket(ticket_id=ticket.id, since=clock.now()))
        session.flush()


def remove(session: Session, ticket: Ticket) -> None:
    """Remove a ticket from the queue, if it is there."""
    row = _find_entry(session, ticket)
    if row is not None:
        session.delete(row)
        session.flush()


def has_entry(session: Session, ticket: Ticket) -> bool:
    """Return whether the ticket has a row in the queue."""
    return _find_entry(session, ticket) is not None


def is_waiting(session: Session, actor: Actor, ticket: Ticket) -> bool:
    """Return whether the ticket is waiting for an assignee. Always False for actors who can't read internal notes."""
    hears = rules.is_assignable(ticket) and gate.can(session, actor, Permission.COMMENT_READ_INTERNAL, ticket)
    return hears and has_entry(session, ticket)


def list_due(session: Session, *, most: int = BATCH_SIZE) -> list[int]:
    """Return the numbers of at most `most` queued tickets to try now: highest priority first, then longest waiting.

    Tickets whose rule has nobody available are left out, so that they don't hold up others.
    """
    chosen = select(
        QueuedTicket.ticket_id,
        _ticket_value(Ticket.team_id),
        _ticket_value(Ticket.category_id),
        _ticket_value(rules.ASSIGNABLE_CONDITION),
    )
    line = _ticket_value(Ticket.priority).desc(), col(QueuedTicket.since), col(QueuedTicket.ticket_id)
    chosen = chosen.order_by(*line)
    found: list[int] = []
    full: dict[tuple[int, int | None], bool] = {}
    for number, team, category, fits in session.execute(
        gate.unscoped(chosen, "assignment rules read all tickets")
    ).all():
        place = team, category
        if fits and place not in full:
            one = session.exec(
                gate.unscoped(select(Ticket).where(Ticket.id == number), "assignment rules read all tickets")
            ).one()
            full[place] = rules.is_at_capacity(session, one)
        if not (fits and full[place]):
            found.append(number)
        if len(found) == most:
            break
    return found


def _ticket_value(what: Any) -> Any:
    """Return a subquery for a value of the queued ticket. With a join, databases would scan all tickets."""
    return select(what).where(Ticket.id == QueuedTicket.ticket_id).scalar_subquery()


def _find_entry(session: Session, ticket: Ticket) -> QueuedTicket | None:
    return gate.unscoped_get(session, QueuedTicket, ticket.id, "assignment rules read all tickets")
