"""Read markers: what is new on a ticket since a person last viewed it.

There is one row per person and ticket with the last event they saw. A ticket that a person has never viewed is new to
them if they take part in it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_
from sqlmodel import Session, col, select

from db.engine import lock
from db.models import Event, Seen, Ticket
from db.vocabulary import Action, Permission
from lib.access import gate
from lib.access.gate import Actor
from lib.conversation import history
from lib.core import clock
from lib.core.errors import Invalid


@dataclass(frozen=True)
class ReadMarker:
    """When a person last viewed a ticket, up to which event, and the newest event they may know of."""

    event_id: int
    at: datetime | None
    newest: int

    @property
    def behind(self) -> bool:
        """Whether anything happened since."""
        return self.newest > self.event_id


def get(session: Session, actor: Actor, ticket: Ticket) -> ReadMarker:
    """Return the actor's read marker for a ticket. Raises NotFound."""
    gate.permit(session, actor, Permission.TICKET_READ, ticket)
    row = gate.unscoped_get(session, Seen, (actor.id, ticket.id), "the ticket was permitted")
    known = select(func.max(Event.id)).where(Event.ticket_id == ticket.id)
    if not gate.can(session, actor, Permission.COMMENT_READ_INTERNAL, ticket):
        known = known.where(~col(Event.internal))
    newest = session.exec(gate.unscoped(known, "the ticket was permitted")).one()
    return ReadMarker(row.event_id if row else 0, row.at if row else None, newest or 0)


def mark_read(session: Session, actor: Actor, ticket: Ticket, *, event_id: int) -> None:
    """Record that the actor has seen everything up to an event. The marker never moves back. Raises NotFound."""
    gate.permit(session, actor, Permission.TICKET_READ, ticket)
    row = _load_row(session, actor, ticket)
    row.event_id, row.at = max(row.event_id, event_id), clock.now()
    session.add(row)
    session.flush()


def mark_unread(session: Session, actor: Actor, ticket: Ticket) -> None:
    """Make the last thing that somebody else did new again. Raises NotFound, or Invalid if there is none."""
    gate.permit(session, actor, Permission.TICKET_READ, ticket)
    of_others = select(Event).where(*_by_others_conditions(actor), Event.ticket_id == ticket.id)
    if not gate.can(session, actor, Permission.COMMENT_READ_INTERNAL, ticket):
        of_others = of_others.where(_public_condition())
    newest = gate.unscoped(of_others.order_by(col(Event.id).desc()).limit(1), "the ticket was permitted")
    found = session.exec(newest).first()
    if found is None:
        raise Invalid("Nobody else has added anything yet.")
    row = _load_row(session, actor, ticket)
    row.event_id, row.at = found.id - 1, found.at - timedelta(microseconds=1)
    session.add(row)
    session.flush()


def find_unread(session: Session, actor: Actor, numbers: Collection[int]) -> set[int]:
    """Return which of the tickets have something new for the actor that they didn't do themselves."""
    if not numbers or actor.id is None:
        return set()
    return set(session.exec(_select_unread(actor), params={"numbers": list(numbers)}).all())


@lru_cache(maxsize=gate.CACHED_STATEMENTS)
def _select_unread(actor: Actor) -> Any:
    """Return the cached statement for `find_unread`, since every list uses it."""
    chosen = gate.visible(actor, Ticket.id).where(col(Ticket.id).in_(bindparam("numbers", expanding=True)))
    looked = (
        select(Seen.event_id)
        .where(Seen.ticket_id == Ticket.id, Seen.person_id == actor.id)
        .correlate(
            Ticket
        )  # two levels below the outer tickets, which SQLAlchemy does not correlate automatically
    )
    seen = func.coalesce(looked.scalar_subquery(), 0)
    never = ~exists(looked)
    news = exists(
        select(Event.id)
        .where(*_by_others_conditions(actor), Event.ticket_id == Ticket.id, col(Event.id) > seen)
        .where(or_(_public_condition(), gate.scope_condition(actor, Permission.COMMENT_READ_INTERNAL)))
    )
    mine: ColumnElement[bool] = or_(~never, gate.participation_condition(actor))
    return chosen.where(mine, news)


def _by_others_conditions(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        or_(col(Event.actor_id).is_(None), col(Event.actor_id) != actor.id),
        col(Event.action).not_in(history.HIDDEN_ACTIONS),
    )


def _public_condition() -> ColumnElement[bool]:
    """SQL condition for events safe to show without access to notes: public ones that hold no custom field's value."""
    return and_(~col(Event.internal), col(Event.action) != Action.TICKET_FIELD)


def _load_row(session: Session, actor: Actor, ticket: Ticket) -> Seen:
    lock(session, f"seen:{actor.id}:{ticket.id}")
    row = gate.unscoped_get(session, Seen, (actor.id, ticket.id), "only the actor's own mark")
    return row or Seen(person_id=actor.person_id, ticket_id=ticket.id, event_id=0, at=clock.now())
