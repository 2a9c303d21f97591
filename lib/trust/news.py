"""What is new: which topics have events that a person may hear of, as hints that carry nothing but a number."""

import re
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from db.models import Event, Ticket
from lib import gate
from lib.gate import Actor

DESK = "desk"
_TICKET = re.compile(r"ticket-([1-9][0-9]{0,9})")
BURST = 500
"""Events looked at in one go."""


@dataclass(frozen=True)
class Topic:
    """Something to hear of: the whole desk, or one ticket; without `notes` internal events are passed over."""

    name: str
    ticket_id: int | None
    notes: bool


@dataclass(frozen=True)
class New:
    """An event as the news sees it."""

    id: int
    ticket_id: int | None
    internal: bool

    def concerns(self, topic: Topic) -> bool:
        """Tell whether a listener to `topic` is to hear of it."""
        if self.internal and not topic.notes:
            return False
        return topic.ticket_id is None or topic.ticket_id == self.ticket_id


def topic(session: Session, actor: Actor, name: str) -> Topic | None:
    """Return a topic that the actor may listen to: the desk for staff, a ticket for whoever sees it; else None."""
    if name == DESK:
        return Topic(name, None, notes=True) if actor.staff else None
    found = _TICKET.fullmatch(name)
    number = int(found[1]) if found else 0
    if not 0 < number < 2**31:
        return None
    seen = gate.visible(actor, Ticket).where(col(Ticket.id) == number)
    ticket = session.exec(seen).first()
    return Topic(name, number, notes=actor.staff) if ticket is not None else None


def newest(session: Session, wanted: Topic | None = None) -> int:
    """Return the id of the newest event, or of the newest of one topic; 0 when there is none."""
    chosen = select(func.max(Event.id))
    if wanted is not None and wanted.ticket_id is not None:
        chosen = chosen.where(Event.ticket_id == wanted.ticket_id)
    if wanted is not None and not wanted.notes:
        chosen = chosen.where(~col(Event.internal))
    return session.exec(chosen.execution_options(**gate.PASS)).one() or 0


def since(session: Session, after: int) -> list[New]:
    """Return the first events after one, oldest first."""
    rows = session.exec(
        select(Event.id, Event.ticket_id, Event.internal)
        .where(col(Event.id) > after)
        .order_by(col(Event.id))
        .limit(BURST)
        .execution_options(**gate.PASS)
    ).all()
    return [New(id or 0, ticket, internal) for id, ticket, internal in rows]
