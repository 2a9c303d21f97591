"""Builds a message's content when it is sent, from what its recipient may see at that time."""

import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import bindparam
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from db.models import (
    Comment,
    DeliveryNotice,
    Event,
    Message,
    Notice,
    Person,
    Role,
    TeamNotification,
    TeamSlackChannel,
    Ticket,
)
from db.vocabulary import (
    Action,
    MessageKind,
    NotificationType,
    Permission,
    Priority,
    Purpose,
    RecipientReason,
    Source,
)
from lib.access import gate
from lib.access.gate import Actor
from lib.conversation import history
from lib.core import clock, settings
from lib.desk_settings import desk_settings
from lib.identity import one_time_tokens, sessions
from lib.notifications import channels, default_rules, inbox
from lib.notifications.content_types import ChannelPost, Content, ContentEntry
from lib.notifications.email import samples


class _NoticeRow(NamedTuple):
    """A notification in a message, with its event, ticket and comment."""

    notice: Notice
    event: Event
    ticket: Ticket
    comment: Comment | None


_PEOPLE_STATEMENT = (
    select(Person, Role.name)
    .join(Role, col(Role.id) == Person.role_id)
    .where(col(Person.id).in_(bindparam("ids", expanding=True)), col(Person.active))
)


_LONG_COLUMN: Any = Ticket.description


def _select_notices() -> Any:
    """Select notifications with their tickets, by message. `_can_notify` checks who may see each."""
    found: Any = (
        select(Notice, Event, Ticket, Comment)
        .add_columns(col(DeliveryNotice.delivery_id))
        .join(DeliveryNotice, col(DeliveryNotice.notice_id) == Notice.id)
        .join(Event, col(Event.id) == Notice.event_id)
        .join(Ticket, col(Ticket.id) == Notice.ticket_id)
        .outerjoin(Comment, col(Comment.id) == Notice.comment_id)
        .where(col(DeliveryNotice.delivery_id).in_(bindparam("ids", expanding=True)))
        .order_by(col(Notice.ticket_id), col(Notice.id))
    )
    return gate.unscoped(found.options(defer(_LONG_COLUMN)), "each recipient is checked")


_NOTICE_STATEMENT = _select_notices()
"""Built once, because building the statement takes longer than running it."""


def build(session: Session, message: Message) -> Content | ChannelPost | None:
    """Return a message's current content, or None if nothing is left that its person or team may see."""
    if message.team_id is not None:
        return _build_post(session, message)
    return build_many(session, [message])[message.id]


def build_many(session: Session, messages: Sequence[Message]) -> dict[int, Content | None]:
    """Do what `build` does for messages to people, by message id, in a fixed number of statements."""
    people = _load_people(session, {message.person_id or 0 for message in messages})
    proven = {id for id, (person, _) in people.items() if not person.email_unproven}
    told = [
        m for m in messages if m.sort in (MessageKind.TICKET, MessageKind.DIGEST) and m.person_id in proven
    ]
    said = (
        _load_entries(session, told, sessions.build_actors(session, people, channel=Source.WORKER))
        if told
        else {}
    )
    return {
        message.id: _build_content(session, message, people[message.person_id][0], said.get(message.id, ()))
        if message.person_id in people
        else None
        for message in messages
    }


def _load_people(session: Session, ids: Collection[int]) -> dict[int, tuple[Person, str]]:
    """Return those of these people who are active, with the name of their role."""
    rows = session.exec(_PEOPLE_STATEMENT, params={"ids": list(ids)}).all()
    return {person.id: (person, role) for person, role in rows}


def _build_content(
    session: Session, message: Message, person: Person, said: tuple[ContentEntry, ...]
) -> Content | None:
    link = facts = ""
    zone = desk_settings.resolve_zone(session, person.timezone).key
    match message.sort:
        case MessageKind.TICKET | MessageKind.DIGEST:
            if not said:
                return None
            if channels.find(message.medium).third_party:
                said, facts = _reduce(session, said)
        case sort if sort in samples.SAMPLE_KINDS:
            return samples.build_content(samples.SAMPLE_KINDS[MessageKind(sort)], person, zone=zone)
        case MessageKind.INVITATION | MessageKind.PASSWORD:
            if one_time_tokens.peek(session, Purpose.PASSWORD, derive_secret(message)) is None:
                return None
            link = f"/set-password?token={derive_secret(message)}"
        case MessageKind.ADDRESS:
            changed = _find_changed_address(session, message)
            return changed and Content(
                MessageKind.ADDRESS, person.id, person.name, changed[0], zone, address=changed[1]
            )
    return Content(
        MessageKind(message.sort), person.id, person.name, person.email, zone, said,
        facts=facts, link=link,
    )  # fmt: skip


def _find_changed_address(session: Session, message: Message) -> tuple[str, str] | None:
    """Return the old and new email address of a person from the change that a message is about."""
    changed = select(Event.old, Event.new).where(
        Event.action == Action.PERSON_CHANGED, Event.field == "email",
        Event.subject == f"person:{message.person_id}", Event.at <= message.created_at,
    )  # fmt: skip
    row = session.exec(
        gate.unscoped(changed.order_by(col(Event.id).desc()).limit(1), "only the recipient's own addresses")
    ).first()
    return (row[0], row[1]) if row is not None and row[0] and row[1] else None


