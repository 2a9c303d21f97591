"""The index of all words, as each database speaks it: FTS5 for SQLite, tsvector for PostgreSQL.

`search_terms` makes the tokens of texts and of queries, and each is quoted here, so no query has a syntax that could
fail. A query is one or several ways to ask: a text matches that holds all terms of any of them.
"""

from collections.abc import Sequence
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
from lib.access import gate
from lib.search_index.terms import Term

Ways = Sequence[Sequence[Term]]

_PLAN = gate.unscoped(
    text(
        "EXPLAIN (FORMAT JSON) SELECT FROM search_entry "
        "WHERE to_tsvector('simple', words) @@ to_tsquery('simple', CAST(:query AS text))"
    ),
    "only a number, to choose how to search",
)
"""To count, PostgreSQL would take texts apart again, which it wrongly holds to be cheap."""
_INDEX = table("search_index", column("rowid"))
NOWHERE = "wordofnolanguage"
"""A word that no text holds."""


def dialect(session: Session) -> str:
    """Return the name of the database: `sqlite` or `postgresql`."""
    return session.get_bind().dialect.name


def lite(session: Session) -> bool:
    """Tell whether it is SQLite."""
    return dialect(session) == "sqlite"


def _query(session: Session, ways: Ways) -> str:
    """Return a query for texts with all the terms of one of the ways; PostgreSQL's asks for no order of the words."""
    if lite(session):
        return " OR ".join(f"({' AND '.join(map(_phrase, terms))})" for terms in ways)
    return " | ".join(f"({' & '.join(map(_conjunction, terms))})" for terms in ways)


def _phrase(term: Term) -> str:
    return f'"{" ".join(term.words)}"{" *" if term.begun else ""}'


def _conjunction(term: Term) -> str:
    *whole, last = (f"'{word}'" for word in term.words)
    return " & ".join([*whole, f"{last}:*" if term.begun else last])


def ids(session: Session, ways: Ways) -> Select:
    """Select the `id` of each text that matches."""
    if not lite(session):
        return select(SearchEntry.id).where(_matches(session, ways))
    return _lines(_query(session, ways))


def places(session: Session, ways: Ways) -> Select:
    """Select the ticket of each text that matches, and whether it is internal."""
    place = select(SearchEntry.ticket_id, SearchEntry.internal)
    if not lite(session):
        return place.where(_matches(session, ways))
    hits = ids(session, ways).subquery()
    return place.join(hits, hits.c.id == SearchEntry.id)


def number(session: Session, ways: Ways, *, most: int) -> int:
    """Return how many texts match: counted up to `most` on SQLite, on PostgreSQL what its statistics tell."""
    if not lite(session):
        return _estimated(session, ways)
    some = ids(session, ways).limit(most).subquery()
    return session.execute(
        gate.unscoped(select(func.count()).select_from(some), "only a number, to choose how to search")
    ).scalar_one()


def known(session: Session, number: int, ways: Ways) -> bool:
    """Tell whether `number` is not PostgreSQL's guess for a word, or a beginning, that its statistics don't know."""
    if lite(session):
        return True
    begun = any(term.begun for terms in ways for term in terms)
    return number != _estimated(session, [[Term((NOWHERE,), begun)]])


def _estimated(session: Session, ways: Ways) -> int:
    [plan] = session.execute(_PLAN, {"query": _query(session, ways)}).scalar_one()
    return plan["Plan"]["Plan Rows"]


def tried(session: Session, ways: Ways, *, entry: type[SearchEntry] = SearchEntry) -> ColumnElement[bool]:
    """The condition that a text matches, by a look at each text: no list of all that match is built.

    PostgreSQL takes a hundred times as long to take a text apart as to look for a piece in it, and tokens are apart
    already. SQLite would merge the lists of all beginnings for each text, so these are looked up there.
    """
    if not lite(session):
        return or_(*(and_(*(_held(col(entry.words), term) for term in terms)) for terms in ways))
    if any(term.begun for terms in ways for term in terms):
        return col(entry.id).in_(_lines(_query(session, ways)))
    return _lines(_query(session, ways)).where(_INDEX.c.rowid == entry.id).exists()


def newer(session: Session, terms: Sequence[Term], *, after: int) -> ColumnElement[bool]:
    """The condition that a text of an id above `after` holds any of the terms."""
    if not lite(session):
        either = (_held(col(SearchEntry.words), term) for term in terms)
        return and_(col(SearchEntry.id) > after, or_(*either))
    return col(SearchEntry.id).in_(_lines(" OR ".join(map(_phrase, terms))).where(_INDEX.c.rowid > after))


def _held(there: Any, term: Term) -> ColumnElement[bool]:
    """PostgreSQL's condition that a text holds a term; its first half spares most texts the second."""
    words, after = " ".join(term.words), "" if term.begun else " "
    around = literal(" ").concat(there).concat(after)
    return and_(func.strpos(there, words) > 0, func.strpos(around, f" {words}{after}") > 0)


def gathered(session: Session, ways: Ways) -> ColumnElement[bool]:
    """The condition that a text matches, by a list of all that do; compared with true, no database walks along it."""
    return col(SearchEntry.id).in_(ids(session, ways)).is_(True)


def _lines(asked: str) -> Select:
    """SQLite's lines of the index that match, by the `id` of their text."""
    return select(_INDEX.c.rowid.label("id")).where(literal_column("search_index").op("MATCH")(_own(asked)))


def _matches(session: Session, ways: Ways) -> ColumnElement[bool]:
    """PostgreSQL's condition that a text matches, which its index answers; phrases are looked for in what it gives."""
    query = func.to_tsquery(literal_column("'simple'"), _own(_query(session, ways)))
    there = func.to_tsvector(literal_column("'simple'"), col(SearchEntry.words)).op("@@")(query)
    if all(len(term.words) == 1 for terms in ways for term in terms):
        return there
    return and_(there, tried(session, ways))


def _own(asked: str) -> BindParameter[str]:
    """Bind a query under a name of its own, so that two searches in one statement stay two."""
    return bindparam("query", asked, unique=True)
