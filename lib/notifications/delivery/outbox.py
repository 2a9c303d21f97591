"""The outbox: queued messages. A process claims them for a while, sends them, and alone records the result."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from db.engine import lock
from db.models import ChannelState, Message
from db.vocabulary import MessageKind, NotificationChannel
from lib.access import gate
from lib.core import clock, settings
from lib.notifications.delivery import clock_setback
from lib.notifications.delivery.clock_setback import LEASE, MAX_DELAY

FIRST_DELAY = timedelta(seconds=30)
"""The delay after the first failure. It doubles up to MAX_DELAY."""
MAX_ATTEMPTS = 10
UNSETTLED_ERROR = "Docket stopped each time while it sent this message. The log says why."
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=5)
"""How long a channel is paused when its server is down: as long as it has been failing, within these limits."""
_MAX_ERROR_LENGTH = 300


def now(session: Session) -> datetime:
    """Return the database's time where it has a clock, because the clocks of several machines may differ."""
    if session.get_bind().dialect.name == "postgresql":
        return session.exec(select(func.clock_timestamp())).one()
    return clock.now()


def enqueue(
    session: Session, medium: NotificationChannel, sort: MessageKind, person_id: int | None
) -> Message:
    """Queue a message to one person, due at once. Return it with its id."""
    at = clock.now()
    row = Message(medium=medium, sort=sort, person_id=person_id, created_at=at, due_at=at)
    session.add(row)
    session.flush()
    return row


def _queued_condition(row: Any) -> Any:
    return row.done_at.is_(None) & row.parked_at.is_(None)


def has_due_messages(session: Session, medium: NotificationChannel) -> bool:
    """Return whether there is something to send through a channel that is neither paused nor resting."""
    at, state = now(session), session.get(ChannelState, str(medium))
    if state is not None and (state.paused or is_resting(state.not_before, at)):
        return False
    if clock_setback.has_affected_messages(session, medium, at=at):
        return True
    due = (
        select(Message.id)
        .where(Message.medium == medium, _queued_condition(Message), col(Message.due_at) <= at)
        .limit(1)
    )
    return session.exec(gate.unscoped(due, "the worker sends for all")).first() is not None


