"""Time in status: how long tickets are in each status, across tickets. Defined in docs/metrics.md."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy
from sqlalchemy import Text, and_, case, extract, func, literal, literal_column, or_, true
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from db.models import Event, Status, Ticket
from db.types import UtcDateTime
from db.vocabulary import Action, Permission, StatusCategory
from lib.access import gate
from lib.access.gate import Actor
from lib.core import clock
from lib.core.errors import Invalid
from lib.lists.filters import TicketFilter
from lib.reports import response_times, status_timeline
from lib.reports.response_times import DurationSummary
from lib.reports.status_timeline import ReportedStatus, StatusNamePeriod
from lib.reports.ticket_export import TableRow

MAX_PERIOD = timedelta(days=366)
# Must match the index definition exactly, or SQLite doesn't use it.
_MOVED_ACTION = literal_column(f"'{Action.TICKET_MOVED.value}'", Text)
EARLIEST_YEAR, LATEST_YEAR = 1990, 2200
NO_FILTER = TicketFilter()
_COLUMN_HEADINGS = ("count", "median minutes", "90th percentile minutes", "mean minutes")


@dataclass(frozen=True)
class StatusTime:
    """Seconds in one status: `left` for periods that ended in the date range, `standing` for open tickets in it now."""

    status: ReportedStatus
    left: DurationSummary
    standing: DurationSummary


def to_time_range(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the start and end of a range of days, both included, in a time zone.

    Raises Invalid for unreasonable dates.
    """
    if first.year < EARLIEST_YEAR or last.year > LATEST_YEAR:
        years = f"{EARLIEST_YEAR} to {LATEST_YEAR}"
        raise Invalid(
            f"Choose dates from {years}.", fields={"from": f"From {years}.", "to": f"From {years}."}
        )
    over = last + timedelta(days=1)
    return datetime.combine(first, time(), zone), datetime.combine(over, time(), zone)


def build_report(
    session: Session, actor: Actor, *, since: datetime, until: datetime, narrowed: TicketFilter = NO_FILTER
) -> list[StatusTime]:
    """Return the time in each status that is not done, in the order of statuses, for tickets in the actor's reports.

    Source: `ticket.created`, `ticket.moved`, `ticket.merged` and `ticket.unmerged`. A period in a status counts in
    the date range in which a move ended it. Merged tickets are left out. Raises NotPermitted, Invalid for more than a
    year.
    """
    gate.require(actor, Permission.REPORT_VIEW)
    if until <= since or until - since > MAX_PERIOD:
        raise Invalid("Choose a period of up to a year.", fields={"to": "Up to a year."})
    whose = (
        gate.visible_condition(actor),
        response_times.scope_condition(actor),
        col(Ticket.merged_into_id).is_(None),
    )
    conditions = (*whose, *narrowed.indexed)
    left = _load_summaries(session, _select_left(session, since, until).where(*conditions))
    standing = _load_summaries(session, _select_current(session).where(*conditions))
    rows = session.exec(select(Status).order_by(col(Status.position), col(Status.id))).all()
    return [
        StatusTime(
            ReportedStatus(id, s.name, StatusCategory(s.kind)),
            left.get(id, DurationSummary()),
            standing.get(id, DurationSummary()),
        )
        for s in rows
        if s.kind != StatusCategory.DONE and (id := s.id) and (not s.retired or id in left)
    ]


def _select_left(session: Session, since: datetime, until: datetime) -> Any:
    """Select the status and seconds of each period that a move ended in the date range."""
    before = aliased(Event, name="before")
    began = (
        select(func.max(before.at))
        .where(
            before.ticket_id == Event.ticket_id,
            col(before.id) < Event.id,
            status_timeline.status_change_condition(before),
        )
        .scalar_subquery()
    )
    moved = and_(col(Event.action) == _MOVED_ACTION, col(Event.at) >= since, col(Event.at) < until)
    # The latest time of earlier events: if the clock jumped back, a period starts at the time it jumped from.
    seconds = _seconds_between(session, func.coalesce(began, Ticket.created_at), col(Event.at))
    return (
        select(
            _left_status_column(status_timeline.list_name_periods(session)).label("status_id"),
            seconds.label("seconds"),
        )
        .select_from(Event)
        .join(Ticket, col(Ticket.id) == Event.ticket_id)
        .where(moved)
    )


