"""The day that it is for somebody: an entry's day is its worker's own, wherever they are."""

from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlmodel import Session

from db.models import Person
from lib import clock
from lib.gate import Actor


def zone(name: str | None) -> ZoneInfo:
    """Return the time zone of that name, or UTC when there is none."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def of(session: Session, actor: Actor, worker_id: int) -> ZoneInfo:
    """Return a worker's zone: the one they chose, else for the actor the browser's, for others UTC."""
    if worker_id == actor.id:
        return zone(actor.timezone)
    worker = session.get(Person, worker_id)
    return zone(worker.timezone if worker else None)


def on(moment: datetime, there: ZoneInfo) -> date:
    """Return the day on which a moment is in a zone."""
    return moment.astimezone(there).date()


def today(there: ZoneInfo) -> date:
    """Return the day that it is in a zone."""
    return on(clock.now(), there)
