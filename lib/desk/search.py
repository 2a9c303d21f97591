"""The full-text index, alike on SQLite (FTS5) and PostgreSQL (tsvector): every word of a query must be there.

Words are folded by `text.words` on both sides, and each is quoted here, so no query has a syntax that could fail.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    column,
    func,
    literal,
    literal_column,
    or_,
    table,
)
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from db.models import Comment, SearchEntry, Status, Ticket
from db.vocabulary import Permission
from lib import gate, text
from lib.gate import Actor

NEWEST = 400
"""How many of the newest matches "similar" compares."""
WINDOW = 30_000
"""Among how many of the newest descriptions and comments "similar" looks: its words may be common ones."""
MOST = 32
"""Words of a query that count; the rest is left out."""
PREFIX = 3
"""Letters from which the last word of a query is taken for the beginning of one: fewer begin too many words."""
COMMON = 1_000
"""Texts with all the words of a query from which its last word is not taken for the beginning of others as well."""
FEW = 400
"""Matches that are looked up whatever else there is."""
LOOKED_UP = 20
"""Measured: how many times as much as looking a ticket up a step along a list costs, times a page of fifty."""
GATHERED = {"sqlite": 5_000, "postgresql": 8_000}
"""Measured: the same for trying a ticket and gathering a match. PostgreSQL takes what it tries apart again."""
TEXTS = 5_000
"""Measured: among how many times as many tickets all texts with a common word are gathered in the time in which one
ticket's are tried.
"""
ALIKE = 55
"""Percent of likeness (rapidfuzz token_set_ratio) from which an open ticket is offered as similar."""


@dataclass(frozen=True)
class Matches:
    """What a query finds, as an SQL condition on `ticket`.

    `few` tells that the condition leaves few, `tried` that each ticket is tried for it; `hits`, where there is one, is
    the same condition again for who looks up what matches instead of walking along a list.
    """

    condition: ColumnElement[bool]
    few: bool = False
    tried: bool = False
    hits: ColumnElement[bool] | None = None


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


def matching(session: Session, actor: Actor, query: str) -> Matches | None:
    """Return the tickets whose words, or a comment's that the actor may read, match; None for a query without words.

    The last word matches as a prefix too, because it may still be being typed.
    """
    found = text.words(query)[:MOST]
    if not found:
        return None
    query, common, tickets = _asked(session, found)
    gathered = math.isqrt(GATHERED[_dialect(session)] * tickets) + FEW
    matches = _count(session, query, gathered + 1)
    if matches > gathered:
        return Matches(_each_tried(session, actor, query, common=common), tried=True)
    hits = _gathered(session, actor, query)
    if matches <= math.isqrt(LOOKED_UP * tickets) + FEW:
        return Matches(hits, few=True)
    return Matches(hits.is_(True), hits=hits)  # no database looks up what is compared with true


def _gathered(session: Session, actor: Actor, query: str) -> ColumnElement[bool]:
    """The condition that a ticket is among those that match, which are gathered once."""
    once = _found(session, query).cte().prefix_with("MATERIALIZED")
    among = col(Ticket.id).in_(select(once.c.ticket_id))
    if actor.may(Permission.COMMENT_READ_INTERNAL, least=gate.Scope.ALL):
        return among
    public = col(Ticket.id).in_(select(once.c.ticket_id).where(~once.c.internal))
    return and_(among, or_(gate.within(actor, Permission.COMMENT_READ_INTERNAL), public))


def _each_tried(session: Session, actor: Actor, query: str, *, common: bool) -> ColumnElement[bool]:
    """The condition that a ticket matches, tried with each."""
    entry = aliased(SearchEntry)
    heard = or_(~col(entry.internal), gate.within(actor, Permission.COMMENT_READ_INTERNAL))
    match = _tried(session, query, entry) if common else _match(session, query, entry=entry)
    probe = select(entry.ticket_id).where(entry.ticket_id == Ticket.id, heard, match)
    return col(Ticket.id) == probe.limit(1).correlate(Ticket).scalar_subquery()


def entries(
    session: Session,
    actor: Actor,
    words: list[str],
    *,
    among: Sequence[ColumnElement[bool]] = (),
    few: bool = False,
) -> Select:
    """Select id, ticket_id and comment_id of the texts with all the words that the actor may read, newest first.

    `among` are conditions on their tickets, `few` tells that these leave few. Rare words are looked up first of all;
    of common ones those in few tickets are tried, or the index is walked from its end until a page is full.
    """
    query, common, tickets = _asked(session, words[:MOST])
    heard = or_(~col(SearchEntry.internal), gate.within(actor, Permission.COMMENT_READ_INTERNAL))
    chosen = (
        gate.visible(actor, SearchEntry.id, SearchEntry.ticket_id, SearchEntry.comment_id)
        .join(SearchEntry, col(SearchEntry.ticket_id) == Ticket.id)
        .where(heard, *among)
    )
    if not common:
        once = select(SearchEntry.id).where(_match(session, query)).cte().prefix_with("MATERIALIZED")
        return chosen.where(col(SearchEntry.id).in_(select(once.c.id))).order_by(col(SearchEntry.id).desc())
    if few:
        mine = gate.visible(actor, Ticket.id).where(*among).cte().prefix_with("MATERIALIZED")
        near = chosen.where(col(SearchEntry.ticket_id).in_(select(mine.c.id)))
        match = _tried if _handful(session, actor, among, tickets) else _gathered_texts
        return near.where(match(session, query)).order_by((col(SearchEntry.id) + 0).desc())
    if not _lite(session):
        return chosen.where(_match(session, query)).order_by(col(SearchEntry.id).desc())
    hits = _rowids(query).subquery()
    return chosen.join(hits, hits.c.rowid == SearchEntry.id).order_by(hits.c.rowid.desc())


def _asked(session: Session, words: list[str]) -> tuple[str, bool, int]:
    """Return words as a query, whether they are common, and how many tickets there are, about.

    The last of common words stands for itself alone: to find all that begins with it, a database merges long lists for
    something that is plentiful anyhow.
    """
    whole = _query(session, words, every=True, begun=False)
    counted = select(func.max(Ticket.id), _some(session, whole, COMMON + 1))
    tickets, found = session.execute(counted.execution_options(**gate.PASS)).one()
    common = found > COMMON
    return whole if common else _query(session, words, every=True), common, tickets or 0


def _count(session: Session, query: str, limit: int) -> int:
    """Count the texts that match, up to `limit`.

    Looking tickets up costs as the number of matches, going along a list until a page is full costs as its inverse
    times the number of tickets: they meet where the matches squared are some times the tickets.
    """
    return session.execute(select(_some(session, query, limit)).execution_options(**gate.PASS)).scalar_one()


def _some(session: Session, query: str, limit: int) -> ScalarSelect[int]:
    """Select how many texts match, up to `limit`."""
    some = _rowids(query) if _lite(session) else select(SearchEntry.id).where(_match(session, query))
    return select(func.count()).select_from(some.limit(limit).subquery()).scalar_subquery()


def _found(session: Session, query: str) -> Select:
    """Select the ticket of each text that matches, and whether it is internal."""
    place = select(SearchEntry.ticket_id, SearchEntry.internal)
    if not _lite(session):
        return place.where(_match(session, query))
    hits = _rowids(query).subquery()
    return place.join(hits, hits.c.rowid == SearchEntry.id)


def _lite(session: Session) -> bool:
    return _dialect(session) == "sqlite"


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


def _query(session: Session, words: list[str], *, every: bool, begun: bool = True) -> str:
    """Return words in the database's own language for full text: all of them, or any."""
    lite = _lite(session)
    quote = '"' if lite else "'"
    terms = [f"{quote}{word}{quote}" for word in words]
    if begun and (len(words[-1]) >= PREFIX or not words[-1].isascii()):
        terms[-1] += "*" if lite else ":*"
    both, either = (" ", " OR ") if lite else (" & ", " | ")
    return (both if every else either).join(terms)


