"""One's notices in Docket: newest first, as far as one may still see what they tell of."""

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
"""Characters of a comment that a notice shows."""
MAX_SNOOZE = timedelta(days=366)
"""How far off a notice may be put."""


@dataclass(frozen=True)
class NotificationCard:
    """A notice: `sentence` goes on after the doer's name, and no actor means Docket itself."""

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
        """Where in Docket it leads: to the comment it tells of, or to the ticket."""
        return ticket_path(self.ticket, self.comment_id)


def ticket_path(ticket: int, comment_id: int | None) -> str:
    """Return where in Docket a ticket, or a comment on it, is to be seen."""
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
    """Count one's unread notices that are not put off, up to one more than `most`.

    Those on the ticket `but` are left out, as one looks at it.
    """
    return session.exec(_select_unread_count(actor, most), params={"now": clock.now(), "but": but or 0}).one()


@lru_cache(maxsize=gate.CACHED_STATEMENTS)
def _select_unread_count(actor: Actor, most: int) -> Any:
    """Return the select that counts them, as every page asks for it; no ticket has the number 0."""
    found = _select_own(actor, Notice.id).where(
        col(Notice.read_at).is_(None),
        _awake_condition(bindparam("now")),
        col(Notice.ticket_id) != bindparam("but"),
    )
    return gate.select_count(found.limit(most + 1))


def list_notifications(
    session: Session, actor: Actor, *, only_unread: bool = False, before: int | None = None, limit: int = 50
) -> list[NotificationCard]:
    """Return one's notices, newest first, those before the notice `before`; what is put off comes back in time."""
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
    """Return what was done as its person is told: spoken to, where it was done to them."""
    if notice.relation == RecipientReason.MENTIONED:
        return "mentioned you in an internal note" if internal else "mentioned you"
    if (notice.occasion, notice.relation) == (NotificationType.ASSIGNED, RecipientReason.ASSIGNEE):
        return "assigned it to you"
    return "added you to CC" if notice.occasion == NotificationType.COPIED else told


def _format_excerpt(body: str) -> str:
    line = rendering.to_line(body)
    return line if len(line) <= EXCERPT_LENGTH else f"{line[:EXCERPT_LENGTH].rstrip()} …"


def _get_own(session: Session, actor: Actor, notice_id: int) -> Notice:
    """Return one's own notice to change it; raises NotFound."""
    row = session.exec(_select_own(actor, Notice).where(Notice.id == notice_id)).first()
    if row is None:
        raise gate.not_found(actor, Permission.TICKET_READ, "notice", notice_id)
    return row


def mark_read(session: Session, actor: Actor, notice_id: int) -> None:
    """Note that one has read a notice. Raises NotFound."""
    row = _get_own(session, actor, notice_id)
    row.read_at = row.read_at or clock.now()
    session.add(row)


def mark_unread(session: Session, actor: Actor, notice_id: int) -> None:
    """Let a notice be unread again. Raises NotFound."""
    row = _get_own(session, actor, notice_id)
    row.read_at = row.snoozed_until = None
    session.add(row)


def snooze(session: Session, actor: Actor, notice_id: int, *, until: datetime) -> None:
    """Put a notice off until a moment, when it is unread again. Raises NotFound, Invalid."""
    now = clock.now()
    if not now < until <= now + MAX_SNOOZE:
        raise Invalid("Choose a time within the next year.", fields={"until": "Not within the next year."})
    row = _get_own(session, actor, notice_id)
    row.read_at, row.snoozed_until = None, until
    session.add(row)


def find_newest_unread(session: Session, actor: Actor, ticket_id: int) -> int | None:
    """Return one's newest unread notice on a ticket, or None."""
    found = _select_own(actor, func.max(Notice.id)).where(
        Notice.ticket_id == ticket_id, col(Notice.read_at).is_(None), _awake_condition(clock.now())
    )
    return session.exec(found).one()


def mark_all_read(session: Session, actor: Actor, *, until: int, ticket_id: int | None = None) -> None:
    """Note that one has read every notice up to the one with the id `until`, or of them those on one ticket."""
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
    """Forget notices that were read long ago, and those that were never listed, at most `limit`; return how many."""
    before = clock.now() - timedelta(days=settings.current().notice_days)
    done = or_(col(Notice.read_at) < before, ~col(Notice.listed) & (col(Notice.at) < before))
    ids = session.exec(
        gate.unscoped(select(Notice.id).where(done).limit(limit), "the worker cleans up for all")
    ).all()
    gone = delete(Notice).where(col(Notice.id).in_(ids))
    session.execute(gate.unscoped(gone, "the worker cleans up for all", synchronize_session=False))
    return len(ids)
