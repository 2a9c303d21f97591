"""Merge previews: what a merge would move, which tickets were merged into a ticket, and where a ticket was merged."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select

from db.models import Attachment, Comment, Merge, Participant, Person, Status, Ticket
from db.vocabulary import Permission, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.core.errors import NotFound
from lib.lists import filters, ticket_list
from lib.search_index import index
from lib.tickets import links, tickets

MAX_SUGGESTIONS = 8
"""Maximum number of tickets suggested to merge into."""


@dataclass(frozen=True)
class MergedTicket:
    """A ticket involved in a merge. `number` is None if the actor can't see it."""

    number: int | None
    title: str
    by: str
    at: datetime


@dataclass(frozen=True)
class MergeSuggestion:
    """A ticket that another could be merged into."""

    number: int
    title: str
    status: str
    requester: str


@dataclass(frozen=True)
class MergePreview:
    """What a merge would move, and what it would change for people."""

    title: str
    replies: int
    files: int
    new_readers: tuple[str, ...]
    """The names of people who would newly see the whole other ticket."""
    tags: tuple[str, ...]
    links: int
    confides: bool
    """Whether the other ticket would become confidential."""
    confidential: bool
    """Whether the other ticket is confidential, so that the new readers could read it."""
    done: str
    """The other ticket's status if it is done, else empty."""


def find_target(session: Session, actor: Actor, ticket: Ticket) -> MergedTicket | None:
    """Return the ticket that a ticket was merged into, or None if it is not merged.

    The caller has found the ticket through the gate.
    """
    if ticket.merged_into_id is None:
        return None
    chosen = _select_merges().where(Merge.source_id == ticket.id)
    by, at = session.exec(chosen).one()
    seen = gate.visible(actor, Ticket.id, Ticket.title).where(col(Ticket.id) == ticket.merged_into_id)
    row = session.exec(seen).first()
    return (
        MergedTicket(row[0], row[1], by or "Docket", at)
        if row
        else MergedTicket(None, "", by or "Docket", at)
    )


def list_sources(session: Session, actor: Actor, ticket: Ticket) -> list[MergedTicket]:
    """Return the tickets that are merged into a ticket and that the actor can see, oldest merge first."""
    rows = session.exec(_select_sources(actor), params={"number": ticket.id}).all()
    return [MergedTicket(number, title, by or "Docket", at) for number, title, by, at in rows]


@lru_cache(maxsize=gate.CACHED_STATEMENTS)
def _select_sources(actor: Actor) -> Any:
    return (
        gate.visible(actor, Ticket.id, Ticket.title, Person.name, Merge.at)
        .join(Merge, col(Merge.source_id) == Ticket.id)
        .outerjoin(Person, col(Person.id) == Merge.actor_id)
        .where(Merge.target_id == bindparam("number"), col(Merge.undone_at).is_(None))
        .order_by(Merge.at)
    )


def _select_merges() -> Any:
    chosen = select(Person.name, Merge.at).outerjoin(Person, col(Person.id) == Merge.actor_id)
    return gate.unscoped(chosen.where(col(Merge.undone_at).is_(None)), "found through the gate")


def can_undo(actor: Actor) -> bool:
    """Return whether the actor may undo merges."""
    return actor.may(Permission.SYSTEM_MANAGE, least=Scope.ALL)


def suggest_targets(session: Session, actor: Actor, ticket: Ticket, words: str) -> list[MergeSuggestion]:
    """Return tickets the actor works on that `ticket` could merge into: by number or words, else by similarity."""
    words = words.strip()
    named = words.removeprefix("#")
    if named.isascii() and named.isdigit():
        numbers = [int(named)] if len(named) < 10 else []
    elif words:
        found = filters.parse_parameters(session, actor, {"q": [words]})
        numbers = [
            row.number for row in ticket_list.get_page(session, actor, found, limit=MAX_SUGGESTIONS + 2).rows
        ]
    else:
        numbers = [
            card.number
            for card in index.find_similar(session, actor, ticket.title, limit=MAX_SUGGESTIONS + 1)
        ]
    rows = session.exec(
        gate.visible(actor, Ticket.id, Ticket.title, Status.name, Person.name)
        .join(Status, col(Status.id) == Ticket.status_id)
        .join(Person, col(Person.id) == Ticket.requester_id)
        .where(col(Ticket.id).in_(numbers), col(Ticket.id) != ticket.id, col(Ticket.merged_into_id).is_(None))
        .where(gate.scope_condition(actor, Permission.TICKET_MERGE))
    ).all()
    listed = sorted(rows, key=lambda row: numbers.index(row[0]))
    return [MergeSuggestion(*row) for row in listed[:MAX_SUGGESTIONS]]


def build(session: Session, actor: Actor, ticket: Ticket, *, into: int) -> MergePreview:
    """Return what merging a ticket into another would do. Raises NotFound."""
    other = tickets.find(session, actor, into)
    status = session.get_one(Status, other.status_id)
    heard = gate.visible(actor, func.count(col(Comment.id))).join(
        Comment, col(Comment.ticket_id) == Ticket.id
    )
    heard = heard.where(Comment.ticket_id == ticket.id, gate.visible_comments_condition(actor))
    files = select(func.count()).where(
        Attachment.ticket_id == ticket.id, col(Attachment.removed_at).is_(None)
    )
    there = set(tickets.list_tags(session, other))
    return MergePreview(
        title=other.title,
        replies=session.exec(heard).one(),
        files=session.exec(gate.unscoped(files, "found through the gate")).one(),
        new_readers=_list_new_readers(session, ticket, other),
        tags=tuple(t for t in tickets.list_tags(session, ticket) if t not in there),
        links=len(
            [card for card in links.list_for_ticket(session, actor, ticket) if card.number != other.id]
        ),
        confides=ticket.confidential and not other.confidential,
        confidential=other.confidential,
        done="" if other.open else status.name,
    )


def _list_new_readers(session: Session, ticket: Ticket, other: Ticket) -> tuple[str, ...]:
    def people(of: Ticket) -> set[int]:
        copied = select(Participant.person_id).where(Participant.ticket_id == of.id)
        return {of.requester_id, *session.exec(gate.unscoped(copied, "found through the gate")).all()}

    fresh = people(ticket) - people(other)
    names = select(Person.name).where(col(Person.id).in_(fresh)).order_by(Person.name)
    return tuple(session.exec(names).all())


def find_target_ticket(session: Session, actor: Actor, ticket: Ticket) -> Ticket | None:
    """Return the ticket that a merged ticket leads to, or None if the actor can't see it."""
    if ticket.merged_into_id is None:
        return None
    try:
        return tickets.find(session, actor, ticket.merged_into_id)
    except NotFound:
        return None
