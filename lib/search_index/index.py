"""Full-text search of tickets and comments: texts match that contain every word of a query."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz
from sqlalchemy import ColumnElement, Select, and_, func, or_, union
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from db.models import Comment, SearchEntry, Status, Ticket
from db.vocabulary import Permission
from lib.access import gate
from lib.access.gate import Actor
from lib.search_index import backends, reindexing
from lib.search_index import terms as search_terms
from lib.search_index.backends import QueryVariants

MAX_COMPARED = 400
"""The newest matches that are compared to find similar tickets."""
WINDOW = 30_000
"""The newest descriptions and comments that are searched first for common words."""
MAX_TITLE_WORDS = 32
"""Words of a title that are used to find similar tickets."""
COMMON_WORD_TEXTS = 1_000
"""If more texts contain all words of a query, its last word is not matched as a prefix as well."""
FEW_MATCHES = 400
"""Up to this many matches are always looked up."""
LOOKUP_FACTOR = 20
"""Matches are looked up while their number squared is at most this times the number of tickets. Measured.

The cost of a lookup grows with the number of matches. The cost of scanning a list until a page is full grows with the
number of tickets divided by that of matches. A word of unknown frequency is looked up too: if no text has it, a scan
would read all tickets.
"""
GATHER_FACTOR = {"sqlite": 5_000, "postgresql": 100}
"""The same for gathering all matches; with more matches, each ticket is checked instead. Measured. PostgreSQL slowly
parses texts again when it gathers more than fits into its `work_mem`."""
SCAN_FACTOR = {"sqlite": 5_000, "postgresql": 25}
"""If there are at least this many times as many tickets as remain after filtering, checking the texts of those is
cheaper than gathering all matches of a common word. Measured."""
MIN_SIMILARITY = 55
"""The minimum similarity in percent (rapidfuzz token_set_ratio) of open tickets that are suggested as similar."""


@dataclass(frozen=True)
class Matches:
    """The result of a query, as an SQL condition on `ticket`.

    `few`: the condition leaves few tickets. `tried`: it is evaluated for each ticket. `hits`: if set, the same
    condition for callers that look up matches instead of walking along a sorted list.
    """

    condition: ColumnElement[bool]
    few: bool = False
    tried: bool = False
    hits: ColumnElement[bool] | None = None


@dataclass(frozen=True)
class QueryPlan:
    """A query's variants, about how many texts contain its words, and whether the last word is matched as a prefix.

    Prefix matches of a common word would make the database merge long lists, although there are enough matches anyway.
    """

    ways: QueryVariants
    texts: int
    begun: bool


@dataclass(frozen=True)
class SimilarTicket:
    """An open ticket whose title resembles the one being typed."""

    number: int
    title: str
    status: str


def index_ticket(session: Session, ticket: Ticket) -> None:
    """Index a ticket's current title and description."""
    words = search_terms.tokenize(ticket.title, ticket.description)
    entry = session.exec(
        gate.unscoped(
            select(SearchEntry).where(
                SearchEntry.ticket_id == ticket.id, col(SearchEntry.comment_id).is_(None)
            ),
            "the change was permitted",
        )
    ).first()
    if entry is None:
        session.add(SearchEntry(ticket_id=ticket.id, words=words))
    else:
        entry.words = words


def index_comment(session: Session, comment: Comment) -> None:
    """Index a comment's current text. A note is only found by people who may read it."""
    entry = session.exec(
        gate.unscoped(
            select(SearchEntry).where(SearchEntry.comment_id == comment.id), "the comment was permitted"
        )
    ).first()
    words = search_terms.tokenize(comment.body)
    if entry is None:
        session.add(
            SearchEntry(
                ticket_id=comment.ticket_id, comment_id=comment.id, internal=comment.internal, words=words
            )
        )
    else:
        entry.words = words


