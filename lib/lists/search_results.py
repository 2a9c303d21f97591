"""What a search finds, newest first: titles, descriptions, replies, and notes for those who may read them."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from db.models import Comment, Status, Ticket
from db.vocabulary import Permission, Scope, StatusCategory
from lib.access import gate
from lib.access.gate import Actor
from lib.catalog.ticket_fields import TicketRow
from lib.core import pagination, text
from lib.lists import filters, query_language, ticket_list
from lib.lists.query_language import Asked, Line
from lib.search_index import index
from lib.search_index import terms as search_terms
from lib.search_index.terms import Term

LENGTH = 200
"""Characters of a snippet, about."""
BEFORE = 60
"""Characters that stand before the first match."""


class Where(StrEnum):
    """Which text matched."""

    TITLE = "title"
    DESCRIPTION = "description"
    REPLY = "reply"
    NOTE = "note"


@dataclass(frozen=True)
class Hit:
    """A text that matched; `snippet_html` is escaped but for the `<mark>` around the matching words."""

    number: int
    title: str
    status_id: int
    status: str
    kind: StatusCategory
    where: Where
    comment_id: int | None
    at: datetime
    snippet_html: str
    parts: tuple[tuple[str, bool], ...] = ()
    """The title in parts, and whether each is one of the words that were searched."""


@dataclass(frozen=True)
class Hits:
    """A page of hits; `next` is the place after it, or None; `asked` is what was understood."""

    hits: tuple[Hit, ...]
    next: str | None
    asked: Asked


def find(session: Session, actor: Actor, line: str, *, after: str | None = None, limit: int = 20) -> Hits:
    """Return up to `limit` texts that match a line in the language of `query`, those written last first.

    Without words the line's qualifiers choose tickets, the last changed first, and an empty line nothing.
    Raises Invalid for an `after` that was not made here.
    """
    read = query_language.read(line if text.storable(line) else "")
    asked = query_language.understand(session, actor, read, words=False)
    if search_terms.asked(read.searched).terms:
        return _by_words(session, actor, read, asked, after=after, limit=limit)
    if not asked.narrowed.conditions:
        return Hits((), None, asked)
    page = ticket_list.page(session, actor, asked.narrowed, cursor=after, limit=limit)
    return Hits(tuple(map(_titled, page.rows)), page.next, asked)


def _titled(row: TicketRow) -> Hit:
    return Hit(
        row.number, row.title, row.status_id, row.status, row.kind, Where.TITLE, None, row.updated_at,
        html.escape(row.title), ((row.title, False),),
    )  # fmt: skip


def _by_words(
    session: Session, actor: Actor, line: Line, asked: Asked, *, after: str | None, limit: int
) -> Hits:
    few = asked.narrowed.few or actor.reach(Permission.TICKET_READ) <= Scope.OWN
    before = pagination.read("hits", after)
    numbered = _numbered(session, actor, line, asked, limit=limit) if line.numbers and before is None else ()
    room = limit - len(numbered)
    rows = index.entries(
        session,
        actor,
        line.searched,
        among=asked.narrowed.conditions,
        few=few,
        before=before,
        limit=room + 1,
    )
    terms = search_terms.asked(line.searched).terms
    found = _told(session, [(r.ticket_id, r.comment_id) for r in rows[:room]], terms)
    new = tuple(hit for hit in found if hit.comment_id or hit.number not in {one.number for one in numbered})
    last = None if len(rows) <= room else rows[room - 1].id if room else rows[0].id + 1
    return Hits((*numbered, *new), None if last is None else pagination.make("hits", last), asked)


def _numbered(session: Session, actor: Actor, line: Line, asked: Asked, *, limit: int) -> tuple[Hit, ...]:
    """Return the tickets of the numbers in a line, which come before all texts."""
    chosen = filters.both(asked.narrowed, query_language.numbered(session, actor, line))
    return tuple(
        _titled(row) for row in ticket_list.page(session, actor, chosen, sort="number", limit=limit).rows
    )


def _told(session: Session, places: list[tuple[int, int | None]], terms: Sequence[Term]) -> tuple[Hit, ...]:
    """Return what stands at places that were found through the gate."""
    numbers, ids = {number for number, _ in places}, {id for _, id in places if id}
    named = select(Ticket, Status).join(Status, col(Status.id) == Ticket.status_id)
    rows = session.exec(
        gate.unscoped(named.where(col(Ticket.id).in_(numbers)), "found through the gate")
    ).all()
    tickets = {ticket.id: (ticket, status) for ticket, status in rows}
    said = session.exec(
        gate.unscoped(select(Comment).where(col(Comment.id).in_(ids)), "found through the gate")
    ).all()
    comments = {comment.id: comment for comment in said}
    return tuple(_hit(*tickets[number], comments[id] if id else None, terms=terms) for number, id in places)


def _hit(ticket: Ticket, status: Status, comment: Comment | None, *, terms: Sequence[Term]) -> Hit:
    where, body, at = Where.TITLE, ticket.title, ticket.created_at
    if comment is not None:
        where, body, at = (
            (Where.NOTE if comment.internal else Where.REPLY),
            comment.body,
            comment.created_at,
        )
    elif not _holds(ticket.title, terms) and search_terms.first_places(ticket.description, terms):
        where, body = Where.DESCRIPTION, ticket.description
    return Hit(
        number=ticket.id,
        title=ticket.title,
        status_id=ticket.status_id,
        status=status.name,
        kind=status.kind,
        where=where,
        comment_id=comment.id if comment else None,
        at=at,
        snippet_html=snippet(body, terms),
        parts=_parts(ticket.title, terms),
    )


def _parts(title: str, terms: Sequence[Term]) -> tuple[tuple[str, bool], ...]:
    """Return a title in parts, each either found or not."""
    parts, place = [], 0
    for start, end in search_terms.places(title, terms):
        parts += [(title[place:start], False), (title[start:end], True)]
        place = end
    return tuple(part for part in (*parts, (title[place:], False)) if part[0])


def _holds(body: str, terms: Sequence[Term]) -> bool:
    there = search_terms.indexed(body)
    return all(term.held(there) for term in terms)


def snippet(body: str, terms: Sequence[Term]) -> str:
    """Return a piece of `body` around the first of what `terms` ask for as safe HTML, each of it in `<mark>`."""
    places = search_terms.first_places(body, terms)
    start, end = _piece(body, places)
    made, place = ["…" if start else ""], start
    for first, last in places:
        if start <= first and last <= end:
            made += [html.escape(body[place:first]), f"<mark>{html.escape(body[first:last])}</mark>"]
            place = last
    return "".join([*made, html.escape(body[place:end]), "…" if end < len(body) else ""])


def _piece(body: str, places: Sequence[tuple[int, int]]) -> tuple[int, int]:
    first = places[0][0] if places else 0
    start = first - BEFORE if first > BEFORE else 0
    end = min(len(body), start + LENGTH)
    if start and (gap := body.find(" ", start, start + BEFORE)) > 0:
        start = gap + 1
    if end < len(body) and (gap := body.rfind(" ", max(start, end - BEFORE), end)) > 0:
        end = gap
    return start, end


def titled(session: Session, actor: Actor, number: int) -> str | None:
    """Return the title of the ticket of that number, or None when there is none that the actor may see."""
    return session.exec(gate.visible(actor, Ticket.title).where(Ticket.id == number)).first()
