"""Response times: how long first responses and resolutions take. docs/metrics.md defines each metric.

All times are calendar time: nights and weekends count until working hours are known. Durations are in whole seconds,
between two times whose fractions of a second are cut off.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, and_, extract, false, func, literal, true
from sqlmodel import Session, col, select

from db.models import Ticket
from db.vocabulary import Permission, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.core import clock
from lib.lists import filters

WINDOWS = (30, 7, 1)
"""Days that the dashboard can look back. The first that is not too much to read at once is used."""
MAX_TICKETS = 2000
"""Maximum number of tickets to read at once."""


@dataclass(frozen=True)
class DurationSummary:
    """Summary of `n` durations in whole seconds: median, 90th percentile and mean."""

    n: int = 0
    median: int | None = None
    p90: int | None = None
    mean: int | None = None


def summarize_durations(durations: Iterable[int]) -> DurationSummary:
    """Return the summary of durations.

    The median of an even number of durations is the mean of the middle two. The 90th percentile is always one of
    them.
    """
    ordered = sorted(durations)
    n = len(ordered)
    if not n:
        return DurationSummary()
    median = (ordered[(n - 1) // 2] + ordered[n // 2]) // 2
    return DurationSummary(n, median, ordered[ceil(0.9 * n) - 1], sum(ordered) // n)


def scope_condition(actor: Actor, held: Any = Ticket.assignee_id) -> ColumnElement[bool]:
    """SQL condition on `ticket` for the scope of `report.view`: tickets the actor held, those of their teams, or all.

    `held` is the column with the assignee at the measured time.
    """
    match actor.reach(Permission.REPORT_VIEW):
        case Scope.OWN:
            return col(held) == actor.id
        case Scope.TEAM:
            return col(Ticket.team_id).in_(sorted(actor.teams))
        case Scope.ALL:
            return true()
    return false()


def choose_window_days(session: Session, actor: Actor) -> int:
    """Return the days to look back: the first of WINDOWS in which at most MAX_TICKETS changed, or the last."""
    for days in WINDOWS[:-1]:
        since = clock.now() - timedelta(days=days)
        touched = (
            select(literal(1))
            .where(scope_condition(actor), col(Ticket.updated_at) >= since)
            .limit(MAX_TICKETS + 1)
        )
        counted = gate.unscoped(
            select(func.count()).select_from(touched.subquery()), "only tickets in the actor's reports"
        )
        if session.execute(counted).scalar_one() <= MAX_TICKETS:
            return days
    return WINDOWS[-1]


def measure_first_response(
    session: Session, actor: Actor, *, since: datetime, until: datetime
) -> DurationSummary:
    """Return the times from creation to first response, for responses in the period.

    The first response is the first public reply by somebody who works on the ticket.

    Source: `ticket.created_at` and `ticket.first_response_at`, which adding a comment (`comment.added`) writes.
    Tickets created by somebody who works on them (`ticket.staff_opened`) expect no response and are left out. It
    counts for the assignee at that time. Raises NotPermitted for people without access to reports.
    """
    gate.require(actor, Permission.REPORT_VIEW)
    answered = col(Ticket.first_response_at)
    in_time = and_(answered >= since, answered < until, ~col(Ticket.staff_opened))
    return _measure(session, actor, answered, since, in_time, scope_condition(actor, Ticket.responder_id))


def measure_resolution(
    session: Session, actor: Actor, *, since: datetime, until: datetime
) -> DurationSummary:
    """Return the times from creation to the last resolution, for resolutions in the period.

    Source: `ticket.created_at` and `ticket.resolved_at`, which `ticket.moved` writes and a reopening clears. A move
    from one done status that counts to another changes nothing. Canceled tickets never count; reopened ones count
    again once they are done, with their longer time. It counts for the assignee at that time. Raises NotPermitted.
    """
    gate.require(actor, Permission.REPORT_VIEW)
    resolved = col(Ticket.resolved_at)
    in_time = and_(resolved >= since, resolved < until)
    return _measure(session, actor, resolved, since, in_time, scope_condition(actor, Ticket.resolver_id))


def _measure(
    session: Session, actor: Actor, end: Any, since: datetime, *conditions: ColumnElement[bool]
) -> DurationSummary:
    # A change updates updated_at, which has indexes. One person's own tickets have an index with this end time.
    own = actor.reach(Permission.REPORT_VIEW) == Scope.OWN
    touched = () if own else (col(Ticket.updated_at) >= since - filters.CLOCK_SKEW,)
    chosen = gate.visible(actor, extract("epoch", col(Ticket.created_at)), extract("epoch", end))
    rows: Sequence = session.execute(chosen.where(*touched, *conditions)).all()
    return summarize_durations(int(ended) - int(began) for began, ended in rows)
