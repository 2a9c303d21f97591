"""The full-text index, alike on SQLite (FTS5) and PostgreSQL (tsvector): every word of a query must be there.

Words are folded by `text.words` on both sides, and each is quoted here, so no query has a syntax that could fail.
"""

from dataclasses import dataclass

from rapidfuzz import fuzz
from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, literal_column, or_
from sqlalchemy import text as sql
from sqlmodel import Session, col, select

from db.models import Comment, SearchEntry, Status, Ticket
from db.vocabulary import Permission
from lib import gate, text
from lib.gate import Actor

NEWEST = 400
"""How many of the newest matches "similar" compares."""
MOST = 32
"""Words of a query that count; the rest is left out."""
ALIKE = 55
"""Percent of likeness (rapidfuzz token_set_ratio) from which an open ticket is offered as similar."""


@dataclass(frozen=True)
class Similar:
    """An open ticket whose title resembles the one being typed."""

    number: int
    title: str
    status: str


def index_ticket(session: Session, ticket: Ticket) -> None:
    """Let a ticket be found by its title and description as they are now."""
    words = " ".join(text.words(ticket.title, ticket.description))
    entry = session.exec(
        select(SearchEntry)
        .where(SearchEntry.ticket_id == ticket.id, col(SearchEntry.comment_id).is_(None))
        .execution_options(**gate.PASS)
    ).first()
    if entry is None:
        session.add(SearchEntry(ticket_id=ticket.id or 0, words=words))
    else:
        entry.words = words


def index_comment(session: Session, comment: Comment) -> None:
    """Let a comment be found by its words as they are now, a note only by those who may read it."""
    entry = session.exec(
        select(SearchEntry).where(SearchEntry.comment_id == comment.id).execution_options(**gate.PASS)
    ).first()
    words = " ".join(text.words(comment.body))
    if entry is None:
        session.add(
            SearchEntry(
                ticket_id=comment.ticket_id, comment_id=comment.id, internal=comment.internal, words=words
            )
        )
    else:
        entry.words = words


def matching(session: Session, actor: Actor, query: str) -> ColumnElement[bool] | None:
    """The SQL condition on `ticket` for those whose words, or a comment's that the actor may read, match; None for no word.

    The last word matches as a prefix too, because it may still be being typed.
    """
    found = text.words(query)[:MOST]
    if not found:
        return None
    hits = select(SearchEntry.ticket_id).where(_match(session, found, every=True))
    if not actor.may(Permission.COMMENT_READ_INTERNAL, least=gate.Scope.ALL):
        hits = hits.where(
            or_(~col(SearchEntry.internal), gate.within(actor, Permission.COMMENT_READ_INTERNAL))
        )
        hits = hits.join(Ticket, col(Ticket.id) == SearchEntry.ticket_id)
    return col(Ticket.id).in_(hits)


def _match(session: Session, words: list[str], *, every: bool) -> ColumnElement[bool]:
    lite = session.get_bind().dialect.name == "sqlite"
    if lite:
        terms = [f'"{w}"' for w in words[:-1]] + [f'"{words[-1]}"*']
        query = (" " if every else " OR ").join(terms)
        inside = sql("SELECT rowid FROM search_index WHERE search_index MATCH :query").bindparams(_own(query))
        return col(SearchEntry.id).in_(inside.columns(literal_column("rowid")).scalar_subquery())
    terms = [f"'{w}'" for w in words[:-1]] + [f"'{words[-1]}':*"]
    query = (" & " if every else " | ").join(terms)
    return sql("to_tsvector('simple', search_entry.words) @@ to_tsquery('simple', :query)").bindparams(
        _own(query)
    )  # ty: ignore[invalid-return-type]


def _own(query: str) -> BindParameter[str]:
    """Bind `query` under a name of its own, so that two searches in one statement stay two."""
    return bindparam("query", query, unique=True)


def similar(session: Session, actor: Actor, title: str, *, limit: int = 5) -> list[Similar]:
    """Return the open tickets the actor may see whose titles most resemble `title`, best first."""
    words = [w for w in text.words(title) if len(w) > 2][:MOST]
    if not words:
        return []
    newest = (
        select(SearchEntry.ticket_id)
        .where(_match(session, words, every=False), col(SearchEntry.comment_id).is_(None))
        .order_by(col(SearchEntry.id).desc())
        .limit(NEWEST)
    )
    found: Select = (
        gate.visible(actor, Ticket.id, Ticket.title, Status.name)
        .join(Status, col(Status.id) == Ticket.status_id)
        .where(col(Ticket.open), col(Ticket.id).in_(newest))
    )
    wanted = " ".join(words)
    scored = [
        (fuzz.token_set_ratio(wanted, " ".join(text.words(row.title))), Similar(row.id, row.title, row.name))
        for row in session.execute(found)
    ]
    scored = sorted((s for s in scored if s[0] >= ALIKE), key=lambda s: (-s[0], -s[1].number))
    return [card for _, card in scored[:limit]]
