"""A clock that was set back: messages whose time to be sent can't be true are due now.

Without this an hour too much would hold every email back for an hour.
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
"""How long a process has to send the messages that it claimed."""
MAX_DELAY = timedelta(hours=1)
"""The longest delay between two attempts, and the longest rest of a service."""
MARGIN = timedelta(minutes=1)
"""How far clocks of several machines may be apart, and how long a transaction may take to begin."""


def has_affected_messages(session: Session, medium: NotificationChannel, *, at: datetime) -> bool:
    """Tell whether a message waits only because the clock was set back."""
    return bool(_find_affected(session, medium, at))


def make_due(session: Session, medium: NotificationChannel, *, at: datetime) -> None:
    """Let the messages be due that wait only because the clock was set back."""
    held = _find_affected(session, medium, at)
    claimed = col(Message.claimed_by).is_not(None)  # somebody may be sending it: the claim begins again
    for which, due in ((claimed, at + LEASE), (~claimed, at)) if held else ():
        now = update(Message).where(col(Message.id).in_(held), which).values(due_at=due)
        session.execute(gate.unscoped(now, "the worker sends for all", synchronize_session=False))


def _find_affected(session: Session, medium: NotificationChannel, at: datetime) -> list[int]:
    """Return claims longer than a claim lasts, delays longer than any, and what was created later than now.

    Of the last, what waits longer than a window waits for its person's morning, which no clock brings nearer.
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