def claim(
    session: Session, medium: NotificationChannel, *, holder: str, most: int, newest: bool = False
) -> list[Message]:
    """Claim and return up to `most` due messages, oldest or newest first. Nobody else sends them within LEASE.

    Messages to one recipient about one ticket are sent in order: an earlier one holds up the later ones while it
    fails.
    """
    at = now(session)
    clock_setback.make_due(session, medium, at=at)
    due = (
        select(Message.id, Message.attempts)
        .where(Message.medium == medium, _queued_condition(Message), col(Message.due_at) <= at)
        .where(~_earlier_message_condition(Message.person_id), ~_earlier_message_condition(Message.team_id))
        .order_by(*(order.desc() if newest else order for order in (col(Message.due_at), col(Message.id))))
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    found = session.exec(gate.unscoped(due, "the worker sends for all")).all()
    ids = [id for id, attempts in found if attempts < MAX_ATTEMPTS]
    _fail_exhausted(session, [id for id, attempts in found if attempts >= MAX_ATTEMPTS], at)
    if not ids:
        return []
    taken = update(Message).where(col(Message.id).in_(ids))
    taken = taken.values(due_at=at + LEASE, claimed_by=holder, attempts=Message.attempts + 1)
    session.execute(gate.unscoped(taken, "the worker sends for all", synchronize_session=False))
    mine = select(Message).where(col(Message.id).in_(ids)).order_by(col(Message.created_at), col(Message.id))
    return list(session.exec(gate.unscoped(mine, "the worker sends for all", populate_existing=True)).all())


def _fail_exhausted(session: Session, ids: Sequence[int], at: datetime) -> None:
    """Mark messages as failed that were claimed the maximum number of times without a result."""
    over = update(Message).where(col(Message.id).in_(ids))
    over = over.values(parked_at=at, claimed_by=None, error=func.coalesce(Message.error, UNSETTLED_ERROR))
    if ids:
        session.execute(gate.unscoped(over, "the worker sends for all", synchronize_session=False))


def _earlier_message_condition(whose: Any) -> Any:
    """SQL condition: an earlier message about the same ticket is queued for the same person or team."""
    older = aliased(Message)
    return (
        select(older.id)
        .where(older.medium == Message.medium, getattr(older, whose.key) == whose)
        .where(
            older.ticket_id == Message.ticket_id, col(older.id) < col(Message.id), _queued_condition(older)
        )
        .exists()
    )


def _settle(session: Session, messages: Sequence[Message], values: dict[str, Any]) -> None:
    """Record the result of messages, except those that somebody else has claimed in the meantime."""
    for holder in {message.claimed_by for message in messages}:
        ids = [message.id for message in messages if message.claimed_by == holder]
        own = update(Message).where(
            col(Message.id).in_(ids), col(Message.claimed_by) == holder, col(Message.done_at).is_(None)
        )
        settled = own.values({"claimed_by": None, **values})
        session.execute(gate.unscoped(settled, "the worker sends for all", synchronize_session=False))


def mark_sent(session: Session, *messages: Message, empty: bool = False) -> None:
    """Record that messages were sent, or with `empty` that nothing was left to send, unless claimed by others since."""
    _settle(session, messages, {"done_at": clock.now(), "error": None, "empty": empty})


def mark_failed(session: Session, message: Message, words: str, *, permanent: bool = False) -> None:
    """Record why a message was not sent. It is retried later, or has failed."""
    at = now(session)
    if permanent or message.attempts >= MAX_ATTEMPTS:
        _settle(session, [message], {"parked_at": at, "error": words[:_MAX_ERROR_LENGTH]})
    else:
        _settle(
            session,
            [message],
            {"due_at": at + retry_delay(message.attempts), "error": words[:_MAX_ERROR_LENGTH]},
        )


def release(
    session: Session, messages: Sequence[Message], *, until: datetime | None = None, words: str = ""
) -> None:
    """Release claimed messages without using up an attempt. They are due again at once or at `until`."""
    if messages:
        back = {"due_at": until or col(Message.created_at), "attempts": col(Message.attempts) - 1}
        _settle(session, messages, back | ({"error": words[:_MAX_ERROR_LENGTH]} if words else {}))


def mark_unreachable(session: Session, message: Message, words: str) -> None:
    """Record that a message met a channel that is down, without using up an attempt.

    It does use one up if this happened to the message before and others were sent since: then the message is at
    fault.
    """
    if message.error and not is_failing(session, message.medium):
        mark_failed(session, message, words)
    else:
        release(session, [message], words=words)


def retry_delay(attempts: int) -> timedelta:
    """Return the delay after so many attempts: doubling, with jitter, at most an hour."""
    whole = min(MAX_DELAY, FIRST_DELAY * 2 ** (attempts - 1))
    return whole * random.uniform(0.75, 1.0)  # noqa: S311 - spreads load, not for security


def forget_old(session: Session, *, limit: int) -> int:
    """Delete at most `limit` messages that were sent long ago. Return how many."""
    before = clock.now() - timedelta(days=settings.current().message_days)
    old = select(Message.id).where(col(Message.done_at) < before).limit(limit)
    ids = session.exec(gate.unscoped(old, "the worker cleans up for all")).all()
    gone = delete(Message).where(col(Message.id).in_(ids))
    session.execute(gate.unscoped(gone, "the worker cleans up for all", synchronize_session=False))
    return len(ids)


def _load_state(session: Session, medium: NotificationChannel) -> ChannelState:
    lock(session, f"medium:{medium}")
    row = session.get(ChannelState, str(medium)) or ChannelState(medium=str(medium))
    session.add(row)
    return row


def is_failing(session: Session, medium: NotificationChannel) -> bool:
    """Return whether the channel's server was down the last time."""
    row = session.get(ChannelState, str(medium))
    return row is not None and row.failing_since is not None


def is_resting(until: datetime | None, at: datetime) -> bool:
    """Return whether a pause still holds. One longer than MAX_DELAY began before the clock was set back."""
    return until is not None and at < until <= at + MAX_DELAY


def mark_up(session: Session, medium: NotificationChannel) -> None:
    """Record that a channel works."""
    row = session.get(ChannelState, str(medium))
    if row is not None and (row.failing_since or row.not_before or row.error):
        row.failing_since = row.not_before = row.error = None
        session.add(row)


def mark_down(
    session: Session, medium: NotificationChannel, words: str, *, rest: timedelta | None = None
) -> None:
    """Record that a channel's server is down, and pause it: for `rest`, or longer the longer it has been failing."""
    at, row = now(session), _load_state(session, medium)
    if rest is None:
        row.failing_since = row.failing_since or at
        row.error = words[:_MAX_ERROR_LENGTH]
        rest = min(LONGEST_PAUSE, max(SHORTEST_PAUSE, at - row.failing_since))
        rest *= random.uniform(0.75, 1.0)  # noqa: S311 - as above
    row.not_before = at + rest
