"""What a message has to say at the moment it is sent, to whoever its person is by then."""

import hashlib
import hmac
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, select

from db.models import Comment, Event, Message, Notice, Person, Role, SlackPlace, TeamNotice, Ticket
from db.vocabulary import Channel, Medium, Occasion, Permission, Priority, Purpose, Relation, Sort
from lib import clock, gate, settings
from lib.desk import history
from lib.gate import Actor
from lib.notices import inbox, rules, samples
from lib.notices.saying import Content, Post, Said
from lib.people import onetime, sessions


def of(session: Session, message: Message) -> Content | None:
    """Return what a message has to say by now, or None when nothing is left that its person may hear."""
    found = select(Person, Role.name).join(Role, col(Role.id) == Person.role_id)
    row = session.exec(found.where(Person.id == message.person_id, col(Person.active))).first()
    if row is None:
        return None
    person, role = row
    said: tuple[Said, ...] = ()
    link = facts = ""
    match message.sort:
        case Sort.TICKET | Sort.DIGEST:
            actor = sessions.actor(session, person, role, channel=Channel.WORKER)
            said = _said(session, actor, message)
            if not said:
                return None
            if message.medium == Medium.SLACK:
                facts = _facts(session, said[-1].ticket)
        case sort if sort in samples.SORTS:
            return samples.content(samples.SORTS[Sort(sort)], person)
        case Sort.INVITATION | Sort.PASSWORD:
            if onetime.peek(session, Purpose.PASSWORD, secret(message)) is None:
                return None
            link = f"/set-password?token={secret(message)}"
    return Content(
        Sort(message.sort), person.id or 0, person.name, person.email, person.timezone, said, facts, link
    )


def posted(session: Session, message: Message) -> Post | None:
    """Return what a team's channel is told by now, or None when the ticket is no longer the team's."""
    ticket = session.get(Ticket, message.ticket_id, execution_options=gate.PASS)
    place = session.get(SlackPlace, message.team_id)
    if ticket is None or place is None or ticket.deleted_at or ticket.team_id != message.team_id:
        return None
    found = select(TeamNotice, Event).join(Event, col(Event.id) == TeamNotice.event_id)
    found = found.where(TeamNotice.message_id == message.id, ~col(Event.internal)).order_by(
        col(TeamNotice.id)
    )
    rows = session.exec(found.execution_options(**gate.PASS)).all()
    if not rows:
        return None
    number = ticket.id or 0
    if ticket.confidential or not place.detailed:
        short = dict.fromkeys(rules.SHORT[Occasion(notice.occasion)] for notice, _ in rows)
        return Post(number, "" if ticket.confidential else ticket.title, tuple(short), "")
    reader = gate.system("Slack", Permission.TICKET_READ)
    lines = history.told(session, reader, [event for _, event in rows])
    deeds = tuple(f"{line.actor or 'Docket'} {line.sentence}" for line in lines)
    return Post(number, ticket.title, deeds, _facts(session, number))


def _facts(session: Session, number: int) -> str:
    ticket = session.get_one(Ticket, number, execution_options=gate.PASS)
    requester = session.exec(select(Person.name).where(Person.id == ticket.requester_id)).one()
    hours = int((clock.now() - ticket.created_at).total_seconds() // 3600)
    age = f"{hours // 24} days old" if hours >= 48 else f"{hours} hours old" if hours >= 2 else "new"
    return f"Priority {Priority(ticket.priority).label}, asked by {requester}, {age}"


def secret(message: Message) -> str:
    """Return the one-time secret that an account's mail holds: the same for every attempt, and in no table."""
    about = f"outbox:{message.id}:{message.created_at.isoformat()}".encode()
    return hmac.new(settings.current().key(), about, hashlib.sha256).hexdigest()


def _said(session: Session, actor: Actor, message: Message) -> tuple[Said, ...]:
    own = Notice.mail_id if message.medium == Medium.MAIL else Notice.slack_id
    notes = or_(~col(Event.internal), gate.within(actor, Permission.COMMENT_READ_INTERNAL))
    found: Any = (
        gate.visible(actor, Notice, Event, Ticket.title, Ticket.confidential, Comment)
        .join(Notice, col(Notice.ticket_id) == Ticket.id)
        .join(Event, col(Event.id) == Notice.event_id)
        .outerjoin(Comment, col(Comment.id) == Notice.comment_id)
        .where(own == message.id, Notice.person_id == actor.id, notes)
        .order_by(col(Notice.ticket_id), col(Notice.id))
    )
    if message.sort == Sort.DIGEST:
        found = found.where(col(Notice.read_at).is_(None))
    rows = session.exec(found).all()
    lines = history.told(session, actor, [event for _, event, *_ in rows])
    return tuple(
        Said(
            ticket=notice.ticket_id, title=title, actor=line.actor or "Docket",
            sentence=inbox.sentence(notice, line.sentence, internal=event.internal),
            body=comment.body if comment else "", internal=event.internal, at=event.at,
            path=inbox.place(notice.ticket_id, notice.comment_id), relation=Relation(notice.relation),
            occasion=Occasion(notice.occasion), discreet=confidential or event.internal,
        )
        for (notice, event, title, confidential, comment), line in zip(rows, lines, strict=True)
        if comment is None or comment.removed_at is None
    )  # fmt: skip
