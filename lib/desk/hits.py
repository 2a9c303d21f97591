"""What a search finds, newest first: titles, descriptions, replies, and notes for those who may read them."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from db.models import Comment, Status, Ticket
from db.vocabulary import Kind, Permission, Scope
from lib import cursors, gate, text
from lib.desk import listing, query, search
from lib.desk.query import Asked
from lib.gate import Actor

LENGTH = 200
"""Characters of a snippet, about."""
BEFORE = 60
"""Characters that stand before the first match."""

_TOKEN = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")


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
    kind: Kind
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
    read = query.read(line)
    words = text.words(read.words) if text.storable(read.words) else []
    asked = query.understand(session, actor, read, words=False)
    if words:
        return _by_words(session, actor, words, asked, after=after, limit=limit)
    if not asked.narrowed.conditions:
        return Hits((), None, asked)
    page = listing.page(session, actor, asked.narrowed, cursor=after, limit=limit)
    found = tuple(
        Hit(
            r.number,
            r.title,
            r.status_id,
            r.status,
            r.kind,
            Where.TITLE,
            None,
            r.updated_at,
            html.escape(r.title),
            ((r.title, False),),
        )
        for r in page.rows
    )
    return Hits(found, page.next, asked)


def _by_words(
    session: Session, actor: Actor, words: list[str], asked: Asked, *, after: str | None, limit: int
) -> Hits:
    few = asked.narrowed.few or actor.reach(Permission.TICKET_READ) <= Scope.OWN
    rows = search.entries(
        session,
        actor,
        words,
        among=asked.narrowed.conditions,
        few=few,
        before=cursors.read("hits", after),
        limit=limit + 1,
    )
    more = len(rows) > limit
    found = _told(session, [(r.ticket_id, r.comment_id) for r in rows[:limit]], words)
    return Hits(found, cursors.make("hits", rows[limit - 1].id) if more else None, asked)


def _told(session: Session, places: list[tuple[int, int | None]], words: list[str]) -> tuple[Hit, ...]:
    """Return what stands at places that were found through the gate."""
    numbers, ids = {number for number, _ in places}, {id for _, id in places if id}
    named = select(Ticket, Status).join(Status, col(Status.id) == Ticket.status_id)
    rows = session.exec(named.where(col(Ticket.id).in_(numbers)).execution_options(**gate.PASS)).all()
    tickets = {ticket.id: (ticket, status) for ticket, status in rows}
    said = session.exec(select(Comment).where(col(Comment.id).in_(ids)).execution_options(**gate.PASS)).all()
    comments = {comment.id: comment for comment in said}
    return tuple(_hit(*tickets[number], comments[id] if id else None, words=words) for number, id in places)


def _hit(ticket: Ticket, status: Status, comment: Comment | None, *, words: list[str]) -> Hit:
    where, body, at = Where.TITLE, ticket.title, ticket.created_at
    if comment is not None:
        where, body, at = (
            (Where.NOTE if comment.internal else Where.REPLY),
            comment.body,
            comment.created_at,
        )
    elif not _holds(ticket.title, words) and _holds(ticket.description, words, any_of=True):
        where, body = Where.DESCRIPTION, ticket.description
    return Hit(
        number=ticket.id or 0,
        title=ticket.title,
        status_id=ticket.status_id,
        status=status.name,
        kind=status.kind,
        where=where,
        comment_id=comment.id if comment else None,
        at=at,
        snippet_html=snippet(body, words),
        parts=_parts(ticket.title, words),
    )


def _parts(title: str, words: list[str]) -> tuple[tuple[str, bool], ...]:
    """Return a title in parts, each either found or not."""
    parts, place = [], 0
    for match in _matches(title, words, 0, len(title)):
        parts += [(title[place : match.start()], False), (match[0], True)]
        place = match.end()
    return tuple(part for part in (*parts, (title[place:], False)) if part[0])


def _holds(body: str, words: list[str], *, any_of: bool = False) -> bool:
    there = text.words(body)
    found = (_word_in(word, there, begun=word is words[-1]) for word in words)
    return any(found) if any_of else all(found)


def _word_in(word: str, there: list[str], *, begun: bool) -> bool:
    return any(one.startswith(word) if begun else one == word for one in there)


def snippet(body: str, words: list[str]) -> str:
    """Return a piece of `body` around the first of `words` as safe HTML, each of them in `<mark>`.

    The last of `words` marks what begins with it too.
    """
    start, end = _piece(body, words)
    made, place = ["…" if start else ""], start
    for match in _matches(body, words, start, end):
        made += [html.escape(body[place : match.start()]), f"<mark>{html.escape(match[0])}</mark>"]
        place = match.end()
    return "".join([*made, html.escape(body[place:end]), "…" if end < len(body) else ""])


def _piece(body: str, words: list[str]) -> tuple[int, int]:
    first = next(_matches(body, words, 0, len(body)), None)
    start = max(0, first.start() - BEFORE) if first and first.start() > BEFORE else 0
    end = min(len(body), start + LENGTH)
    if start and (gap := body.find(" ", start, start + BEFORE)) > 0:
        start = gap + 1
    if end < len(body) and (gap := body.rfind(" ", max(start, end - BEFORE), end)) > 0:
        end = gap
    return start, end


def _matches(body: str, words: list[str], start: int, end: int) -> Iterator[re.Match[str]]:
    whole, begun = set(words), words[-1] if words else ""
    for match in _TOKEN.finditer(body, start, end):
        folded = text.words(match[0])
        if any(word in whole or (begun and word.startswith(begun)) for word in folded):
            yield match


def titled(session: Session, actor: Actor, number: int) -> str | None:
    """Return the title of the ticket of that number, or None when there is none that the actor may see."""
    return session.exec(gate.visible(actor, Ticket.title).where(Ticket.id == number)).first()
