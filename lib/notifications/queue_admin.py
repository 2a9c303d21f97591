"""Queued and failed messages, for administrators: list, retry, cancel, and pause a channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from db.models import ChannelState, Message, Person, Team
from db.vocabulary import Action, MessageKind, NotificationChannel, Permission, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.core import clock
from lib.core.errors import NotFound
from lib.notifications import channels
from lib.notifications.delivery import outbox
from lib.notifications.delivery.channel import Channel, FailingChannel
from lib.notifications.delivery.outbox import LEASE

LATE_AFTER = timedelta(minutes=5)
"""Age at which a due message counts as late."""
MAX_SHOWN = 100


@dataclass(frozen=True)
class ChannelStatus:
    """The status of one channel. `oldest` is when the oldest message that is due was created."""

    medium: NotificationChannel
    on: bool
    paused: bool
    owed: int
    late: int
    parked: int
    sent: int
    """In the last 24 hours."""
    oldest: datetime | None
    failing_since: datetime | None
    error: str | None
    failed_lately: int
    """The number of failed messages that failed in the last 24 hours."""
    channels: tuple[FailingChannel, ...] = ()
    """Team channels that can't be written to."""

    @property
    def failing(self) -> bool:
        """Whether the server or a team channel is down, or a message failed in the last 24 hours."""
        return bool(self.failing_since or self.channels or self.failed_lately)


@dataclass(frozen=True)
class FailedMessage:
    """A failed message, with the reason in words."""

    id: int
    medium: NotificationChannel
    sort: MessageKind
    person: str
    ticket: int | None
    parked_at: datetime
    attempts: int
    error: str


def list_channel_statuses(session: Session, actor: Actor) -> list[ChannelStatus]:
    """Return the status of each channel. Raises NotPermitted."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    return [_get_channel_status(session, channel) for channel in channels.ALL]


def _get_channel_status(session: Session, channel: Channel) -> ChannelStatus:
    medium = channel.name
    now, state = clock.now(), session.get(ChannelState, medium.value) or ChannelState(medium=medium.value)
    of = Message.medium == medium
    aside = (of, col(Message.done_at).is_(None), col(Message.parked_at).is_not(None))
    owed = (of, col(Message.done_at).is_(None), col(Message.parked_at).is_(None))

    def count(*which: Any) -> int:
        chosen = select(func.count()).select_from(Message).where(*which)
        return session.exec(gate.unscoped(chosen, "administration was permitted")).one()

    turn = (*owed, col(Message.due_at) <= now + LEASE)
    first = select(func.min(Message.created_at)).where(*turn)
    oldest = session.exec(gate.unscoped(first, "administration was permitted")).one()
    return ChannelStatus(
        medium=medium, on=channel.on(session), paused=state.paused, owed=count(*owed),
        late=count(*turn, col(Message.created_at) < now - LATE_AFTER), parked=count(*aside),
        sent=count(of, col(Message.done_at) > now - timedelta(days=1), ~col(Message.empty)),
        oldest=oldest, failing_since=state.failing_since,
        error=state.error, failed_lately=count(*aside, col(Message.parked_at) > now - timedelta(days=1)),
        channels=tuple(channel.failing_rooms(session)),
    )  # fmt: skip


def list_failed(session: Session, actor: Actor) -> Sequence[FailedMessage]:
    """Return the failed messages, newest first. Raises NotPermitted."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    chosen = (
        select(Message, Person.name, Team.name)
        .outerjoin(Person, col(Person.id) == Message.person_id)
        .outerjoin(Team, col(Team.id) == Message.team_id)
        .where(col(Message.parked_at).is_not(None), col(Message.done_at).is_(None))
        .order_by(col(Message.parked_at).desc())
        .limit(MAX_SHOWN)
    )
    rows = session.exec(gate.unscoped(chosen, "administration was permitted")).all()
    return [
        FailedMessage(
            m.id, NotificationChannel(m.medium), MessageKind(m.sort), name or f"{team}'s channel", m.ticket_id,
            m.parked_at or m.due_at, m.attempts, m.error or "",
        )
        for m, name, team in rows
    ]  # fmt: skip


def retry(session: Session, actor: Actor, message_id: int) -> None:
    """Queue a failed message again. Raises NotPermitted, NotFound."""
    row = _get_failed(session, actor, message_id)
    row.parked_at, row.attempts, row.due_at = None, 0, row.created_at
    _record_event(session, actor, f"message:{row.id}", "retry")


def discard(session: Session, actor: Actor, message_id: int) -> None:
    """Cancel a failed message. Raises NotPermitted, NotFound."""
    row = _get_failed(session, actor, message_id)
    row.parked_at, row.done_at, row.empty = None, clock.now(), True
    _record_event(session, actor, f"message:{row.id}", "discard")


def pause(session: Session, actor: Actor, medium: NotificationChannel, *, paused: bool) -> None:
    """Pause or resume sending through a channel. Queued messages stay queued. Raises NotPermitted."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    row = session.get(ChannelState, medium.value) or ChannelState(medium=medium.value)
    if row.paused != paused:
        row.paused = paused
        session.add(row)
        _record_event(session, actor, f"medium:{medium}", "pause" if paused else "go on")


def send_test(session: Session, actor: Actor, medium: NotificationChannel) -> None:
    """Queue a test message to the actor through a channel. Raises NotPermitted."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    outbox.enqueue(session, medium, MessageKind.TRIAL, actor.id)
    _record_event(session, actor, f"medium:{medium}", "test")


def _get_failed(session: Session, actor: Actor, message_id: int) -> Message:
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    row = gate.unscoped_get(session, Message, message_id, "administration was permitted")
    if row is None or row.parked_at is None:
        raise NotFound("Somebody else already handled this message.")
    session.add(row)
    return row


def _record_event(session: Session, actor: Actor, subject: str, deed: str) -> None:
    events.record(session, actor, Action.DELIVERY_CHANGED, subject=subject, field="delivery", new=deed)
