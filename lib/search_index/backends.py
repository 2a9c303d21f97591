"""The index of all words, as each database speaks it: FTS5 for SQLite, tsvector for PostgreSQL.

`terms` makes the tokens of texts and of queries, and each is quoted here, so no query has a syntax that could
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

QueryVariants = Sequence[Sequence[Term]]

_EXPLAIN = gate.unscoped(
    text(
        "EXPLAIN (FORMAT JSON) SELECT FROM search_entry "
        "WHERE to_tsvector('simple', words) @@ to_tsquery('simple', CAST(:query AS text))"
    ),
    "only a number, to choose how to search",
)
"""To count, PostgreSQL would take texts apart again, which it wrongly holds to be cheap."""
_INDEX = table("search_index", column("rowid"))
UNKNOWN_WORD = "wordofnolanguage"
"""A word that no text holds."""


def dialect(session: Session) -> str:
    """Return the name of the database: `sqlite` or `postgresql`."""
    return session.get_bind().dialect.name


def is_sqlite(session: Session) -> bool:
    """Tell whether it is SQLite."""
    return dialect(session) == "sqlite"


def _format_query(session: Session, ways: QueryVariants) -> str:
    """Return a query for texts with all the terms of one of the ways; PostgreSQL's asks for no order of the words."""
    if is_sqlite(session):
        return " OR ".join(f"({' AND '.join(map(_format_phrase, terms))})" for terms in ways)
    return " | ".join(f"({' & '.join(map(_format_conjunction, terms))})" for terms in ways)


def _format_phrase(term: Term) -> str:
    return f'"{" ".join(term.words)}"{" *" if term.begun else ""}'


def _format_conjunction(term: Term) -> str:
    *whole, last = (f"'{word}'" for word in term.words)
    return " & ".join([*whole, f"{last}:*" if term.begun else last])


def select_ids(session: Session, ways: QueryVariants) -> Select:
    """Select the `id` of each text that matches."""
    if not is_sqlite(session):
        return select(SearchEntry.id).where(_index_condition(session, ways))
    return _select_rows(_format_query(session, ways))


def select_tickets(session: Session, ways: QueryVariants) -> Select:
    """Select the ticket of each text that matches, and whether it is internal."""
    place = select(SearchEntry.ticket_id, SearchEntry.internal)
    if not is_sqlite(session):
        return place.where(_index_condition(session, ways))
    hits = select_ids(session, ways).subquery()
    return place.join(hits, hits.c.id == SearchEntry.id)


def count_matches(session: Session, ways: QueryVariants, *, most: int) -> int:
    """Return how many texts match: counted up to `most` on SQLite, on PostgreSQL what its statistics tell."""
    if not is_sqlite(session):
        return _estimate_matches(session, ways)
    some = select_ids(session, ways).limit(most).subquery()
    return session.execute(
        gate.unscoped(select(func.count()).select_from(some), "only a number, to choose how to search")
    ).scalar_one()


def is_known_count(session: Session, number: int, ways: QueryVariants) -> bool:
    """Tell whether `number` is not PostgreSQL's guess for a word, or a beginning, that its statistics don't know."""
    if is_sqlite(session):
        return True
    begun = any(term.begun for terms in ways for term in terms)
    return number != _estimate_matches(session, [[Term((UNKNOWN_WORD,), begun)]])


def _estimate_matches(session: Session, ways: QueryVariants) -> int:
    [plan] = session.execute(_EXPLAIN, {"query": _format_query(session, ways)}).scalar_one()
    return plan["Plan"]["Plan Rows"]


def scan_condition(
    session: Session, ways: QueryVariants, *, entry: type[SearchEntry] = SearchEntry
) -> ColumnElement[bool]:
    """The condition that a text matches, by a look at each text: no list of all that match is built.

    PostgreSQL takes a hundred times as long to take a text apart as to look for a piece in it, and tokens are apart
    already. SQLite would merge the lists of all beginnings for each text, so these are looked up there.
    """
    if not is_sqlite(session):
        return or_(
            *(and_(*(_contains_condition(col(entry.words), term) for term in terms)) for terms in ways)
        )
    if any(term.begun for terms in ways for term in terms):
        return col(entry.id).in_(_select_rows(_format_query(session, ways)))
    return _select_rows(_format_query(session, ways)).where(_INDEX.c.rowid == entry.id).exists()


def newer_condition(session: Session, terms: Sequence[Term], *, after: int) -> ColumnElement[bool]:
    """The condition that a text of an id above `after` holds any of the terms."""
    if not is_sqlite(session):
        either = (_contains_condition(col(SearchEntry.words), term) for term in terms)
        return and_(col(SearchEntry.id) > after, or_(*either))
    return col(SearchEntry.id).in_(
        _select_rows(" OR ".join(map(_format_phrase, terms))).where(_INDEX.c.rowid > after)
    )


def _contains_condition(there: Any, term: Term) -> ColumnElement[bool]:
    """PostgreSQL's condition that a text holds a term; its first half spares most texts the second."""
    words, after = " ".join(term.words), "" if term.begun else " "
    around = literal(" ").concat(there).concat(after)
    return and_(func.strpos(there, words) > 0, func.strpos(around, f" {words}{after}") > 0)


def gather_condition(session: Session, ways: QueryVariants) -> ColumnElement[bool]:
    """The condition that a text matches, by a list of all that do; compared with true, no database walks along it."""
    return col(SearchEntry.id).in_(select_ids(session, ways)).is_(True)


def _select_rows(asked: str) -> Select:
    """SQLite's lines of the index that match, by the `id` of their text."""
    return select(_INDEX.c.rowid.label("id")).where(
        literal_column("search_index").op("MATCH")(_bind_query(asked))
    )


def _index_condition(session: Session, ways: QueryVariants) -> ColumnElement[bool]:
    """PostgreSQL's condition that a text matches, which its index answers; phrases are looked for in what it gives."""
    query = func.to_tsquery(literal_column("'simple'"), _bind_query(_format_query(session, ways)))
    there = func.to_tsvector(literal_column("'simple'"), col(SearchEntry.words)).op("@@")(query)
    if all(len(term.words) == 1 for terms in ways for term in terms):
        return there
    return and_(there, scan_condition(session, ways))


def _bind_query(asked: str) -> BindParameter[str]:
    """Bind a query under a name of its own, so that two searches in one statement stay two."""
    return bindparam("query", asked, unique=True)
