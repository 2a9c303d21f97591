"""Statuses: where a ticket may stand; the kind decides what that means."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from db.models import Status
from db.vocabulary import Kind
from lib.errors import Invalid


@dataclass(frozen=True)
class StatusCard:
    """A status as pages and the API show it."""

    id: int
    name: str
    kind: Kind
    counts: bool = True


def card(status: Status) -> StatusCard:
    """Return a status as others see it."""
    return StatusCard(status.id or 0, status.name, Kind(status.kind), status.counts)


def every(session: Session) -> list[StatusCard]:
    """Return all statuses in the desk's order."""
    return [card(s) for s in session.exec(select(Status).order_by(col(Status.position))).all()]


def find(session: Session, name_or_id: str | int) -> Status:
    """Return one status by id or name; raises Invalid naming the field `status`."""
    which = col(Status.id) == name_or_id if isinstance(name_or_id, int) else col(Status.name) == name_or_id
    status = session.exec(select(Status).where(which)).first()
    if status is None:
        raise Invalid("There is no such status.", fields={"status": "There is no such status."})
    return status


def default(session: Session) -> Status:
    """Return the status in which tickets begin."""
    return session.exec(select(Status).where(col(Status.is_default))).one()