def _select_current(session: Session) -> Any:
    """Select the status of each open ticket and the seconds since it entered it."""
    turn = aliased(Event, name="turn")
    began = (
        select(func.max(turn.at))
        .where(turn.ticket_id == Ticket.id, status_timeline.status_change_condition(turn))
        .scalar_subquery()
    )
    seconds = _seconds_between(
        session, func.coalesce(began, Ticket.created_at), literal(clock.now(), UtcDateTime())
    )
    return select(col(Ticket.status_id).label("status_id"), seconds.label("seconds")).where(
        col(Ticket.open) == true()
    )


def _seconds_between(session: Session, began: Any, ended: Any) -> Any:
    # One expression, because a CASE would evaluate it twice.
    most = func.max if session.get_bind().dialect.name == "sqlite" else func.greatest
    return most(_epoch_seconds(session, ended) - _epoch_seconds(session, began), literal_column("0"))


def _epoch_seconds(session: Session, moment: Any) -> Any:
    """Return whole seconds, with fractions cut off. SQLite's are whole already."""
    seconds = extract("epoch", moment)
    return seconds if session.get_bind().dialect.name == "sqlite" else func.floor(seconds)


def _left_status_column(known: list[StatusNamePeriod]) -> Any:
    """Return a column with the id of the status that a move left, by the status's name at that time."""
    return case(
        *(
            (
                and_(
                    col(Event.old) == era.name,
                    col(Event.id) > era.since,
                    *((col(Event.id) < era.until,) if era.until else ()),
                ),
                era.status.id,
            )
            for era in known
        )
    )


def _load_summaries(session: Session, stays: Any) -> Mapping[int, DurationSummary]:
    """Return the summary of seconds by status, calculated in the database."""
    each = stays.subquery()
    whole = {"partition_by": each.c.status_id}
    ranked = sqlalchemy.select(
        each.c.status_id,
        each.c.seconds,
        func.row_number().over(order_by=each.c.seconds, **whole).label("place"),
        func.count().over(**whole).label("n"),
        func.sum(each.c.seconds).over(**whole).label("sum"),
    ).subquery()
    n, place = ranked.c.n, ranked.c.place
    told = sqlalchemy.select(ranked.c.status_id, n, ranked.c.sum, place, ranked.c.seconds).where(
        or_(place == (n + 1) // 2, place == n // 2 + 1, place == (9 * n + 9) // 10)
    )
    found: dict[int, dict[int, int]] = {}
    sums: dict[int, tuple[int, int]] = {}
    for status, many, total, where, seconds in session.execute(
        gate.unscoped(told, "among visible tickets")
    ).all():
        found.setdefault(status, {})[int(where)] = int(seconds)
        sums[status] = int(many), int(total)
    return {
        status: DurationSummary(
            many,
            (at[(many + 1) // 2] + at[many // 2 + 1]) // 2,
            at[(9 * many + 9) // 10],
            total // many,
        )
        for status, at in found.items()
        for many, total in [sums[status]]
    }


def to_rows(found: Sequence[StatusTime]) -> list[TableRow]:
    """Return a report as file rows: headings, then a row per status, in whole minutes, empty where there are none."""
    rows: list[TableRow] = [
        ("status", *(f"{which} {what}" for which in ("left", "standing") for what in _COLUMN_HEADINGS))
    ]
    rows += [(each.status.name, *_to_minutes(each.left), *_to_minutes(each.standing)) for each in found]
    return rows


def _to_minutes(spread: DurationSummary) -> TableRow:
    p90 = (
        None if spread.p90 is None else -(-spread.p90 // 60)
        # a 90th percentile is rounded up, never down
    )
    median, mean = (None if each is None else each // 60 for each in (spread.median, spread.mean))
    return (spread.n, *("" if each is None else each for each in (median, p90, mean)))
