"""Leases in the database: of all the processes that could do a task, one does it, and not again too soon."""

from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, select

from db.engine import lock
from db.models import Lease
from lib import transactions
from lib.core import clock


def acquire(name: str, *, holder: str, span: timedelta) -> bool:
    """Return whether the lease `name` is free, and if it is, hold it for `span`; a holder that dies loses it then."""
    with transactions.act() as session:
        lock(session, f"lease:{name}")
        row, now = session.get(Lease, name), _now(session)  # the row first: reading it waits for its turn
        if row is None:
            row = Lease(name=name, holder=holder, until=now)
            session.add(row)
        if now < row.until <= now + span:  # one that lasts longer was taken before the clock was set back
            return False
        row.holder, row.until = holder, now + span
    return True


def _now(session: Session) -> datetime:
    """Return the database's time where it has one of its own: processes on several machines may disagree on theirs."""
    if session.get_bind().dialect.name == "postgresql":
        return session.exec(select(func.clock_timestamp())).one()
    return clock.now()