def match_tickets(session: Session, actor: Actor, query: str) -> Matches | None:
    """Return the tickets whose text or readable comments match; None for a query without words.

    The last word also matches as a prefix, because it may still be incomplete.
    """
    if not search_terms.parse_query(query).terms:
        return None
    asked = _plan_query(session, query)
    kind, tickets = backends.dialect(session), _estimate_tickets(session)
    looked_up, gathered = (
        math.isqrt(times * tickets) + FEW_MATCHES for times in (LOOKUP_FACTOR, GATHER_FACTOR[kind])
    )
    matches = backends.count_matches(session, asked.ways, most=gathered + 1)
    hits = _gather_condition(session, actor, asked.ways)
    if matches <= looked_up or not backends.is_known_count(session, matches, asked.ways):
        return Matches(hits, few=True)
    if matches > gathered:
        return Matches(_scan_condition(session, actor, asked.ways), tried=True)
    return Matches(hits.is_(True), hits=hits)  # compared with true, it is not looked up


def _gather_condition(session: Session, actor: Actor, ways: QueryVariants) -> ColumnElement[bool]:
    """Return the condition that a ticket is among the matches, which are gathered once."""
    once = backends.select_tickets(session, ways).cte().prefix_with("MATERIALIZED")
    among = col(Ticket.id).in_(select(once.c.ticket_id))
    if actor.may(Permission.COMMENT_READ_INTERNAL, least=gate.Scope.ALL):
        return among
    public = col(Ticket.id).in_(select(once.c.ticket_id).where(~once.c.internal))
    return and_(among, or_(gate.scope_condition(actor, Permission.COMMENT_READ_INTERNAL), public))


def _scan_condition(session: Session, actor: Actor, ways: QueryVariants) -> ColumnElement[bool]:
    """Return the condition that a ticket matches, evaluated for each ticket."""
    entry = aliased(SearchEntry)
    heard = or_(~col(entry.internal), gate.scope_condition(actor, Permission.COMMENT_READ_INTERNAL))
    match = backends.scan_condition(session, ways, entry=entry)
    probe = select(entry.ticket_id).where(entry.ticket_id == Ticket.id, heard, match)
    return col(Ticket.id) == probe.limit(1).correlate(Ticket).scalar_subquery()


def search_entries(
    session: Session,
    actor: Actor,
    query: str,
    *,
    among: Sequence[ColumnElement[bool]] = (),
    few: bool = False,
    before: int | None = None,
    limit: int,
) -> Sequence[Any]:
    """Return id, ticket_id and comment_id of the newest texts that match a query and that the actor may read.

    `among` are conditions on their tickets, `few` says that these leave few tickets, `before` excludes this and newer
    ids. Rare words are looked up first. For common words, the texts of few tickets are checked, or the newest texts
    until `limit` are found.
    """
    asked = _plan_query(session, query)
    heard = or_(~col(SearchEntry.internal), gate.scope_condition(actor, Permission.COMMENT_READ_INTERNAL))
    chosen = (
        gate.visible(actor, SearchEntry.id, SearchEntry.ticket_id, SearchEntry.comment_id)
        .join(SearchEntry, col(SearchEntry.ticket_id) == Ticket.id)
        .where(heard, *among)
        .limit(limit)
    )
    chosen = chosen if before is None else chosen.where(col(SearchEntry.id) < before)
    if asked.texts <= COMMON_WORD_TEXTS or (asked.begun and not few):
        return _load_newest(session, chosen, backends.select_ids(session, asked.ways))
    if few:
        mine = _select_few(actor, among).cte().prefix_with("MATERIALIZED")
        near = chosen.where(col(SearchEntry.ticket_id).in_(select(mine.c.id)))
        handful = _is_scan_cheaper(session, actor, among)
        tried = backends.scan_condition(session, asked.ways)
        match = tried if handful else backends.gather_condition(session, asked.ways)
        found = near.where(match).order_by((col(SearchEntry.id) + 0).desc())
        return session.execute(found).all()
    if backends.is_sqlite(session):
        hits = backends.select_ids(session, asked.ways).subquery()
        walked = chosen.join(hits, hits.c.id == SearchEntry.id).order_by(hits.c.id.desc())
        return session.execute(walked).all()
    after = (before or _get_newest_id(session)) - WINDOW
    window = select(SearchEntry.id).where(
        col(SearchEntry.id) > after, backends.scan_condition(session, asked.ways)
    )
    near = _load_newest(session, chosen, window)
    if len(near) == limit or after <= 0:
        return near
    return _load_newest(session, chosen, backends.select_ids(session, asked.ways))