def _match(
    session: Session, query: str, *, after: int = 0, entry: type[SearchEntry] = SearchEntry
) -> ColumnElement[bool]:
    """The SQL condition on `entry` for those of ids above `after` that match."""
    if _lite(session):
        return col(entry.id).in_(_rowids(query, after=after))
    words, asked = func.to_tsvector(literal_column("'simple'"), col(entry.words)), _own(query)
    match = words.op("@@")(func.to_tsquery(literal_column("'simple'"), asked))
    return and_(col(entry.id) > after, match) if after else match


def _handful(session: Session, actor: Actor, among: Sequence[ColumnElement[bool]], tickets: int) -> bool:
    """Tell whether trying the texts of the tickets that `among` leaves is cheaper than gathering a common word's."""
    most = tickets // TEXTS
    some = gate.visible(actor, literal(1)).where(*among).limit(most + 1).subquery()
    found = select(func.count()).select_from(some).execution_options(**gate.PASS)
    return session.execute(found).scalar_one() <= most


def _gathered_texts(session: Session, query: str) -> ColumnElement[bool]:
    """The condition that a text is among those that match, which are gathered once."""
    matching = _rowids(query) if _lite(session) else select(SearchEntry.id).where(_match(session, query))
    return col(SearchEntry.id).in_(matching).is_(True)


def _tried(session: Session, query: str, entry: type[SearchEntry] = SearchEntry) -> ColumnElement[bool]:
    """The same for whole words, by a look at each row; SQLite then builds no list of all that match."""
    if not _lite(session):
        return _match(session, query, entry=entry)
    index = table("search_index", column("rowid"))
    matches = literal_column("search_index").op("MATCH")(_own(query))
    return select(literal_column("1")).select_from(index).where(matches, index.c.rowid == entry.id).exists()


def _rowids(query: str, *, after: int = 0) -> Select:
    """Select the ids of SQLite's matches."""
    index = table("search_index", column("rowid"))
    return select(index.c.rowid).where(
        literal_column("search_index").op("MATCH")(_own(query)), index.c.rowid > after
    )


def _own(query: str) -> BindParameter[str]:
    """Bind `query` under a name of its own, so that two searches in one statement stay two."""
    return bindparam("query", query, unique=True)


def similar(session: Session, actor: Actor, title: str, *, limit: int = 5) -> list[Similar]:
    """Return the open tickets the actor may see whose titles most resemble `title`, best first."""
    words = [w for w in text.words(title) if len(w) > 2][:MOST]
    if not words:
        return []
    last = session.exec(select(func.max(SearchEntry.id)).execution_options(**gate.PASS)).one() or 0
    match = _match(session, _query(session, words, every=False), after=max(0, last - WINDOW))
    hits = select(SearchEntry.id, SearchEntry.ticket_id).where(match, col(SearchEntry.comment_id).is_(None))
    once = hits.cte().prefix_with("MATERIALIZED")
    newest = select(once.c.ticket_id).order_by(once.c.id.desc()).limit(NEWEST)
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
