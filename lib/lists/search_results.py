"""Search results, newest first: titles, descriptions, replies, and internal notes for those who can read them."""

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
from lib.lists.query_language import InterpretedQuery, ParsedQuery
from lib.search_index import index
from lib.search_index import terms as search_terms
from lib.search_index.terms import Term

SNIPPET_LENGTH = 200
"""Approximate length of a snippet, in characters."""
CONTEXT_LENGTH = 60
"""Characters shown before the first match."""


class MatchLocation(StrEnum):
    """Which text matched."""

    TITLE = "title"
    DESCRIPTION = "description"
    REPLY = "reply"
    NOTE = "note"


@dataclass(frozen=True)
class Hit:
    """A text that matched. `snippet_html` is escaped HTML with `<mark>` around the matching words."""

    number: int
    title: str
    status_id: int
    status: str
    kind: StatusCategory
    where: MatchLocation
    comment_id: int | None
    at: datetime
    snippet_html: str
    parts: tuple[tuple[str, bool], ...] = ()
    """The title in parts, each with whether it matched."""


@dataclass(frozen=True)
class Hits:
    """A page of hits. `next` is the cursor of the next page, or None. `asked` is the query as understood."""

    hits: tuple[Hit, ...]
    next: str | None
    asked: InterpretedQuery


def find(session: Session, actor: Actor, line: str, *, after: str | None = None, limit: int = 20) -> Hits:
    """Return up to `limit` texts that match a query in the search language, newest first.

    Without words, the query's qualifiers select tickets, the last changed first. An empty query finds nothing. Raises
    Invalid for an `after` that was not made here.
    """
    read = query_language.parse(line if text.is_storable(line) else "")
    asked = query_language.interpret(session, actor, read, words=False)
    if search_terms.parse_query(read.searched).terms:
        return _find_by_words(session, actor, read, asked, after=after, limit=limit)
    if not asked.narrowed.conditions:
        return Hits((), None, asked)
    page = ticket_list.get_page(session, actor, asked.narrowed, cursor=after, limit=limit)
    return Hits(tuple(map(_row_to_hit, page.rows)), page.next, asked)


def _row_to_hit(row: TicketRow) -> Hit:
    return Hit(
        row.number, row.title, row.status_id, row.status, row.kind, MatchLocation.TITLE, None, row.updated_at,
        html.escape(row.title), ((row.title, False),),
    )  # fmt: skip


def _find_by_words(
    session: Session,
    actor: Actor,
    line: ParsedQuery,
    asked: InterpretedQuery,
    *,
    after: str | None,
    limit: int,
) -> Hits:
    few = asked.narrowed.few or actor.reach(Permission.TICKET_READ) <= Scope.OWN
    before = pagination.parse_id_cursor("hits", after)
    numbered = (
        _find_by_numbers(session, actor, line, asked, limit=limit) if line.numbers and before is None else ()
    )
    room = limit - len(numbered)
    rows = index.search_entries(
        session,
        actor,
        line.searched,
        among=asked.narrowed.conditions,
        few=few,
        before=before,
        limit=room + 1,
    )
    terms = search_terms.parse_query(line.searched).terms
    found = _load_hits(session, [(r.ticket_id, r.comment_id) for r in rows[:room]], terms)
    new = tuple(hit for hit in found if hit.comment_id or hit.number not in {one.number for one in numbered})
    last = None if len(rows) <= room else rows[room - 1].id if room else rows[0].id + 1
    return Hits((*numbered, *new), None if last is None else pagination.format_cursor("hits", last), asked)


def _find_by_numbers(
    session: Session, actor: Actor, line: ParsedQuery, asked: InterpretedQuery, *, limit: int
) -> tuple[Hit, ...]:
    """Return the tickets with the query's numbers, which come before all other hits."""
    chosen = filters.combine(asked.narrowed, query_language.filter_by_numbers(session, actor, line))
    return tuple(
        _row_to_hit(row)
        for row in ticket_list.get_page(session, actor, chosen, sort="number", limit=limit).rows
    )


def _load_hits(
    session: Session, places: list[tuple[int, int | None]], terms: Sequence[Term]
) -> tuple[Hit, ...]:
    """Return the hits for places given as ticket and comment id. The caller has found them through the gate."""
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
    return tuple(
        _build_hit(*tickets[number], comments[id] if id else None, terms=terms) for number, id in places
    )


def _build_hit(ticket: Ticket, status: Status, comment: Comment | None, *, terms: Sequence[Term]) -> Hit:
    where, body, at = MatchLocation.TITLE, ticket.title, ticket.created_at
    if comment is not None:
        where, body, at = (
            (MatchLocation.NOTE if comment.internal else MatchLocation.REPLY),
            comment.body,
            comment.created_at,
        )
    elif not _has_all_terms(ticket.title, terms) and search_terms.find_first_spans(ticket.description, terms):
        where, body = MatchLocation.DESCRIPTION, ticket.description
    return Hit(
        number=ticket.id,
        title=ticket.title,
        status_id=ticket.status_id,
        status=status.name,
        kind=status.kind,
        where=where,
        comment_id=comment.id if comment else None,
        at=at,
        snippet_html=render_snippet(body, terms),
        parts=_split_title(ticket.title, terms),
    )


def _split_title(title: str, terms: Sequence[Term]) -> tuple[tuple[str, bool], ...]:
    """Return a title in parts, each with whether it matched."""
    parts, place = [], 0
    for start, end in search_terms.find_spans(title, terms):
        parts += [(title[place:start], False), (title[start:end], True)]
        place = end
    return tuple(part for part in (*parts, (title[place:], False)) if part[0])


def _has_all_terms(body: str, terms: Sequence[Term]) -> bool:
    there = search_terms.tokenize(body)
    return all(term.held(there) for term in terms)


def render_snippet(body: str, terms: Sequence[Term]) -> str:
    """Return safe HTML of a piece of `body` around the first match of `terms`, with matches in `<mark>`."""
    places = search_terms.find_first_spans(body, terms)
    start, end = _find_snippet_bounds(body, places)
    made, place = ["…" if start else ""], start
    for first, last in places:
        if start <= first and last <= end:
            made += [html.escape(body[place:first]), f"<mark>{html.escape(body[first:last])}</mark>"]
            place = last
    return "".join([*made, html.escape(body[place:end]), "…" if end < len(body) else ""])


def _find_snippet_bounds(body: str, places: Sequence[tuple[int, int]]) -> tuple[int, int]:
    first = places[0][0] if places else 0
    start = first - CONTEXT_LENGTH if first > CONTEXT_LENGTH else 0
    end = min(len(body), start + SNIPPET_LENGTH)
    if start and (gap := body.find(" ", start, start + CONTEXT_LENGTH)) > 0:
        start = gap + 1
    if end < len(body) and (gap := body.rfind(" ", max(start, end - CONTEXT_LENGTH), end)) > 0:
        end = gap
    return start, end


def find_title(session: Session, actor: Actor, number: int) -> str | None:
    """Return the title of the ticket with this number, or None if the actor can't see it."""
    return session.exec(gate.visible(actor, Ticket.title).where(Ticket.id == number)).first()
