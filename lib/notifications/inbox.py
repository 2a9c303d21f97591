"""The inbox: a person's notifications in Docket, newest first, as far as they can still see the tickets."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, func, or_, update
from sqlmodel import Session, col, select

from db.models import Comment, Event, Notice, Ticket
from db.vocabulary import NotificationType, Permission, RecipientReason
from lib.access import gate
from lib.access.gate import Actor
from lib.conversation import history
from lib.core import clock, settings
from lib.core.errors import Invalid
from lib.markdown import rendering

EXCERPT_LENGTH = 160
"""Characters of a comment shown in a notification."""
MAX_SNOOZE = timedelta(days=366)
"""Longest time for which a notification can be snoozed."""


@dataclass(frozen=True)
class NotificationCard:
    """A notification. `sentence` continues after the actor's name, and `actor` is None for Docket itself."""

    id: int
    event_id: int
    at: datetime
    ticket: int
    title: str
    actor: str | None
    sentence: str
    excerpt: str
    internal: bool
    occasion: NotificationType
    relation: RecipientReason
    comment_id: int | None
    read: bool
    snoozed_until: datetime | None

    @property
    def path(self) -> str:
        """The path of the comment it is about, or of the ticket."""
        return ticket_path(self.ticket, self.comment_id)


def ticket_path(ticket: int, comment_id: int | None) -> str:
    """Return the path in Docket of a ticket, or of a comment on it."""
    return f"/ticket?id={ticket}" + (f"&comment={comment_id}" if comment_id else "")


def _select_own(actor: Actor, *entities: Any) -> Any:
    notes = or_(~col(Event.internal), gate.scope_condition(actor, Permission.COMMENT_READ_INTERNAL))
    return (
        gate.visible(actor, *entities)
        .join(Notice, col(Notice.ticket_id) == Ticket.id)
        .join(Event, col(Event.id) == Notice.event_id)
        .where(Notice.person_id == actor.id, col(Notice.listed), notes)
    )


def _awake_condition(now: Any) -> ColumnElement[bool]:
    return or_(col(Notice.snoozed_until).is_(None), col(Notice.snoozed_until) <= now)


def count_unread(session: Session, actor: Actor, *, most: int = 99, but: int | None = None) -> int:
    """Return the number of the actor's unread notifications that are not snoozed, up to one more than `most`.

    Those on the ticket `but` are left out, because the actor is viewing it.
    """
    return session.exec(_select_unread_count(actor, most), params={"now": clock.now(), "but": but or 0}).one()


@lru_cache(maxsize=gate.CACHED_STATEMENTS)
def _select_unread_count(actor: Actor, most: int) -> Any:
    """Return the cached select for the count, since every page uses it. No ticket has the number 0."""
    found = _select_own(actor, Notice.id).where(
        col(Notice.read_at).is_(None),
        _awake_condition(bindparam("now")),
        col(Notice.ticket_id) != bindparam("but"),
    )
    return gate.select_count(found.limit(most + 1))


def list_notifications(
    session: Session, actor: Actor, *, only_unread: bool = False, before: int | None = None, limit: int = 50
) -> list[NotificationCard]:
    """Return the actor's notifications, newest first, before the id `before`.

    With `only_unread`, snoozed ones are left out until their time is up.
    """
    found = _select_own(actor, Notice, Event, Ticket.title, Comment).outerjoin(
        Comment, col(Comment.id) == Notice.comment_id
    )
    if only_unread:
        found = found.where(col(Notice.read_at).is_(None), _awake_condition(clock.now()))
    if before is not None:
        found = found.where(col(Notice.id) < before)
    rows = session.exec(found.order_by(col(Notice.id).desc()).limit(limit)).all()
    lines = history.format_events(session, actor, [event for _, event, _, _ in rows])
    return [
        _to_card(notice, event, title, comment, line)
        for (notice, event, title, comment), line in zip(rows, lines, strict=True)
    ]


