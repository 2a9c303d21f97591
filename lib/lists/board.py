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
from lib.lists.filters import Narrowed
from lib.tickets import links

LANE = 50
"""Cards that a lane shows."""
GAP, NEAR = 1e-6, 100
"""Ranks nearer than GAP are spread anew, over the NEAR tickets above."""


@dataclass(frozen=True)
class LaneCards:
    """A lane: its status, its cards from the top, and how many tickets stand in it (one more than the cap: more)."""

    status: Status
    cards: tuple[TicketRow, ...]
    count: int


def lanes(session: Session, actor: Actor, narrowed: Narrowed = Narrowed()) -> list[LaneCards]:  # noqa: B008 - frozen
    """Return every status in use as a lane, each with its first cards."""
    there = statuses.used(session)
    first, counted = _whole(actor) if narrowed == Narrowed() else _lane(actor, narrowed)
    lane = [{"lane": s.id} for s in there]
    found = [list(session.execute(first, of).scalars()) for of in lane]
    rows = ticket_list.rows(session, actor, [number for numbers in found for number in numbers])
    return [
        LaneCards(s, tuple(rows[n] for n in numbers if n in rows), session.execute(counted, of).scalar_one())
        for s, of, numbers in zip(there, lane, found, strict=True)
    ]


@lru_cache(maxsize=gate.KEPT)
def _whole(actor: Actor) -> tuple[Select, Select]:
    return _lane(actor, Narrowed())


def _lane(actor: Actor, narrowed: Narrowed) -> tuple[Select, Select]:
    """Return the selects for the first numbers in the status `lane`, in order, and for how many stand there."""
    inside = col(Ticket.status_id) == bindparam("lane")
    here = replace(narrowed, conditions=(*narrowed.conditions, inside))
    chosen = select(Ticket.id).where(col(Ticket.id).in_(ticket_list.ranked(actor, here, limit=LANE)))
    first = gate.unscoped(chosen.order_by(col(Ticket.rank), col(Ticket.id)), "among visible tickets")
    some = gate.visible(actor, literal(1)).where(inside, *narrowed.indexed).limit(ticket_list.CAP + 1)
    return first, gate.counted(some)


def blocked(session: Session, found: list[LaneCards]) -> dict[int, int]:
    """Return which of the shown open tickets have an open blocker, and its number."""
    return links.blocked(
        session, [c.number for lane in found for c in lane.cards if lane.status.kind != "done"]
    )


def place(
    session: Session, actor: Actor, ticket: Ticket, *, before: int | None, after: int | None = None
) -> None:
    """Put a ticket in its lane before one that the actor may see, or after one, or at the end.

    Order alone is no event. A neighbour that is gone or stands elsewhere meanwhile does not count. Raises NotPermitted.
    """
    gate.permit(session, actor, Permission.TICKET_TRANSITION, ticket)
    below = _rank(session, actor, ticket, before)
    if below is None and (above := _rank(session, actor, ticket, after)) is not None:
        below = _edge(session, ticket, func.min(Ticket.rank), over=above)
    if below is None:
        last = _edge(session, ticket, func.max(Ticket.rank))
        ticket.rank = 0.0 if last is None else last + 1
        return
    above = _edge(session, ticket, func.max(Ticket.rank), under=below)
    if above is None:
        ticket.rank = below - 1
    elif below - above > GAP:
        ticket.rank = (above + below) / 2
    else:
        _spread(session, ticket, below)
        ticket.rank = below - (below - (_edge(session, ticket, func.max(Ticket.rank), under=below) or 0)) / 2


def _rank(session: Session, actor: Actor, ticket: Ticket, before: int | None) -> float | None:
    if before is None or before == ticket.id:
        return None
    found = gate.visible(actor, Ticket.rank).where(
        col(Ticket.id) == before, col(Ticket.status_id) == ticket.status_id
    )
    return session.exec(found).first()


def _edge(
    session: Session, ticket: Ticket, which: Any, *, under: float | None = None, over: float | None = None
) -> float | None:
    lane = select(which).where(Ticket.status_id == ticket.status_id, col(Ticket.id) != ticket.id)
    lane = lane.where(col(Ticket.rank) < under) if under is not None else lane
    lane = lane.where(col(Ticket.rank) > over) if over is not None else lane
    return session.exec(gate.unscoped(lane, "only ranks, to place a permitted ticket")).one()


def _spread(session: Session, ticket: Ticket, below: float) -> None:
    """Give the nearest tickets above a place more room between them, in the order they have."""
    above = select(Ticket).where(Ticket.status_id == ticket.status_id, col(Ticket.rank) < below)
    nearest = above.order_by(col(Ticket.rank).desc(), col(Ticket.id).desc()).limit(NEAR)
    rows = session.exec(gate.unscoped(nearest, "only ranks, to place a permitted ticket")).all()
    lowest = rows[-1].rank if len(rows) == NEAR else below - NEAR
    step = (below - lowest) / (len(rows) + 1)
    for place_, row in enumerate(rows, start=1):
        row.rank = below - place_ * step
    session.flush()
