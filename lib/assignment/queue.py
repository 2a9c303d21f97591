"""Waiting: tickets for which a rule found nobody who is free, until it is their turn.

A row alone says little: whoever completes a ticket, makes it confidential or deletes it leaves the row behind, and
`due` names the ticket so that the row goes. So a ticket waits while it has a row and a rule may give it to somebody.
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
"""Tickets that are tried in one round."""


def add(session: Session, ticket: Ticket) -> None:
    """Let a ticket wait; one that waits already keeps its place."""
    if _find_entry(session, ticket) is None:
        session.add(QueuedTicket(ticket_id=ticket.id, since=clock.now()))
        session.flush()


def remove(session: Session, ticket: Ticket) -> None:
    """Let a ticket wait no longer."""
    row = _find_entry(session, ticket)
    if row is not None:
        session.delete(row)
        session.flush()


def has_entry(session: Session, ticket: Ticket) -> bool:
    """Tell whether a ticket began to wait and nothing has settled that yet."""
    return _find_entry(session, ticket) is not None


def is_waiting(session: Session, actor: Actor, ticket: Ticket) -> bool:
    """Tell those who read a ticket's notes whether it waits; to others none does."""
    hears = rules.is_assignable(ticket) and gate.can(session, actor, Permission.COMMENT_READ_INTERNAL, ticket)
    return hears and has_entry(session, ticket)


def list_due(session: Session, *, most: int = BATCH_SIZE) -> list[int]:
    """Return the numbers of waiting tickets that are worth a try: the most urgent first, then who waits longest.

    Those whose rule has nobody free are left out, so that however many they are they hold up no others.
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
    """Return what a waiting ticket is, asked for each by itself: joined, databases would walk through all tickets."""
    return select(what).where(Ticket.id == QueuedTicket.ticket_id).scalar_subquery()


def _find_entry(session: Session, ticket: Ticket) -> QueuedTicket | None:
    return gate.unscoped_get(session, QueuedTicket, ticket.id, "assignment rules read all tickets")
