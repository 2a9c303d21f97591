"""Full-text queries for each database: FTS5 on SQLite, tsvector on PostgreSQL.

`terms` makes the tokens of texts and queries, and each token is quoted here, so no query can cause a syntax error. A
query has one or more variants: a text matches if it contains all terms of any variant.
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
"""Estimates instead of counting, because counting would make PostgreSQL parse texts again, which it wrongly assumes is
cheap."""
_INDEX = table("search_index", column("rowid"))
UNKNOWN_WORD = "wordofnolanguage"
"""A word that is in no text."""


def dialect(session: Session) -> str:
    """Return the name of the database: `sqlite` or `postgresql`."""
    return session.get_bind().dialect.name


def is_sqlite(session: Session) -> bool:
    """Return whether the database is SQLite."""
    return dialect(session) == "sqlite"


def _format_query(session: Session, ways: QueryVariants) -> str:
    """Return the database's query for texts with all terms of a variant. PostgreSQL's ignores the order of words."""
    if is_sqlite(session):
        return " OR ".join(f"({' AND '.join(map(_format_phrase, terms))})" for terms in ways)
    return " | ".join(f"({' & '.join(map(_format_conjunction, terms))})" for terms in ways)


def _format_phrase(term: Term) -> str:
    return f'"{" ".join(term.words)}"{" *" if term.begun else ""}'


def _format_conjunction(term: Term) -> str:
    *whole, last = (f"'{word}'" for word in term.words)
    return " & ".join([*whole, f"{last}:*" if term.begun else last])


def select_ids(session: Session, ways: QueryVariants) -> Select:
    """Return a select of the `id` of each matching text."""
    if not is_sqlite(session):
        return select(SearchEntry.id).where(_index_condition(session, ways))
    return _select_rows(_format_query(session, ways))


def select_tickets(session: Session, ways: QueryVariants) -> Select:
    """Return a select of the ticket of each matching text, and whether the text is internal."""
    place = select(SearchEntry.ticket_id, SearchEntry.internal)
    if not is_sqlite(session):
        return place.where(_index_condition(session, ways))
    hits = select_ids(session, ways).subquery()
    return place.join(hits, hits.c.id == SearchEntry.id)


def count_matches(session: Session, ways: QueryVariants, *, most: int) -> int:
    """Return the number of matching texts: counted up to `most` on SQLite, estimated from statistics on PostgreSQL."""
    if not is_sqlite(session):
        return _estimate_matches(session, ways)
    some = select_ids(session, ways).limit(most).subquery()
    return session.execute(
        gate.unscoped(select(func.count()).select_from(some), "only a number, to choose how to search")
    ).scalar_one()


def is_known_count(session: Session, number: int, ways: QueryVariants) -> bool:
    """Return False if `number` is PostgreSQL's default estimate for a word or prefix without statistics."""
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
    """Return the condition that a text matches, evaluated for each text without building a list of all matches.

    On PostgreSQL it searches for substrings, since parsing a text takes a hundred times as long and the tokens are
    already separated. SQLite would merge the lists of a prefix for each text, so a query with prefixes is looked up
    there.
    """
    if not is_sqlite(session):
        return or_(
            *(and_(*(_contains_condition(col(entry.words), term) for term in terms)) for terms in ways)
        )
    if any(term.begun for terms in ways for term in terms):
        return col(entry.id).in_(_select_rows(_format_query(session, ways)))
    return _select_rows(_format_query(session, ways)).where(_INDEX.c.rowid == entry.id).exists()


def newer_condition(session: Session, terms: Sequence[Term], *, after: int) -> ColumnElement[bool]:
    """Return the condition that a text with an id above `after` contains any of the terms."""
    if not is_sqlite(session):
        either = (_contains_condition(col(SearchEntry.words), term) for term in terms)
        return and_(col(SearchEntry.id) > after, or_(*either))
    return col(SearchEntry.id).in_(
        _select_rows(" OR ".join(map(_format_phrase, terms))).where(_INDEX.c.rowid > after)
    )


def _contains_condition(there: Any, term: Term) -> ColumnElement[bool]:
    """Return PostgreSQL's condition that a text contains a term. Its first half is cheap and rules out most texts."""
    words, after = " ".join(term.words), "" if term.begun else " "
    around = literal(" ").concat(there).concat(after)
    return and_(func.strpos(there, words) > 0, func.strpos(around, f" {words}{after}") > 0)


def gather_condition(session: Session, ways: QueryVariants) -> ColumnElement[bool]:
    """Return the condition that a text is in the list of all matches, in a form that doesn't drive the query plan."""
    return col(SearchEntry.id).in_(select_ids(session, ways)).is_(True)


def _select_rows(asked: str) -> Select:
    """Return a select of SQLite's matching index rows, by the `id` of their text."""
    return select(_INDEX.c.rowid.label("id")).where(
        literal_column("search_index").op("MATCH")(_bind_query(asked))
    )


def _index_condition(session: Session, ways: QueryVariants) -> ColumnElement[bool]:
    """Return PostgreSQL's condition that a text matches, using the index. Phrases are then checked in the results."""
    query = func.to_tsquery(literal_column("'simple'"), _bind_query(_format_query(session, ways)))
    there = func.to_tsvector(literal_column("'simple'"), col(SearchEntry.words)).op("@@")(query)
    if all(len(term.words) == 1 for terms in ways for term in terms):
        return there
    return and_(there, scan_condition(session, ways))


def _bind_query(asked: str) -> BindParameter[str]:
    """Bind a query under a unique name, so that one statement can contain two searches."""
    return bindparam("query", asked, unique=True)
