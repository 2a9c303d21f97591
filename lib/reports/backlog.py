"""The backlog: open tickets by status and by age. Counts stop at a cap, so they cost the same at any size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, literal, literal_column, union_all
from sqlmodel import Session, col, select

from db.models import Ticket
from db.vocabulary import StatusCategory
from lib.access import gate
from lib.access.gate import Actor
from lib.catalog import statuses
from lib.catalog.statuses import StatusCard
from lib.core import clock
from lib.lists import ticket_list
from lib.lists.filters import TicketFilter

AGE_BUCKETS: Sequence[tuple[int, int | None]] = ((0, 1), (1, 3), (3, 7), (7, 30), (30, None))
"""Age ranges in days. Each includes its start and excludes its end."""


@dataclass(frozen=True)
class AgeBucket:
    """Open tickets in an age range: created at or after `after` and before `before`."""

    days: tuple[int, int | None]
    after: datetime | None
    before: datetime | None
    count: int


def count_by_status(session: Session, actor: Actor, narrowed: TicketFilter) -> list[tuple[StatusCard, int]]:
    """Return each status that is not done with its number of tickets, up to one more than `ticket_list.MAX_COUNT`.

    Source: `ticket.status_id`. Tickets that the actor can't see are not counted.
    """
    there = [s for s in statuses.list_all(session) if s.kind != StatusCategory.DONE]
    counts = _count_each(
        session, actor, narrowed, [and_(col(Ticket.open), col(Ticket.status_id) == s.id) for s in there]
    )
    return list(zip(there, counts, strict=True))


def count_by_age(session: Session, actor: Actor, narrowed: TicketFilter) -> list[AgeBucket]:
    """Return the number of open tickets by age, each up to one more than `ticket_list.MAX_COUNT`.

    Source: `ticket.created_at` compared with the current minute, so that a list of the same tickets can be linked to.
    """
    minute = clock.now().replace(second=0, microsecond=0) + timedelta(minutes=1)
    bounds = [
        (minute - timedelta(days=old) if old else None, minute - timedelta(days=young) if young else None)
        for young, old in AGE_BUCKETS
    ]
    conditions = [
        and_(
            col(Ticket.open),
            *([col(Ticket.created_at) >= after] if after else []),
            *([col(Ticket.created_at) < before] if before else []),
        )
        for after, before in bounds
    ]
    counts = _count_each(session, actor, narrowed, conditions)
    return [
        AgeBucket(days, after, before, count)
        for days, (after, before), count in zip(AGE_BUCKETS, bounds, counts, strict=True)
    ]


def _count_each(
    session: Session, actor: Actor, narrowed: TicketFilter, conditions: Sequence[ColumnElement[bool]]
) -> list[int]:
    capped = [
        select(literal_column(str(place)).label("place"), func.count().label("n")).select_from(
            gate.visible(actor, literal(1))
            .where(condition, *narrowed.indexed)
            .limit(ticket_list.MAX_COUNT + 1)
            .subquery()
        )
        for place, condition in enumerate(conditions)
    ]
    rows = session.execute(gate.unscoped(union_all(*capped), "among visible tickets")).all() if capped else []
    found = {place: n for place, n in rows}
    return [found[place] for place in range(len(conditions))]
