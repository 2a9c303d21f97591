"""Recording events. Nothing here changes or deletes them."""

from typing import TYPE_CHECKING

from sqlmodel import Session

from db.models import Event
from db.vocabulary import Action, Source
from lib.core import clock
from lib.core.errors import Denial

_RECORDED = "recorded"

if TYPE_CHECKING:
    from lib.access.gate import Actor


def record(
    session: Session,
    actor: "Actor",
    action: Action,
    *,
    ticket_id: int | None = None,
    subject: str = "",
    field: str | None = None,
    old: str | None = None,
    new: str | None = None,
    behalf_id: int | None = None,
    internal: bool = False,
    reason: str | None = None,
) -> Event:
    """Add one event to the transaction that makes the change."""
    row = Event(
        at=clock.now(),
        action=action,
        ticket_id=ticket_id,
        subject=subject,
        field=field,
        old=old,
        new=new,
        actor_id=actor.id,
        behalf_id=behalf_id,
        internal=internal,
        reason=reason,
        batch=actor.batch,
        channel=actor.channel,
        address=actor.address,
    )
    session.add(row)
    session.info.setdefault(_RECORDED, []).append(row)
    return row


def list_recorded(session: Session) -> list[Event]:
    """Return the events recorded so far in this transaction, without those rolled back to a savepoint."""
    return [event for event in session.info.get(_RECORDED, []) if event in session]


def take_recorded(session: Session) -> list[Event]:
    """Return the events recorded in this transaction, without those rolled back to a savepoint, and clear the list."""
    return [event for event in session.info.pop(_RECORDED, []) if event in session]


def record_denial(session: Session, denial: Denial) -> None:
    """Record a refused read or change as an event. An id outside the database's range is left out."""
    number = denial.subject_id
    if number is None or not 0 < number < 2**31:
        number = None
    session.add(
        Event(
            at=clock.now(),
            action=Action.DENIED,
            ticket_id=number if denial.subject == "ticket" else None,
            subject=denial.subject if number is None else f"{denial.subject}:{number}",
            field=denial.permission,
            actor_id=denial.actor_id,
            internal=True,
            channel=Source(denial.channel),
        )
    )
