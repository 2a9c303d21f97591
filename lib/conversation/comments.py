"""Comments: public replies and internal notes on a ticket. Requesters never receive an internal note in any form."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, literal, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col, select

from db.models import Comment, Person, Ticket
from db.types import UtcDateTime
from db.vocabulary import Action, Permission
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.conversation import attachments, mentions, watchers
from lib.core import clock, text
from lib.core.errors import Conflict, Invalid, NotPermitted
from lib.search_index import index

EDIT_WINDOW = timedelta(minutes=15)
"""How long authors can edit or delete their own comment."""


@dataclass(frozen=True)
class CommentCard:
    """A comment as shown by pages and the API. A deleted comment keeps its place without its text."""

    id: int
    author_id: int
    author: str
    body: str
    internal: bool
    created_at: datetime
    edited_at: datetime | None
    removed: bool
    version: int
    editable: bool
    came_from: int | None = None
    """The number of the merged ticket on which it was written."""
    mentions: Mapping[int, str] = field(default_factory=dict)
    """The people mentioned, as names by person id."""


def add(
    session: Session,
    actor: Actor,
    ticket: Ticket,
    *,
    body: str,
    internal: bool = False,
    files: Iterable[str] = (),
) -> Comment:
    """Add a comment with uploaded `files`. Mentioned people who can read it start watching the ticket.

    The first public reply by somebody who works on the ticket and is not its requester is the first response. Raises
    NotPermitted, Invalid.
    """
    gate.permit(
        session, actor, Permission.COMMENT_INTERNAL if internal else Permission.COMMENT_PUBLIC, ticket
    )
    now = clock.now()
    by_staff = actor.id != ticket.requester_id and gate.works_on(
        actor, Permission.COMMENT_READ_INTERNAL, ticket
    )
    comment = Comment(
        ticket_id=ticket.id,
        author_id=actor.person_id,
        internal=internal,
        by_staff=by_staff,
        assignee_id=ticket.assignee_id,
        body=text.clean_block(body, field="body"),
        created_at=now,
    )
    session.add(comment)
    session.flush()
    attachments.attach(session, actor, files, ticket=ticket, comment=comment)
    named = mentions.find_in_text(session, actor, ticket, body=comment.body, internal=internal)
    mentions.set_for_comment(session, comment, named.people)
    watchers.add_mentioned(session, ticket, named.people)
    _touch_ticket(session, ticket, at=now, internal=internal, answers=by_staff and not internal)
    index.index_comment(session, comment)
    subject = f"comment:{comment.id}"
    events.record(
        session, actor, Action.COMMENT_ADDED, ticket_id=ticket.id, subject=subject, internal=internal
    )
    return comment


def _touch_ticket(session: Session, ticket: Ticket, *, at: datetime, internal: bool, answers: bool) -> None:
    """Update the ticket's times after a comment. Its version stays, so that comments and edits never conflict."""
    now = literal(at, UtcDateTime())
    values: dict[str, ColumnElement] = {"updated_at": now}
    if not internal:
        values["public_updated_at"] = now
    if answers:
        values["first_response_at"] = func.coalesce(Ticket.first_response_at, now)
        first = col(Ticket.first_response_at).is_(None)
        values["responder_id"] = case((first, col(Ticket.assignee_id)), else_=col(Ticket.responder_id))
    spoken = update(Ticket).where(col(Ticket.id) == ticket.id).values(values)
    session.execute(gate.unscoped(spoken, "the comment was permitted", synchronize_session=False))
    for told in {"updated_at", "public_updated_at"} & set(values):
        set_committed_value(ticket, told, at)
    if answers and ticket.first_response_at is None:
        set_committed_value(ticket, "first_response_at", at)
        set_committed_value(ticket, "responder_id", ticket.assignee_id)


def settle_first_response(session: Session, ticket: Ticket) -> None:
    """Set the first response to the first public staff reply that remains, since replies can be deleted and moved."""
    replies = (
        select(Comment.created_at, Comment.assignee_id)
        .where(Comment.ticket_id == ticket.id, col(Comment.by_staff), ~col(Comment.internal))
        .where(col(Comment.removed_at).is_(None), col(Comment.came_from).is_(None))
        .order_by(col(Comment.created_at), col(Comment.id))
        .limit(1)
    )
    found = session.exec(gate.unscoped(replies, "only times and ids, for the first response")).first()
    at, holder = found or (None, None)
    settled = (
        update(Ticket).where(col(Ticket.id) == ticket.id).values(first_response_at=at, responder_id=holder)
    )
    session.execute(gate.unscoped(settled, "only the first response changes", synchronize_session=False))
    set_committed_value(ticket, "first_response_at", at)
    set_committed_value(ticket, "responder_id", holder)


def get_with_ticket(
    session: Session, actor: Actor, comment_id: int, *, to_change: bool = False
) -> tuple[Comment, Ticket]:
    """Return a comment that the actor can read, with its ticket. Raises NotFound.

    With `to_change`, the comment is locked until the transaction ends.
    """
    chosen = (
        gate.visible(actor, Comment, Ticket)
        .join(Comment, col(Comment.ticket_id) == Ticket.id)
        .where(col(Comment.id) == comment_id, gate.visible_comments_condition(actor))
    )
    if to_change:
        chosen = chosen.with_for_update(of=Comment)
    row = session.exec(chosen).first()
    if row is None:
        raise gate.not_found(actor, Permission.TICKET_READ, "comment", comment_id)
    return row[0], row[1]


