"""The board: a lane for each status, with the tickets that the actor may see, in the order people gave them."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, func, literal
from sqlmodel import Session, col, select

from db.models import Status, Ticket
from db.vocabulary import Permission
from lib.access import gate
from lib.access.gate import Actor
from lib.catalog import statuses
from lib.catalog.ticket_fields import TicketRow
from lib.lists import ticket_list
from lib.lists.filters import TicketFilter
from lib.tickets import links

LANE_SIZE = 50
"""Cards that a lane shows."""
MIN_GAP, SPREAD_SIZE = 1e-6, 100
"""Ranks nearer than GAP are spread anew, over the NEAR tickets above."""


@dataclass(frozen=True)
class Lane:
    """A lane: its status, its cards from the top, and how many tickets stand in it (one more than the cap: more)."""

    status: Status
    cards: tuple[TicketRow, ...]
    count: int


def list_lanes(session: Session, actor: Actor, narrowed: TicketFilter = TicketFilter()) -> list[Lane]:  # noqa: B008 - frozen
    """Return every status in use as a lane, each with its first cards."""
    there = statuses.list_rows(session)
    first, counted = (
        _unfiltered_lane_statements(actor)
        if narrowed == TicketFilter()
        else _lane_statements(actor, narrowed)
    )
    lane = [{"lane": s.id} for s in there]
    found = [list(session.execute(first, of).scalars()) for of in lane]
    rows = ticket_list.get_rows(session, actor, [number for numbers in found for number in numbers])
    return [
        Lane(s, tuple(rows[n] for n in numbers if n in rows), session.execute(counted, of).scalar_one())
        for s, of, numbers in zip(there, lane, found, strict=True)
    ]


@lru_cache(maxsize=gate.CACHED_STATEMENTS)
def _unfiltered_lane_statements(actor: Actor) -> tuple[Select, Select]:
    return _lane_statements(actor, TicketFilter())


def _lane_statements(actor: Actor, narrowed: TicketFilter) -> tuple[Select, Select]:
    """Return the selects for the first numbers in the status `lane`, in order, and for how many stand there."""
    inside = col(Ticket.status_id) == bindparam("lane")
    here = replace(narrowed, conditions=(*narrowed.conditions, inside))
    chosen = select(Ticket.id).where(
        col(Ticket.id).in_(ticket_list.select_by_rank(actor, here, limit=LANE_SIZE))
    )
    first = gate.unscoped(chosen.order_by(col(Ticket.rank), col(Ticket.id)), "among visible tickets")
    some = gate.visible(actor, literal(1)).where(inside, *narrowed.indexed).limit(ticket_list.MAX_COUNT + 1)
    return first, gate.select_count(some)


def find_blockers(session: Session, actor: Actor, found: list[Lane]) -> dict[int, str]:
    """Return which of the shown open tickets have an open blocker, as a sentence names it."""
    return links.find_blockers(
        session, actor, [c.number for lane in found for c in lane.cards if lane.status.kind != "done"]
    )


def place(
    session: Session, actor: Actor, ticket: Ticket, *, before: int | None, after: int | None = None
) -> None:
    """Put a ticket in its lane before one that the actor may see, or after one, or at the end.

    Order alone is no event. A neighbour that is gone or stands elsewhere meanwhile does not count. Raises NotPermitted.
    """
    gate.permit(session, actor, Permission.TICKET_TRANSITION, ticket)
    below = _find_rank(session, actor, ticket, before)
    if below is None and (above := _find_rank(session, actor, ticket, after)) is not None:
        below = _find_edge_rank(session, ticket, func.min(Ticket.rank), over=above)
    if below is None:
        last = _find_edge_rank(session, ticket, func.max(Ticket.rank))
        ticket.rank = 0.0 if last is None else last + 1
        return
    above = _find_edge_rank(session, ticket, func.max(Ticket.rank), under=below)
    if above is None:
        ticket.rank = below - 1
    elif below - above > MIN_GAP:
        ticket.rank = (above + below) / 2
    else:
        _spread_ranks(session, ticket, below)
        ticket.rank = (
            below - (below - (_find_edge_rank(session, ticket, func.max(Ticket.rank), under=below) or 0)) / 2
        )


def _find_rank(session: Session, actor: Actor, ticket: Ticket, before: int | None) -> float | None:
    if before is None or before == ticket.id:
        return None
    found = gate.visible(actor, Ticket.rank).where(
        col(Ticket.id) == before, col(Ticket.status_id) == ticket.status_id
    )
    return session.exec(found).first()


def _find_edge_rank(
    session: Session, ticket: Ticket, which: Any, *, under: float | None = None, over: float | None = None
) -> float | None:
    lane = select(which).where(Ticket.status_id == ticket.status_id, col(Ticket.id) != ticket.id)
    lane = lane.where(col(Ticket.rank) < under) if under is not None else lane
    lane = lane.where(col(Ticket.rank) > over) if over is not None else lane
    return session.exec(gate.unscoped(lane, "only ranks, to place a permitted ticket")).one()


def _spread_ranks(session: Session, ticket: Ticket, below: float) -> None:
    """Give the nearest tickets above a place more room between them, in the order they have."""
    above = select(Ticket).where(Ticket.status_id == ticket.status_id, col(Ticket.rank) < below)
    nearest = above.order_by(col(Ticket.rank).desc(), col(Ticket.id).desc()).limit(SPREAD_SIZE)
    rows = session.exec(gate.unscoped(nearest, "only ranks, to place a permitted ticket")).all()
    lowest = rows[-1].rank if len(rows) == SPREAD_SIZE else below - SPREAD_SIZE
    step = (below - lowest) / (len(rows) + 1)
    for place_, row in enumerate(rows, start=1):
        row.rank = below - place_ * step
    session.flush()