def _load_newest(session: Session, chosen: Select, texts: Select) -> Sequence[Any]:
    """Return the rows of `chosen` whose ids are in `texts`, which is evaluated first."""
    once = texts.cte().prefix_with("MATERIALIZED")
    there = col(SearchEntry.id).in_(select(once.c.id))
    return session.execute(chosen.where(there).order_by(col(SearchEntry.id).desc())).all()


def _get_newest_id(session: Session) -> int:
    """Return the id of the newest text; 0 if there is none."""
    return (
        session.exec(
            gate.unscoped(select(func.max(SearchEntry.id)), "only a number, to choose how to search")
        ).one()
        or 0
    )


def _estimate_tickets(session: Session) -> int:
    """Return the approximate number of tickets."""
    return (
        session.exec(
            gate.unscoped(select(func.max(Ticket.id)), "only a number, to choose how to search")
        ).one()
        or 0
    )


def _plan_query(session: Session, query: str) -> QueryPlan:
    whole = reindexing.build_variants(session, query, typing=False)
    texts = backends.count_matches(session, whole, most=COMMON_WORD_TEXTS + 1)
    begun = texts <= COMMON_WORD_TEXTS or not backends.is_known_count(session, texts, whole)
    return QueryPlan(reindexing.build_variants(session, query) if begun else whole, texts, begun)


def _is_scan_cheaper(session: Session, actor: Actor, among: Sequence[ColumnElement[bool]]) -> bool:
    """Return whether checking the filtered tickets' texts is cheaper than gathering all matches of a common word."""
    most = _estimate_tickets(session) // SCAN_FACTOR[backends.dialect(session)]
    some = _select_few(actor, among).limit(most + 1).subquery()
    found = gate.unscoped(select(func.count()).select_from(some), "only a number, to choose how to search")
    return session.execute(found).scalar_one() <= most


def _select_few(actor: Actor, among: Sequence[ColumnElement[bool]]) -> Any:
    """Return a select of ticket ids where few are left, because of `among` or because the actor sees few."""
    chosen = gate.visible(actor, Ticket.id).where(*among)
    if actor.reach(Permission.TICKET_READ) > gate.Scope.OWN:
        return chosen
    return union(*(chosen.where(part) for part in gate.participation_conditions(actor)))


def find_similar(session: Session, actor: Actor, title: str, *, limit: int = 5) -> list[SimilarTicket]:
    """Return the open tickets that the actor may see with the titles most similar to `title`, best first."""
    terms = search_terms.similarity_terms(title)[:MAX_TITLE_WORDS]
    if not terms:
        return []
    after = max(0, _get_newest_id(session) - WINDOW)
    match = backends.newer_condition(session, terms, after=after)
    hits = select(SearchEntry.ticket_id).where(match, col(SearchEntry.comment_id).is_(None))
    newest = hits.order_by(col(SearchEntry.id).desc()).limit(MAX_COMPARED).cte().prefix_with("MATERIALIZED")
    found: Select = (
        gate.visible(actor, Ticket.id, Ticket.title, Status.name)
        .join(Status, col(Status.id) == Ticket.status_id)
        .where(col(Ticket.open), col(Ticket.id).in_(select(newest.c.ticket_id)))
    )
    wanted = search_terms.tokenize(title)
    scored = [
        (
            fuzz.token_set_ratio(wanted, search_terms.tokenize(row.title)),
            SimilarTicket(row.id, row.title, row.name),
        )
        for row in session.execute(found)
    ]
    scored = sorted((s for s in scored if s[0] >= MIN_SIMILARITY), key=lambda s: (-s[0], -s[1].number))
    return [card for _, card in scored[:limit]]
