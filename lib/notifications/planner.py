"""Notification planner: at the end of each transaction, saves who is notified of its events and where."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from db.models import (
    DeliveryNotice,
    Event,
    Message,
    Notice,
    NotificationPreference,
    NotificationSchedule,
    Person,
    Status,
    TeamNotification,
    Ticket,
)
from db.vocabulary import MessageKind, NotificationChannel, NotificationType, RecipientReason
from lib.access import gate
from lib.audit import events
from lib.core import clock
from lib.desk_settings import desk_settings
from lib.notifications import channels, default_rules, event_types, recipients, rules
from lib.notifications.delivery import bundling, schedule
from lib.notifications.delivery.channel import Channel
from lib.notifications.rules import NotificationRules


@dataclass(frozen=True)
class _Recipient:
    """One recipient of one event: their channels, and when they can be notified."""

    notice: Notice
    media: frozenset[NotificationChannel]
    habit: NotificationSchedule
    zone: str | None
    pressing: bool


def write(session: Session) -> None:
    """Save the notifications for this transaction's events. Called once, before it commits."""
    kinds: dict[str, str] = {}

    def known() -> dict[str, str]:
        kinds.update(kinds or session.exec(select(Status.name, Status.kind)).all())
        return kinds

    own: NotificationRules | None = None
    for event in events.take_recorded(session):
        occasion = event_types.find_for_event(event, known) if event.ticket_id is not None else None
        if occasion is not None:
            session.flush()
            own = own or rules.load(session)
            _plan_event(session, event, occasion, own)


def _plan_event(session: Session, event: Event, occasion: NotificationType, own: NotificationRules) -> None:
    ticket = gate.unscoped_get(session, Ticket, event.ticket_id, "each recipient is checked")
    if ticket is None:
        return
    people = recipients.list_for_event(session, event, occasion, ticket=ticket, book=own)
    usual = {id: own.media(occasion, relation) for id, relation in people.items()}
    told = [each for each in _choose_channels(session, event, occasion, people, usual=usual) if each.media]
    session.add_all(each.notice for each in told)
    rooms = frozenset() if event.internal else own.media(occasion, RecipientReason.CHANNEL)
    for channel in channels.ALL:
        _enqueue(session, event, [each for each in told if channel.name in each.media], channel)
        if channel.name in rooms and channel.reaches(session, ticket.team_id):
            _plan_channel_post(session, event, occasion, channel.name, team_id=ticket.team_id)
    session.flush()


def _plan_channel_post(
    session: Session, event: Event, occasion: NotificationType, medium: NotificationChannel, *, team_id: int
) -> None:
    """Add an event to the post for a team's channel, in a message that is still waiting or a new one."""
    now = clock.now()
    due = now
    if not default_rules.is_immediate(occasion, RecipientReason.CHANNEL):
        about = {"medium": medium, "ticket_id": event.ticket_id, "at": now}
        due = max(
            now,
            bundling.find_window_ends(session, col(Message.team_id), [team_id], **about).get(team_id, now),
        )
    chosen: Any = select(Message).where(
        Message.team_id == team_id, Message.ticket_id == event.ticket_id, Message.medium == medium,
        Message.attempts == 0,
        col(Message.done_at).is_(None), col(Message.parked_at).is_(None),
    )  # fmt: skip
    chosen = chosen.order_by(col(Message.id).desc()).limit(1).with_for_update()
    message = session.exec(gate.unscoped(chosen, "messages hold only ids", populate_existing=True)).first()
    if message is None:
        message = Message(
            medium=medium, sort=MessageKind.CHANNEL, team_id=team_id, ticket_id=event.ticket_id,
            created_at=now, due_at=due,
        )  # fmt: skip
    message.due_at = min(message.due_at, due)
    session.add(message)
    session.flush()
    session.add(
        TeamNotification(
            message_id=message.id,
            event_id=event.id,
            ticket_id=event.ticket_id or 0,
            occasion=occasion,
        )
    )


