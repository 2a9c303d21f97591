"""The index of all words, as each database speaks it: FTS5 for SQLite, tsvector for PostgreSQL.

Words are folded by `text.words` on both sides, and each is quoted here, so no query has a syntax that could fail.
"""

from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    column,
    func,
    literal_column,
    table,
    text,
)
from sqlmodel import Session, col, select

from db.models import SearchEntry
from lib import gate

_PLAN = text(
    "EXPLAIN (FORMAT JSON) SELECT FROM search_entry "
    "WHERE to_tsvector('simple', words) @@ to_tsquery('simple', CAST(:query AS text))"
).execution_options(**gate.PASS)
"""To count, PostgreSQL would take texts apart again, which it wrongly holds to be cheap."""
_INDEX = table("search_index", column("rowid"))
PREFIX = 3
"""Letters from which the last word of a query is taken for the beginning of one: fewer begin too many words."""


def dialect(session: Session) -> str:
    """Return the name of the database: `sqlite` or `postgresql`."""
    return session.get_bind().dialect.name


def lite(session: Session) -> bool:
    """Tell whether it is SQLite."""
    return dialect(session) == "sqlite"


def all_of(session: Session, words: list[str], *, begun: bool = True) -> str:
    """Return a query for texts with all of the words; `begun` lets the last one begin a word."""
    return (" " if lite(session) else " & ").join(_terms(session, words, begun=begun))


def any_of(session: Session, words: list[str]) -> str:
    """Return a query for texts with any of the words, or with one that begins like the last."""
    return (" OR " if lite(session) else " | ").join(_terms(session, words, begun=True))


def _terms(session: Session, words: list[str], *, begun: bool) -> list[str]:
    quote, star = ('"', "*") if lite(session) else ("'", ":*")
    begun = begun and (len(words[-1]) >= PREFIX or not words[-1].isascii())
    return [f"{quote}{word}{quote}" for word in words[:-1]] + [
        f"{quote}{words[-1]}{quote}{star if begun else ''}"
    ]


def ids(session: Session, asked: str, *, after: int = 0) -> Select:
    """Select the `id` of each text that matches, of those above `after`."""
    if not lite(session):
        return select(SearchEntry.id).where(match(session, asked, after=after))
    return _lines(asked).where(_INDEX.c.rowid > after)


def places(session: Session, asked: str) -> Select:
    """Select the ticket of each text that matches, and whether it is internal."""
    place = select(SearchEntry.ticket_id, SearchEntry.internal)
    if not lite(session):
        return place.where(match(session, asked))
    hits = ids(session, asked).subquery()
    return place.join(hits, hits.c.id == SearchEntry.id)


def number(session: Session, asked: str, *, most: int) -> int:
    """Return how many texts match: counted up to `most` on SQLite, on PostgreSQL what its statistics tell."""
    if not lite(session):
        [plan] = session.execute(_PLAN, {"query": asked}).scalar_one()
        return plan["Plan"]["Plan Rows"]
    some = ids(session, asked).limit(most).subquery()
    return session.execute(select(func.count()).select_from(some).execution_options(**gate.PASS)).scalar_one()


def match(
    session: Session, asked: str, *, after: int = 0, entry: type[SearchEntry] = SearchEntry
) -> ColumnElement[bool]:
    """The condition on a text that it matches and its id is above `after`."""
    if lite(session):
        return col(entry.id).in_(ids(session, asked, after=after))
    matches = _matches(col(entry.words), asked)
    return and_(col(entry.id) > after, matches) if after else matches


def tried(session: Session, asked: str, *, entry: type[SearchEntry] = SearchEntry) -> ColumnElement[bool]:
    """The same for whole words, by a look at each text: no list of all that match is built for each of them."""
    if not lite(session):
        return _matches(col(entry.words).concat(literal_column("''")), asked)  # which the index does not hold
    return _lines(asked).where(_INDEX.c.rowid == entry.id).exists()


def gathered(session: Session, asked: str) -> ColumnElement[bool]:
    """The same again, by a list of all that match; it is compared with true, so that no database walks along it."""
    return col(SearchEntry.id).in_(ids(session, asked)).is_(True)


def _lines(asked: str) -> Select:
    """SQLite's lines of the index that match, by the `id` of their text."""
    return select(_INDEX.c.rowid.label("id")).where(literal_column("search_index").op("MATCH")(_own(asked)))


def _matches(words: Any, asked: str) -> ColumnElement[bool]:
    """PostgreSQL's condition that words match."""
    query = func.to_tsquery(literal_column("'simple'"), _own(asked))
    return func.to_tsvector(literal_column("'simple'"), words).op("@@")(query)


def _own(asked: str) -> BindParameter[str]:
    """Bind a query under a name of its own, so that two searches in one statement stay two."""
    return bindparam("query", asked, unique=True)
