"""The index of all words, as each database speaks it: FTS5 for SQLite, tsvector for PostgreSQL.

Words are folded by `text.words` on both sides, and each is quoted here, so no query has a syntax that could fail.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    column,
    func,
    literal,
    literal_column,
    or_,
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
NOWHERE = "wordofnolanguage"
"""A word that no text holds."""
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


def _terms(session: Session, words: list[str], *, begun: bool) -> list[str]:
    quote, star = ('"', "*") if lite(session) else ("'", ":*")
    last = f"{quote}{words[-1]}{quote}{star if begun and _begins(words[-1]) else ''}"
    return [*(f"{quote}{word}{quote}" for word in words[:-1]), last]


def _begins(word: str) -> bool:
    """Tell whether a word is long enough to stand for all that begin like it."""
    return len(word) >= PREFIX or not word.isascii()


def ids(session: Session, asked: str) -> Select:
    """Select the `id` of each text that matches."""
    if not lite(session):
        return select(SearchEntry.id).where(_matches(asked))
    return _lines(asked)


def places(session: Session, asked: str) -> Select:
    """Select the ticket of each text that matches, and whether it is internal."""
    place = select(SearchEntry.ticket_id, SearchEntry.internal)
    if not lite(session):
        return place.where(_matches(asked))
    hits = ids(session, asked).subquery()
    return place.join(hits, hits.c.id == SearchEntry.id)


def number(session: Session, asked: str, *, most: int) -> int:
    """Return how many texts match: counted up to `most` on SQLite, on PostgreSQL what its statistics tell."""
    if not lite(session):
        return _estimated(session, asked)
    some = ids(session, asked).limit(most).subquery()
    return session.execute(select(func.count()).select_from(some).execution_options(**gate.PASS)).scalar_one()


def known(session: Session, number: int, *, begun: bool) -> bool:
    """Tell whether `number` is not PostgreSQL's guess for a word, or a beginning, that its statistics don't know."""
    return lite(session) or number != _estimated(session, all_of(session, [NOWHERE], begun=begun))


def _estimated(session: Session, asked: str) -> int:
    [plan] = session.execute(_PLAN, {"query": asked}).scalar_one()
    return plan["Plan"]["Plan Rows"]


def tried(
    session: Session, words: list[str], *, begun: bool = False, entry: type[SearchEntry] = SearchEntry
) -> ColumnElement[bool]:
    """The condition that a text has all of the words, by a look at each text: no list of all that match is built.

    PostgreSQL takes a hundred times as long to take a text apart as to look for a piece in it, and folded words are
    apart already. SQLite would merge the lists of all beginnings for each text, so `begun` is looked up there.
    """
    if not lite(session):
        return and_(*_each_held(col(entry.words), words, begun=begun))
    if begun:
        return col(entry.id).in_(_lines(all_of(session, words)))
    return _lines(all_of(session, words, begun=False)).where(_INDEX.c.rowid == entry.id).exists()


def newer(session: Session, words: list[str], *, after: int) -> ColumnElement[bool]:
    """The condition that a text of an id above `after` has any of the words, or one that begins like the last."""
    if not lite(session):
        return and_(col(SearchEntry.id) > after, or_(*_each_held(col(SearchEntry.words), words, begun=True)))
    either = " OR ".join(_terms(session, words, begun=True))
    return col(SearchEntry.id).in_(_lines(either).where(_INDEX.c.rowid > after))


def _each_held(there: Any, words: list[str], *, begun: bool) -> Iterator[ColumnElement[bool]]:
    """Yield PostgreSQL's condition that a text holds a word, for each; its first half spares most texts the second."""
    for place, word in enumerate(words, 1):
        after = "" if begun and place == len(words) and _begins(word) else " "
        around = literal(" ").concat(there).concat(after)
        yield and_(func.strpos(there, word) > 0, func.strpos(around, f" {word}{after}") > 0)


def gathered(session: Session, asked: str) -> ColumnElement[bool]:
    """The condition that a text matches, by a list of all that do; compared with true, no database walks along it."""
    return col(SearchEntry.id).in_(ids(session, asked)).is_(True)


def _lines(asked: str) -> Select:
    """SQLite's lines of the index that match, by the `id` of their text."""
    return select(_INDEX.c.rowid.label("id")).where(literal_column("search_index").op("MATCH")(_own(asked)))


def _matches(asked: str) -> ColumnElement[bool]:
    """PostgreSQL's condition that a text matches, which its index answers."""
    query = func.to_tsquery(literal_column("'simple'"), _own(asked))
    return func.to_tsvector(literal_column("'simple'"), col(SearchEntry.words)).op("@@")(query)


def _own(asked: str) -> BindParameter[str]:
    """Bind a query under a name of its own, so that two searches in one statement stay two."""
    return bindparam("query", asked, unique=True)