def list_for_ticket(
    session: Session,
    actor: Actor,
    ticket: Ticket,
    *,
    after: int = 0,
    before: int | None = None,
    limit: int = 50,
) -> list[CommentCard]:
    """Return comments the actor can read, oldest first: the first after id `after`, or the last before id `before`."""
    chosen = (
        select(Comment, Person.name)
        .join(Person, col(Person.id) == Comment.author_id)
        .join(Ticket, col(Ticket.id) == Comment.ticket_id)
        .where(
            Comment.ticket_id == ticket.id, gate.visible_comments_condition(actor), col(Comment.id) > after
        )
    )
    newest = before is not None
    chosen = chosen.where(col(Comment.id) < before) if before else chosen
    order = col(Comment.id).desc() if newest else col(Comment.id)
    rows = session.exec(gate.unscoped(chosen.order_by(order).limit(limit), "found through the gate")).all()
    named = mentions.list_for_comments(session, [comment.id for comment, _ in rows])
    return [
        _build_card(actor, comment, author, named.get(comment.id, {}))
        for comment, author in (reversed(rows) if newest else rows)
    ]


def _build_card(actor: Actor, comment: Comment, author: str, named: Mapping[int, str]) -> CommentCard:
    """Return a comment as the actor sees it, with the people it mentions."""
    removed = comment.removed_at is not None
    fresh = comment.created_at > clock.now() - EDIT_WINDOW
    return CommentCard(
        id=comment.id,
        author_id=comment.author_id,
        author=author,
        body="" if removed else comment.body,
        internal=comment.internal,
        created_at=comment.created_at,
        edited_at=comment.edited_at,
        removed=removed,
        version=comment.version,
        editable=fresh
        and not removed
        and comment.author_id == actor.id
        and actor.may(Permission.COMMENT_EDIT_OWN),
        came_from=comment.came_from,
        mentions={} if removed else named,
    )


def find_created_at(session: Session, actor: Actor, ticket: Ticket, comment_id: int) -> datetime | None:
    """Return when a comment of the ticket was written, or None if the actor can't read it."""
    chosen = (
        gate.visible(actor, Comment.created_at)
        .join(Comment, col(Comment.ticket_id) == Ticket.id)
        .where(
            Comment.ticket_id == ticket.id, Comment.id == comment_id, gate.visible_comments_condition(actor)
        )
    )
    return session.exec(chosen).first()


def get_author_name(session: Session, comment: Comment) -> str:
    """Return the name of the author of a comment. The caller has found the comment through the gate."""
    return session.get_one(Person, comment.author_id).name


def to_card(session: Session, actor: Actor, comment: Comment, author: str) -> CommentCard:
    """Return a comment as the actor sees it. The caller has found the comment through the gate."""
    named = mentions.list_for_comments(session, [comment.id])
    return _build_card(actor, comment, author, named.get(comment.id, {}))


def edit(session: Session, actor: Actor, comment: Comment, ticket: Ticket, *, body: str, seen: int) -> None:
    """Edit your own comment within 15 minutes. The earlier text stays in the history.

    Raises NotPermitted, Conflict (it was changed since version `seen`), Invalid (too late).
    """
    _permit_edit(session, actor, comment, ticket)
    if comment.version != seen:
        raise Conflict(
            "Somebody else changed this comment. Your change was not saved.",
            current={"version": comment.version},
        )
    body = text.clean_block(body, field="body")
    if body == comment.body:
        return
    was, comment.body = comment.body, body
    comment.version += 1
    comment.edited_at = clock.now()
    named = mentions.find_in_text(session, actor, ticket, body=body, internal=comment.internal)
    mentions.set_for_comment(session, comment, named.people)
    watchers.add_mentioned(session, ticket, named.people)
    index.index_comment(session, comment)
    _record_event(session, actor, Action.COMMENT_EDITED, comment, old=was)


def remove(session: Session, actor: Actor, comment: Comment, ticket: Ticket) -> None:
    """Delete your own comment within 15 minutes. Its place stays without text. Raises NotPermitted, Invalid."""
    _permit_edit(session, actor, comment, ticket)
    comment.body = ""
    comment.version += 1
    comment.removed_at = clock.now()
    mentions.set_for_comment(session, comment, ())
    index.index_comment(session, comment)
    session.flush()
    if comment.came_from is None:
        settle_first_response(session, ticket)
    _record_event(session, actor, Action.COMMENT_REMOVED, comment, old=None)


def _permit_edit(session: Session, actor: Actor, comment: Comment, ticket: Ticket) -> None:
    gate.permit(session, actor, Permission.COMMENT_EDIT_OWN, ticket)
    if comment.author_id != actor.id:
        raise NotPermitted(
            "Only the author can edit a comment.",
            permission=Permission.COMMENT_EDIT_OWN.value,
            denial=gate.build_denial(actor, Permission.COMMENT_EDIT_OWN, "comment", comment.id),
        )
    if comment.removed_at is not None or comment.created_at < clock.now() - EDIT_WINDOW:
        raise Invalid("You can edit a comment only within 15 minutes. Write another one instead.")


def _record_event(
    session: Session, actor: Actor, action: Action, comment: Comment, *, old: str | None
) -> None:
    subject, internal = f"comment:{comment.id}", comment.internal
    events.record(
        session,
        actor,
        action,
        ticket_id=comment.ticket_id,
        subject=subject,
        field="body",
        old=old,
        internal=internal,
    )
