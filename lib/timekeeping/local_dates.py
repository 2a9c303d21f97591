"""The day that it is for somebody: an entry's day is its worker's own, wherever they are."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from db.models import Person
from lib.access.gate import Actor
from lib.core import clock
from lib.desk_settings import desk_settings


def worker_zone(session: Session, actor: Actor, worker_id: int) -> ZoneInfo:
    """Return a worker's zone: the one they chose, else for the actor the browser's, for others the desk's."""
    if worker_id == actor.id:
        return actor.zone
    worker = session.get(Person, worker_id)
    return desk_settings.resolve_zone(session, worker.timezone if worker else None)


def to_date(moment: datetime, there: ZoneInfo) -> date:
    """Return the day on which a moment is in a zone."""
    return moment.astimezone(there).date()


def today(there: ZoneInfo) -> date:
    """Return the day that it is in a zone."""
    return to_date(clock.now(), there)