def _build_post(session: Session, message: Message) -> ChannelPost | None:
    """Return the current post for a team's channel, or None if the ticket is no longer in the team."""
    ticket = gate.unscoped_get(session, Ticket, message.ticket_id, "the team's channel is checked")
    place = session.get(TeamSlackChannel, message.team_id)
    if ticket is None or place is None or ticket.deleted_at or ticket.team_id != message.team_id:
        return None
    found = select(TeamNotification, Event).join(Event, col(Event.id) == TeamNotification.event_id)
    found = found.where(TeamNotification.message_id == message.id, ~col(Event.internal)).order_by(
        col(TeamNotification.id)
    )
    rows = session.exec(gate.unscoped(found, "the team's channel is checked")).all()
    if not rows:
        return None
    number = ticket.id
    if ticket.confidential or not place.detailed:
        short = dict.fromkeys(
            default_rules.SHORT_LABELS[NotificationType(notice.occasion)] for notice, _ in rows
        )
        return ChannelPost(number, "" if ticket.confidential else ticket.title, tuple(short), "")
    reader = gate.system_actor("Slack", Permission.TICKET_READ)
    lines = history.format_events(session, reader, [event for _, event in rows])
    deeds = tuple(f"{line.actor or 'Docket'} {line.sentence}" for line in lines)
    return ChannelPost(number, ticket.title, deeds, _format_facts(session, number))


def _reduce(session: Session, said: Sequence[ContentEntry]) -> tuple[tuple[ContentEntry, ...], str]:
    """Return what may be sent to a third-party service, and a line of facts about the ticket where allowed.

    Comment text is never sent, and names only if the ticket's team wants them there. Of confidential tickets and
    notes not even the title is sent.
    """
    tickets = {each.ticket for each in said}
    discreet = {each.ticket for each in said if each.discreet}
    named = {ticket for ticket in tickets - discreet if _is_detailed(session, ticket)}
    reduced = tuple(
        replace(
            each,
            title="" if each.ticket in discreet else each.title,
            actor=each.actor if each.ticket in named else "",
            sentence=each.sentence
            if each.ticket in named
            else default_rules.format_short_label(each.occasion, each.relation),
            body="",
        )
        for each in said
    )
    return reduced, _format_facts(session, said[-1].ticket) if tickets == named and len(tickets) == 1 else ""


def _is_detailed(session: Session, number: int) -> bool:
    """Return whether a ticket's team wants more in Slack than the ticket's number, title and link."""
    ticket = session.exec(
        gate.unscoped(
            select(Ticket).where(Ticket.id == number), "only a setting of the ticket's team is read"
        )
    ).one()
    place = session.get(TeamSlackChannel, ticket.team_id)
    return place is not None and place.detailed


def _format_facts(session: Session, number: int) -> str:
    ticket = session.exec(
        gate.unscoped(select(Ticket).where(Ticket.id == number), "each recipient is checked")
    ).one()
    requester = session.exec(select(Person.name).where(Person.id == ticket.requester_id)).one()
    hours = int((clock.now() - ticket.created_at).total_seconds() // 3600)
    age = f"{hours // 24} days old" if hours >= 48 else f"{hours} hours old" if hours >= 2 else "new"
    return f"Priority {Priority(ticket.priority).label}, requested by {requester}, {age}"


def derive_secret(message: Message) -> str:
    """Return the one-time secret in an account email. It is the same for every attempt and not stored in any table."""
    about = f"outbox:{message.id}:{message.created_at.isoformat()}".encode()
    return hmac.new(settings.current().key(), about, hashlib.sha256).hexdigest()


def _load_entries(
    session: Session, messages: Sequence[Message], actors: Mapping[int, Actor]
) -> dict[int, tuple[ContentEntry, ...]]:
    """Return each message's entries by message id. The recipients must be among `actors`."""
    owed = {message.id: message for message in messages}
    found: dict[int, list[_NoticeRow]] = {id: [] for id in owed}
    for *rest, id in session.exec(_NOTICE_STATEMENT, params={"ids": list(owed)}).all():
        message, row = owed[id], _NoticeRow(*rest)
        if row.notice.person_id == message.person_id and _can_notify(session, actors, message, row):
            found[id].append(row)
    told = [(actors[owed[id].person_id or 0], [row.event for row in rows]) for id, rows in found.items()]
    lines = history.format_events_for_actors(session, told)
    return {
        id: tuple(_to_entry(row, line) for row, line in zip(rows, each, strict=True))
        for (id, rows), each in zip(found.items(), lines, strict=True)
    }


def _can_notify(session: Session, actors: Mapping[int, Actor], message: Message, row: _NoticeRow) -> bool:
    """Return whether the recipient may currently see the event and, for combined notifications, has not read it yet."""
    notice, event, ticket, comment = row
    actor = actors[notice.person_id]
    if (comment and comment.removed_at) or (message.sort == MessageKind.DIGEST and notice.read_at):
        return False
    if not gate.can_see(session, actor, ticket):
        return False
    return not event.internal or gate.can(session, actor, Permission.COMMENT_READ_INTERNAL, ticket)


def _to_entry(row: _NoticeRow, line: history.HistoryEntry) -> ContentEntry:
    notice, event, ticket, comment = row
    return ContentEntry(
        ticket=notice.ticket_id, title=ticket.title, actor=line.actor or "Docket",
        sentence=inbox.format_sentence(notice, line.sentence, internal=event.internal),
        body=comment.body if comment else "", internal=event.internal, at=event.at,
        path=inbox.ticket_path(notice.ticket_id, notice.comment_id), relation=RecipientReason(notice.relation),
        occasion=NotificationType(notice.occasion), discreet=ticket.confidential or event.internal,
    )  # fmt: skip
