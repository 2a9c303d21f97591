"""Finding tickets and texts by their words: every word of a query must be there, on either database alike."""

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
"""How many of the newest matches "similar" compares."""
WINDOW = 30_000
"""Among how many of the newest descriptions and comments to look first for common words."""
MAX_TITLE_WORDS = 32
"""Words of a title that "similar" looks for."""
COMMON_WORD_TEXTS = 1_000
"""Texts with all the words of a query from which its last word is not taken for the beginning of others as well."""
FEW_MATCHES = 400
"""Matches that are looked up whatever else there is."""
LOOKUP_FACTOR = 20
"""Matches are looked up while their number squared is at most this times that of all tickets. Measured.

Looking up costs as the number of matches, going along a list until a page is full as its inverse times the tickets. So
a word of which nothing is known is looked up too: if it is nowhere, all tickets would be gone through.
"""
GATHER_FACTOR = {"sqlite": 5_000, "postgresql": 100}
"""The same for gathering matches, beyond which ticket after ticket is tried. Measured; PostgreSQL takes texts apart
again, slowly, when it gathers more than its `work_mem` holds.
"""
SCAN_FACTOR = {"sqlite": 5_000, "postgresql": 25}
"""Measured: among how many times as many tickets all texts with a common word are gathered in the time in which one
ticket's are tried.
"""
MIN_SIMILARITY = 55
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
class QueryPlan:
    """A query as the database speaks it, about how many texts hold its words as they stand, and if they begin others.

    To find all that begins with a common word, a database merges long lists for something that is plentiful anyhow.
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
    """Let a ticket be found by its title and description as they are now."""
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
    """Let a comment be found by its words as they are now, a note only by those who may read it."""
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
    """Return the tickets whose words, or a comment's that the actor may read, match; None for a query without words.

    The last word matches as a prefix too, because it may still be being typed.
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
    return Matches(hits.is_(True), hits=hits)  # no database looks up what is compared with true


def _gather_condition(session: Session, actor: Actor, ways: QueryVariants) -> ColumnElement[bool]:
    """The condition that a ticket is among those that match, which are gathered once."""
    once = backends.select_tickets(session, ways).cte().prefix_with("MATERIALIZED")
    among = col(Ticket.id).in_(select(once.c.ticket_id))
    if actor.may(Permission.COMMENT_READ_INTERNAL, least=gate.Scope.ALL):
        return among
    public = col(Ticket.id).in_(select(once.c.ticket_id).where(~once.c.internal))
    return and_(among, or_(gate.scope_condition(actor, Permission.COMMENT_READ_INTERNAL), public))


def _scan_condition(session: Session, actor: Actor, ways: QueryVariants) -> ColumnElement[bool]:
    """The condition that a ticket matches, tried with each."""
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

    `among` are conditions on their tickets, `few` tells that these leave few, `before` is the id that they come before.
    Rare words are looked up first of all; of common ones those in few tickets are tried, or the newest are looked at
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
    """Return what was chosen among texts, whose ids are selected first of all."""
    once = texts.cte().prefix_with("MATERIALIZED")
    there = col(SearchEntry.id).in_(select(once.c.id))
    return session.execute(chosen.where(there).order_by(col(SearchEntry.id).desc())).all()


def _get_newest_id(session: Session) -> int:
    """Return the id of the newest text, 0 for none."""
    return (
        session.exec(
            gate.unscoped(select(func.max(SearchEntry.id)), "only a number, to choose how to search")
        ).one()
        or 0
    )


def _estimate_tickets(session: Session) -> int:
    """Return how many tickets there are, about."""
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
    """Tell whether trying the texts of the tickets that `among` leaves is cheaper than gathering a common word's."""
    most = _estimate_tickets(session) // SCAN_FACTOR[backends.dialect(session)]
    some = _select_few(actor, among).limit(most + 1).subquery()
    found = gate.unscoped(select(func.count()).select_from(some), "only a number, to choose how to search")
    return session.execute(found).scalar_one() <= most


def _select_few(actor: Actor, among: Sequence[ColumnElement[bool]]) -> Any:
    """Select the ids of tickets of which there are few, because of `among` or because few are the actor's."""
    chosen = gate.visible(actor, Ticket.id).where(*among)
    if actor.reach(Permission.TICKET_READ) > gate.Scope.OWN:
        return chosen
    return union(*(chosen.where(part) for part in gate.participation_conditions(actor)))


def find_similar(session: Session, actor: Actor, title: str, *, limit: int = 5) -> list[SimilarTicket]:
    """Return the open tickets the actor may see whose titles most resemble `title`, best first."""
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
