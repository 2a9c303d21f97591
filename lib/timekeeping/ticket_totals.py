"""Logged and estimated time of a ticket, including its child tickets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy
from sqlalchemy import func, literal
from sqlmodel import Session, col, select

from db.models import Activity, Link, Person, Ticket, TimeEntry
from db.vocabulary import Action, LinkKind, Permission
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.core import text
from lib.core.errors import Invalid
from lib.timekeeping import durations

MAX_ESTIMATE = 10_000 * 60
"""Minutes of an estimate."""
MAX_DEPTH = 20
"""Generations of child tickets that are included."""


@dataclass(frozen=True)
class TimeTotals:
    """Minutes logged on a ticket: `own` on itself, `total` with visible child tickets, and by person and activity.

    `estimate` is its own, `estimates` includes its child tickets; None if nothing was estimated.
    """

    own: int
    total: int
    estimate: int | None
    estimates: int | None
    parts: int
    people: Mapping[str, int]
    activities: Mapping[str, int]


def for_ticket(session: Session, actor: Actor, ticket: Ticket) -> TimeTotals:
    """Return a ticket's totals. Raises NotFound, and NotPermitted for people who may not see its time."""
    gate.permit(session, actor, Permission.TIME_READ, ticket)
    chosen = gate.visible(actor, Ticket.id, Ticket.estimate).where(
        col(Ticket.id).in_(_select_with_parts(ticket)), gate.scope_condition(actor, Permission.TIME_READ)
    )
    known = {id: estimate for id, estimate in session.execute(chosen).all()}
    keys: list[Any] = [TimeEntry.ticket_id, Person.id, Person.name, Person.email, Activity.name]
    rows = session.execute(
        gate.unscoped(
            sqlalchemy.select(*keys, func.sum(TimeEntry.minutes))
            .join(Person, col(Person.id) == TimeEntry.worker_id)
            .join(Activity, col(Activity.id) == TimeEntry.activity_id)
            .where(col(TimeEntry.ticket_id).in_(known), col(TimeEntry.removed_at).is_(None))
            .group_by(*keys),
            "among visible tickets",
        )
    ).all()
    people = text.disambiguate({person: (name, email) for _, person, name, email, _, _ in rows})
    estimates = [e for e in known.values() if e is not None]
    return TimeTotals(
        own=sum(row[-1] for row in rows if row[0] == ticket.id),
        total=sum(row[-1] for row in rows),
        estimate=ticket.estimate,
        estimates=sum(estimates) if estimates else None,
        parts=len(known) - 1,
        people=_sum_by_name((people[person], n) for _, person, _, _, _, n in rows),
        activities=_sum_by_name((activity, n) for *_, activity, n in rows),
    )


def _sum_by_name(pairs: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, n in pairs:
        found[name] = found.get(name, 0) + n
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _select_with_parts(ticket: Ticket) -> Any:
    """Return a select of the ids of a ticket and all its child tickets."""
    base = select(literal(ticket.id).label("id"), literal(0).label("depth")).cte("family", recursive=True)
    parts = (
        select(Link.target_id, base.c.depth + 1)
        .join(base, col(Link.source_id) == base.c.id)
        .where(Link.kind == LinkKind.PARENT, base.c.depth < MAX_DEPTH)
    )
    return select(base.union(parts).c.id)


def set_estimate(session: Session, actor: Actor, ticket: Ticket, *, minutes: int | None) -> None:
    """Set a ticket's estimate in minutes, or remove it with None. Raises NotFound, NotPermitted, Invalid."""
    gate.permit(session, actor, Permission.TIME_LOG, ticket)
    if minutes is not None and not 1 <= minutes <= MAX_ESTIMATE:
        raise Invalid("An estimate is at most 10,000 hours.", fields={"estimate": "At most 10,000 hours."})
    was, ticket.estimate = ticket.estimate, minutes
    if was != minutes:
        old, new = (None if m is None else durations.format_minutes(m) for m in (was, minutes))
        events.record(
            session, actor, Action.TIME_ESTIMATED, ticket_id=ticket.id, field="estimate", old=old, new=new,
            internal=True,
        )  # fmt: skip
