"""Dates in a person's time zone. An entry's day is in its worker's time zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from db.models import Person
from lib.access.gate import Actor
from lib.core import clock
from lib.desk_settings import desk_settings


def worker_zone(session: Session, actor: Actor, worker_id: int) -> ZoneInfo:
    """Return a worker's time zone: the chosen one, else for the actor the browser's, for others the default."""
    if worker_id == actor.id:
        return actor.zone
    worker = session.get(Person, worker_id)
    return desk_settings.resolve_zone(session, worker.timezone if worker else None)


def to_date(moment: datetime, there: ZoneInfo) -> date:
    """Return the date of `moment` in a time zone."""
    return moment.astimezone(there).date()


def today(there: ZoneInfo) -> date:
    """Return the current date in a time zone."""
    return to_date(clock.now(), there)
