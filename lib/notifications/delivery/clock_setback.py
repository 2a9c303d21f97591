"""Handles a clock that was set back: messages with an impossible send time become due now.

Otherwise a clock that was an hour ahead would hold back every email for an hour.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, update
from sqlmodel import Session, col, select

from db.models import Message
from db.vocabulary import NotificationChannel
from lib.access import gate
from lib.core import settings

LEASE = timedelta(minutes=3)
"""How long a process may take to send the messages it claimed."""
MAX_DELAY = timedelta(hours=1)
"""The longest delay between two attempts, and the longest pause of a service."""
MARGIN = timedelta(minutes=1)
"""Tolerance for clocks that differ between machines and for transactions that start late."""


def has_affected_messages(session: Session, medium: NotificationChannel, *, at: datetime) -> bool:
    """Return whether a message is waiting only because the clock was set back."""
    return bool(_find_affected(session, medium, at))


def make_due(session: Session, medium: NotificationChannel, *, at: datetime) -> None:
    """Make messages due that are waiting only because the clock was set back."""
    held = _find_affected(session, medium, at)
    claimed = col(Message.claimed_by).is_not(None)  # somebody may be sending it: the claim starts over
    for which, due in ((claimed, at + LEASE), (~claimed, at)) if held else ():
        now = update(Message).where(col(Message.id).in_(held), which).values(due_at=due)
        session.execute(gate.unscoped(now, "the worker sends for all", synchronize_session=False))


def _find_affected(session: Session, medium: NotificationChannel, at: datetime) -> list[int]:
    """Return messages claimed for longer than a lease, delayed longer than possible, or created in the future.

    Of the last kind, those that wait longer than a bundling window are left out: they wait for their recipient's next
    reachable time, which a corrected clock does not change.
    """
    attempts, due, created = col(Message.attempts), col(Message.due_at), col(Message.created_at)
    waiting: Any = select(Message.id, Message.attempts, Message.created_at, Message.due_at).where(
        Message.medium == medium, due > at, col(Message.done_at).is_(None), col(Message.parked_at).is_(None)
    )
    claimed = col(Message.claimed_by).is_not(None) & (due > at + LEASE + MARGIN)
    untrue = or_(claimed, (attempts > 0) & (due > at + MAX_DELAY), (attempts == 0) & (created > at + MARGIN))
    rows = session.exec(gate.unscoped(waiting.where(untrue), "the worker sends for all")).all()
    window = timedelta(seconds=settings.current().notice_window_seconds)
    return [id for id, tried, begun, due_at in rows if tried or due_at <= begun + window]
