"""Hours: how much time was logged, by up to three facts and by period; docs/metrics.md has the definition."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, and_, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.models import Activity, Category, Person, Status, Team, Ticket, TimeEntry
from db.vocabulary import Permission, Priority, Scope
from lib import gate
from lib.errors import Invalid
from lib.gate import Actor

MOST = 3
"""Facts by which hours are told apart at once."""
LONGEST = timedelta(days=366 * 5)
PERIODS = ("day", "week", "month", "quarter", "year")
Worker, Requester = aliased(Person), aliased(Person)
FACTS: dict[str, Any] = {
    "person": Worker.name,
    "team": Team.name,
    "ticket": Ticket.id,
    "category": Category.name,
    "priority": Ticket.priority,
    "status": Status.name,
    "activity": Activity.name,
    "requester": Requester.name,
    "billable": TimeEntry.billable,
}
"""What hours can be told apart by, each with one value for an entry, so that the groups add up to the total."""


@dataclass(frozen=True)
class Group:
    """Minutes of one group: its values in the order asked, and the first day of its period, if one was asked."""

    values: tuple[str, ...]
    period: date | None
    minutes: int


@dataclass(frozen=True)
class Report:
    """Groups in order, and the minutes in all, which they add up to."""

    by: tuple[str, ...]
    per: str | None
    groups: tuple[Group, ...]
    total: int


def begin(day: date, per: str) -> date:
    """Return the first day of the period in which a day lies."""
    match per:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case "year":
            return day.replace(month=1, day=1)
    return day


def report(
    session: Session, actor: Actor, *, by: Sequence[str], per: str | None, since: date, until: date
) -> Report:
    """Return the hours from one day to another, both included, of which `report.view` lets the actor know.

    Source: `time_entry`, by each worker's own day, as the entries stand now. Raises NotPermitted, Invalid.
    """
    gate.require(actor, Permission.REPORT_VIEW)
    _must_make_sense(by, per, since, until)
    keys = [FACTS[name] for name in by]
    # A period is put together here, because each database cuts days in its own way.
    columns: list[Any] = [*keys, *([TimeEntry.day] if per else [])]
    chosen = (
        sqlalchemy.select(*columns, func.sum(TimeEntry.minutes))
        .select_from(TimeEntry)
        .join(Ticket, col(Ticket.id) == TimeEntry.ticket_id)
        .join(Worker, col(Worker.id) == TimeEntry.worker_id)
        .join(Requester, col(Requester.id) == Ticket.requester_id)
        .join(Team, col(Team.id) == Ticket.team_id)
        .join(Status, col(Status.id) == Ticket.status_id)
        .join(Activity, col(Activity.id) == TimeEntry.activity_id)
        .outerjoin(Category, col(Category.id) == Ticket.category_id)
        .where(_known(actor), col(TimeEntry.day) >= since, col(TimeEntry.day) <= until)
        .group_by(*columns)
    )
    sums: dict[tuple[tuple[str, ...], date | None], int] = {}
    for row in session.execute(chosen.execution_options(**gate.PASS)).all():
        values = tuple(_told(name, value) for name, value in zip(by, row, strict=False))
        key = (values, begin(row[len(by)], per) if per else None)
        sums[key] = sums.get(key, 0) + int(row[-1] or 0)
    groups = [Group(values, period, minutes) for (values, period), minutes in sums.items() if minutes]
    ordered = sorted(groups, key=lambda g: (g.period or date.min, g.values))
    return Report(tuple(by), per, tuple(ordered), sum(g.minutes for g in groups))


def _known(actor: Actor) -> ColumnElement[bool]:
    """The SQL condition on `time_entry` joined to its ticket: one's own; with a wider scope what one's teams took."""
    own = col(TimeEntry.worker_id) == actor.id
    seen = and_(gate.readable(actor), gate.within(actor, Permission.TIME_READ))
    wide = and_(seen, gate.within(actor, Permission.REPORT_VIEW))
    reach = or_(own, wide) if actor.may(Permission.REPORT_VIEW, least=Scope.TEAM) else own
    return and_(col(TimeEntry.removed_at).is_(None), gate.readable(actor), reach)


def _told(name: str, value: object) -> str:
    match name:
        case "ticket":
            return f"#{value}"
        case "priority":
            return Priority(value).label if isinstance(value, int) else ""
        case "billable":
            return "billable" if value else "not billable"
    return "none" if value is None else str(value)


def _must_make_sense(by: Sequence[str], per: str | None, since: date, until: date) -> None:
    if len(by) > MOST or len(set(by)) < len(by) or not set(by) <= set(FACTS):
        raise Invalid(f"Choose up to {MOST} of {', '.join(FACTS)}.", fields={"by": "Up to three, each once."})
    if per is not None and per not in PERIODS:
        raise Invalid(f"Choose one of {', '.join(PERIODS)}.", fields={"per": "Not a period."})
    if until < since or until - since > LONGEST:
        raise Invalid("Choose a span of up to five years.", fields={"to": "Up to five years."})


def lines(found: Report) -> list[tuple[str | int, ...]]:
    """Return a report as the lines of a file: headings, a line for each group, the total."""
    period = (found.per,) if found.per else ()
    blank = len(found.by) + len(period)
    rows: list[tuple[str | int, ...]] = [(*period, *found.by, "minutes", "hours")]
    for group in found.groups:
        begun = (group.period.isoformat(),) if group.period else ()
        rows.append((*begun, *group.values, group.minutes, f"{group.minutes / 60:.2f}"))
    rows.append(
        (
            *("" for _ in range(max(0, blank - 1))),
            *(("total",) if blank else ()),
            found.total,
            f"{found.total / 60:.2f}",
        )
    )
    return rows
