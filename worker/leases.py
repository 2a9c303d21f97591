"""Leases: rows in the database that let one of several processes do a task, and not again too soon."""

from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, select

from db.engine import lock
from db.models import Lease
from lib import transactions
from lib.core import clock


def acquire(name: str, *, holder: str, span: timedelta) -> bool:
    """Acquire the lease `name` for `span` if it is free, and return whether it was. It expires if its holder dies."""
    with transactions.act() as session:
        lock(session, f"lease:{name}")
        row, now = session.get(Lease, name), _now(session)  # the row first: reading it waits for the lock
        if row is None:
            row = Lease(name=name, holder=holder, until=now)
            session.add(row)
        if now < row.until <= now + span:  # a longer lease was taken before the clock was set back
            return False
        row.holder, row.until = holder, now + span
    return True


def _now(session: Session) -> datetime:
    """Return the database's time where it has a clock, because the clocks of several machines may differ."""
    if session.get_bind().dialect.name == "postgresql":
        return session.exec(select(func.clock_timestamp())).one()
    return clock.now()