def _choose_channels(
    session: Session,
    event: Event,
    occasion: NotificationType,
    people: Mapping[int, RecipientReason],
    *,
    usual: Mapping[int, frozenset[NotificationChannel]],
) -> Iterable[_Recipient]:
    """Yield each recipient of an event with their channels, by the rules and their own settings."""
    if not people:
        return
    choices = select(NotificationPreference).where(
        NotificationPreference.occasion == occasion, col(NotificationPreference.person_id).in_(list(people))
    )
    chose = {(c.person_id, c.relation, c.medium): c.wanted for c in session.exec(choices).all()}
    habits = select(NotificationSchedule).where(col(NotificationSchedule.person_id).in_(list(people)))
    habit = {h.person_id: h for h in session.exec(habits).all()}
    found = session.exec(select(Person.id, Person.timezone).where(col(Person.id).in_(list(people)))).all()
    zones = {id: desk_settings.resolve_zone(session, own).key for id, own in found}
    for id, relation in sorted(people.items()):
        wanted = frozenset(
            m for m in channels.list_configured() if chose.get((id, relation, m), m in usual[id])
        )
        notice = Notice(
            person_id=id,
            event_id=event.id,
            ticket_id=event.ticket_id or 0,
            occasion=occasion,
            relation=relation,
            comment_id=recipients.find_comment_id(event),
            listed=NotificationChannel.DOCKET in wanted,
            at=event.at,
        )
        pressing = default_rules.is_immediate(occasion, relation)
        yield _Recipient(notice, wanted, habit.get(id, schedule.DEFAULT_HABIT), zones.get(id), pressing)


def _enqueue(session: Session, event: Event, told: Sequence[_Recipient], channel: Channel) -> None:
    """Add an event to each recipient's message, one that is still waiting or a new one."""
    if not told:
        return
    medium = channel.name
    gathered = {t.notice.person_id for t in told if channel.digests and t.habit.hours and not t.pressing}
    waiting = _find_unsent_messages(
        session, {t.notice.person_id for t in told} - gathered, medium, event.ticket_id
    )
    waiting |= _find_unsent_messages(session, gathered, medium, None)
    now = clock.now()
    held = {t.notice.person_id for t in told if not t.pressing} - gathered
    about = {"medium": medium, "ticket_id": event.ticket_id, "at": now}
    ends = bundling.find_window_ends(session, col(Message.person_id), held, **about)
    for each in told:
        person = each.notice.person_id
        due = _find_due_time(each, now, ends=ends.get(person, now), gathered=person in gathered)
        message = waiting.get(person)
        if message is None:
            sort, ticket = (
                (MessageKind.DIGEST, None) if person in gathered else (MessageKind.TICKET, event.ticket_id)
            )
            message = Message(
                medium=medium, sort=sort, person_id=person, ticket_id=ticket, created_at=now, due_at=due
            )
            session.add(message)
        message.due_at = min(message.due_at, due)
        session.flush()
        session.add(DeliveryNotice(delivery_id=message.id, notice_id=each.notice.id))


def _find_due_time(each: _Recipient, now: datetime, *, ends: datetime, gathered: bool) -> datetime:
    if gathered:
        return schedule.next_digest_time(each.habit, each.zone, now)
    return schedule.next_reachable_time(each.habit, each.zone, max(now, ends))


def _find_unsent_messages(
    session: Session, people: set[int], medium: NotificationChannel, ticket_id: int | None
) -> dict[int, Message]:
    """Return messages that nobody has begun to send, locked so that nobody does before this commits."""
    if not people:
        return {}
    chosen: Any = select(Message).where(
        col(Message.person_id).in_(people), Message.medium == medium,
        Message.sort == (MessageKind.TICKET if ticket_id else MessageKind.DIGEST), Message.ticket_id == ticket_id,
        Message.attempts == 0, col(Message.done_at).is_(None), col(Message.parked_at).is_(None),
    )  # fmt: skip
    chosen = chosen.order_by(col(Message.id)).with_for_update(skip_locked=ticket_id is None)
    rows = session.exec(gate.unscoped(chosen, "messages hold only ids", populate_existing=True)).all()
    return {row.person_id or 0: row for row in rows}
