"""Reindexing of texts that an earlier version indexed, in batches, while everything stays searchable."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.models import Comment, ReindexProgress, SearchEntry, Ticket
from lib.access import gate
from lib.search_index import terms
from lib.search_index.backends import QueryVariants

BATCH_SIZE = 500
"""Texts that are reindexed in one transaction."""


def build_variants(session: Session, query: str, *, typing: bool = True) -> QueryVariants:
    """Return the variants of a query: also an earlier version's, as long as texts with its tokens are left."""
    now = terms.parse_query(query, typing=typing).terms
    before = terms.parse_legacy_query(query, typing=typing).terms
    if before == now or not before or not pending_below(session):
        return [now]
    return [now, before]


def pending_below(session: Session) -> int:
    """Return the id below which texts still need reindexing; 0 when all are done."""
    return session.exec(select(ReindexProgress.below)).first() or 0


def reindex_batch(session: Session) -> bool:
    """Reindex the newest texts that need it, and return whether more are left.

    Skips this run when somebody is changing one of them, so that neither waits for the other.
    """
    row = session.exec(select(ReindexProgress)).first()
    if row is None or not row.below:
        return False
    waiting = select(SearchEntry.id).where(col(SearchEntry.id) < row.below)
    ids = session.exec(_unscoped(waiting.order_by(col(SearchEntry.id).desc()).limit(BATCH_SIZE))).all()
    mine = select(SearchEntry).where(col(SearchEntry.id).in_(ids)).with_for_update(skip_locked=True)
    entries = session.exec(_unscoped(mine)).all()
    if len(entries) < len(ids):
        return True
    texts = _load_texts(session, ids)
    for entry in entries:
        entry.words = terms.tokenize(*texts[entry.id])
    row.below = min(ids) if len(ids) == BATCH_SIZE else 0
    return row.below > 0


def _load_texts(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    found = (
        sa.select(
            *map(
                col, (SearchEntry.id, SearchEntry.comment_id, Ticket.title, Ticket.description, Comment.body)
            )
        )
        .join(Ticket, col(Ticket.id) == SearchEntry.ticket_id)
        .join(Comment, col(Comment.id) == SearchEntry.comment_id, isouter=True)
        .where(col(SearchEntry.id).in_(ids))
    )
    return {
        id: (title, description) if comment is None else (body or "",)
        for id, comment, title, description, body in session.execute(_unscoped(found))
    }


def _unscoped(statement: Any) -> Any:
    return gate.unscoped(statement, "only search words are made of it")
