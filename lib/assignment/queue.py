"""Waiting: tickets for which a rule found nobody who is free, until it is their turn.

A row alone says little: whoever completes a ticket, makes it confidential or deletes it leaves the row behind, and
`due` names the ticket so that the row goes. So a ticket waits while it has a row and a rule may give it to somebody.
"""

from typing import Any

from sqlmodel import Session, col, select

from db.models import DispatchWait, Ticket
from db.vocabulary import Permission
from lib.access import gate
from lib.access.gate import Actor
from lib.assignment import rules
from lib.core import clock

MOST = 100
"""Tickets that are tried in one round."""


def begin(session: Session, ticket: Ticket) -> None:
    """Let a ticket wait; one that waits already keeps its place."""
    if _row(session, ticket) is None:
        session.add(DispatchWait(ticket_id=ticket.id, since=clock.now()))
        session.flush()


def end(session: Session, ticket: Ticket) -> None:
    """Let a ticket wait no longer."""
    row = _row(session, ticket)
    if row is not None:
        session.delete(row)
        session.flush()


def begun(session: Session, ticket: Ticket) -> bool:
    """Tell whether a ticket began to wait and nothing has settled that yet."""
    return _row(session, ticket) is not None


def of(session: Session, actor: Actor, ticket: Ticket) -> bool:
    """Tell those who read a ticket's notes whether it waits; to others none does."""
    hears = rules.concerns(ticket) and gate.covers(session, actor, Permission.COMMENT_READ_INTERNAL, ticket)
    return hears and begun(session, ticket)


def due(session: Session, *, most: int = MOST) -> list[int]:
    """Return the numbers of waiting tickets that are worth a try: the most urgent first, then who waits longest.

    Those whose rule has nobody free are left out, so that however many they are they hold up no others.
    """
    chosen = select(
        DispatchWait.ticket_id, _of(Ticket.team_id), _of(Ticket.category_id), _of(rules.CONCERNED)
    )
    line = _of(Ticket.priority).desc(), col(DispatchWait.since), col(DispatchWait.ticket_id)
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
            full[place] = rules.full(session, one)
        if not (fits and full[place]):
            found.append(number)
        if len(found) == most:
            break
    return found


def _of(what: Any) -> Any:
    """Return what a waiting ticket is, asked for each by itself: joined, databases would walk through all tickets."""
    return select(what).where(Ticket.id == DispatchWait.ticket_id).scalar_subquery()


def _row(session: Session, ticket: Ticket) -> DispatchWait | None:
    return gate.unscoped_get(session, DispatchWait, ticket.id, "assignment rules read all tickets")
