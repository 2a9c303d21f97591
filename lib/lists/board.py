"""The board: one lane per status with the tickets that the actor can see, in the order people arranged them."""

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
"""Cards shown in a lane."""
MIN_GAP, SPREAD_SIZE = 1e-6, 100
"""If two ranks are closer than MIN_GAP, the SPREAD_SIZE tickets above are given new ranks."""


@dataclass(frozen=True)
class Lane:
    """A lane: its status, its first cards, and its number of tickets, up to one more than `ticket_list.MAX_COUNT`."""

    status: Status
    cards: tuple[TicketRow, ...]
    count: int


def list_lanes(session: Session, actor: Actor, narrowed: TicketFilter = TicketFilter()) -> list[Lane]:  # noqa: B008 - frozen
    """Return a lane for each status in use, with its first cards."""
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
    """Return two selects for the status `lane`: the ids of its first tickets in order, and its number of tickets."""
    inside = col(Ticket.status_id) == bindparam("lane")
    here = replace(narrowed, conditions=(*narrowed.conditions, inside))
    chosen = select(Ticket.id).where(
        col(Ticket.id).in_(ticket_list.select_by_rank(actor, here, limit=LANE_SIZE))
    )
    first = gate.unscoped(chosen.order_by(col(Ticket.rank), col(Ticket.id)), "among visible tickets")
    some = gate.visible(actor, literal(1)).where(inside, *narrowed.indexed).limit(ticket_list.MAX_COUNT + 1)
    return first, gate.select_count(some)


def find_blockers(session: Session, actor: Actor, found: list[Lane]) -> dict[int, str]:
    """Return the shown open tickets that have an open blocker, each with how a sentence refers to the blocker."""
    return links.find_blockers(
        session, actor, [c.number for lane in found for c in lane.cards if lane.status.kind != "done"]
    )


def place(
    session: Session, actor: Actor, ticket: Ticket, *, before: int | None, after: int | None = None
) -> None:
    """Place a ticket in its lane before another that the actor can see, else after one, else at the end.

    A change of order is not an event. A neighbor that is gone or in another lane by now is ignored. Raises
    NotPermitted.
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
    """Spread the ranks of the tickets just above a position, keeping their order, to make room between them."""
    above = select(Ticket).where(Ticket.status_id == ticket.status_id, col(Ticket.rank) < below)
    nearest = above.order_by(col(Ticket.rank).desc(), col(Ticket.id).desc()).limit(SPREAD_SIZE)
    rows = session.exec(gate.unscoped(nearest, "only ranks, to place a permitted ticket")).all()
    lowest = rows[-1].rank if len(rows) == SPREAD_SIZE else below - SPREAD_SIZE
    step = (below - lowest) / (len(rows) + 1)
    for place_, row in enumerate(rows, start=1):
        row.rank = below - place_ * step
    session.flush()