def _to_card(
    notice: Notice, event: Event, title: str, comment: Comment | None, line: history.HistoryEntry
) -> NotificationCard:
    return NotificationCard(
        id=notice.id,
        event_id=notice.event_id,
        at=notice.at,
        ticket=notice.ticket_id,
        title=title,
        actor=line.actor,
        sentence=format_sentence(notice, line.sentence, internal=event.internal),
        excerpt=_format_excerpt(comment.body) if comment and comment.removed_at is None else "",
        internal=event.internal,
        occasion=NotificationType(notice.occasion),
        relation=RecipientReason(notice.relation),
        comment_id=notice.comment_id,
        read=notice.read_at is not None,
        snoozed_until=notice.snoozed_until,
    )


def format_sentence(notice: Notice, told: str, *, internal: bool) -> str:
    """Return what happened from its recipient's point of view, such as "assigned it to you"."""
    if notice.relation == RecipientReason.MENTIONED:
        return "mentioned you in an internal note" if internal else "mentioned you"
    if (notice.occasion, notice.relation) == (NotificationType.ASSIGNED, RecipientReason.ASSIGNEE):
        return "assigned it to you"
    return "added you to CC" if notice.occasion == NotificationType.COPIED else told


def _format_excerpt(body: str) -> str:
    line = rendering.to_line(body)
    return line if len(line) <= EXCERPT_LENGTH else f"{line[:EXCERPT_LENGTH].rstrip()} …"


def _get_own(session: Session, actor: Actor, notice_id: int) -> Notice:
    """Return the actor's own notification to change it. Raises NotFound."""
    row = session.exec(_select_own(actor, Notice).where(Notice.id == notice_id)).first()
    if row is None:
        raise gate.not_found(actor, Permission.TICKET_READ, "notice", notice_id)
    return row


def mark_read(session: Session, actor: Actor, notice_id: int) -> None:
    """Mark a notification as read. Raises NotFound."""
    row = _get_own(session, actor, notice_id)
    row.read_at = row.read_at or clock.now()
    session.add(row)


def mark_unread(session: Session, actor: Actor, notice_id: int) -> None:
    """Mark a notification as unread. Raises NotFound."""
    row = _get_own(session, actor, notice_id)
    row.read_at = row.snoozed_until = None
    session.add(row)


def snooze(session: Session, actor: Actor, notice_id: int, *, until: datetime) -> None:
    """Snooze a notification until a time, when it is unread again. Raises NotFound, Invalid."""
    now = clock.now()
    if not now < until <= now + MAX_SNOOZE:
        raise Invalid("Choose a time within the next year.", fields={"until": "Not within the next year."})
    row = _get_own(session, actor, notice_id)
    row.read_at, row.snoozed_until = None, until
    session.add(row)


def find_newest_unread(session: Session, actor: Actor, ticket_id: int) -> int | None:
    """Return the id of the actor's newest unread notification on a ticket, or None."""
    found = _select_own(actor, func.max(Notice.id)).where(
        Notice.ticket_id == ticket_id, col(Notice.read_at).is_(None), _awake_condition(clock.now())
    )
    return session.exec(found).one()


def mark_all_read(session: Session, actor: Actor, *, until: int, ticket_id: int | None = None) -> None:
    """Mark the actor's notifications up to the id `until` as read, with `ticket_id` only those on that ticket."""
    now = clock.now()
    seen = update(Notice).where(
        col(Notice.person_id) == actor.id,
        col(Notice.id) <= until,
        col(Notice.read_at).is_(None),
        _awake_condition(now),
    )
    if ticket_id is not None:
        seen = seen.where(col(Notice.ticket_id) == ticket_id)
    session.execute(
        gate.unscoped(
            seen.values(read_at=now), "only the actor's own notifications", synchronize_session=False
        )
    )


def forget_old(session: Session, *, limit: int) -> int:
    """Delete at most `limit` notifications that were read long ago or never listed. Return how many."""
    before = clock.now() - timedelta(days=settings.current().notice_days)
    done = or_(col(Notice.read_at) < before, ~col(Notice.listed) & (col(Notice.at) < before))
    ids = session.exec(
        gate.unscoped(select(Notice.id).where(done).limit(limit), "the worker cleans up for all")
    ).all()
    gone = delete(Notice).where(col(Notice.id).in_(ids))
    session.execute(gate.unscoped(gone, "the worker cleans up for all", synchronize_session=False))
    return len(ids)
