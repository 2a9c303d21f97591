"""Time report: logged time by up to three dimensions and by period. Defined in docs/metrics.md."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, UnaryExpression, and_, extract, false, func, literal_column, or_
from sqlalchemy.sql.operators import custom_op
from sqlmodel import Session, col, select

from db.models import Ticket, TimeEntry
from db.vocabulary import Permission, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.core.errors import Invalid
from lib.reports import time_dimensions
from lib.reports.ticket_export import TableRow
from lib.reports.time_dimensions import DIMENSIONS
from lib.timekeeping import rates, weeks
from lib.timekeeping.rates import Rates

MAX_DIMENSIONS = 3
"""Maximum number of dimensions in one report."""
MAX_PERIOD = timedelta(days=366 * 5)
SHORT_PERIOD = timedelta(days=100)
"""In shorter date ranges, entries are always looked up by day."""
PERIODS = ("day", "week", "month", "quarter", "year")
MONTH_PERIODS = ("month", "quarter", "year")
"""Periods of whole months."""
WIDE_PERMISSIONS = (Permission.REPORT_VIEW, Permission.TICKET_READ, Permission.TIME_READ)
GroupKey = tuple[tuple[str, ...], date | None]
EstimatedMinutes = tuple[int, int]
"""The estimate of the tickets that have one, and the time logged on them in the date range."""


@dataclass(frozen=True)
class Group:
    """The minutes of one group: its values in the order of `by`, and the first day of its period if there is one.

    `estimate` is the estimate in minutes of its tickets that have one, and `estimated` the part of `minutes` that was
    logged on those. Both are None where they can't be split by group. `cost` is in hundredths of the currency, None
    if it was not requested.
    """

    values: tuple[str, ...]
    period: date | None
    minutes: int
    estimate: int | None = None
    cost: int | None = None
    estimated: int | None = None


@dataclass(frozen=True)
class Report:
    """Groups in order, with the total minutes, estimate and cost that they add up to.

    `unpriced` is the number of minutes without a rate; they cost nothing here. `unseen` is the number of minutes in
    the timesheets of the actor, and of people whose timesheets they manage, on tickets that the report doesn't cover.
    """

    by: tuple[str, ...]
    per: str | None
    groups: tuple[Group, ...]
    total: int
    estimate: int | None = None
    cost: int | None = None
    unpriced: int = 0
    estimated: int | None = None
    unseen: int = 0


def period_start(day: date, per: str) -> date:
    """Return the first day of the period that contains a day."""
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


def build_report(
    session: Session,
    actor: Actor,
    *,
    by: Sequence[str],
    per: str | None,
    since: date,
    until: date,
    cost: bool = False,
) -> Report:
    """Return the time logged from `since` through `until`, as far as `report.view` lets the actor see it.

    Source: `time_entry`, by each worker's local day, as entries are now; with `cost` also `rate`. Raises
    NotPermitted, also for a cost without `rate.manage`, and Invalid.
    """
    gate.require(actor, Permission.REPORT_VIEW)
    _validate(by, per, since, until)
    priced = rates.load(session, actor) if cost else None
    asked = [*(DIMENSIONS[name].column for name in by), *_extra_columns(per, cost=cost)]
    monthly = per in MONTH_PERIODS and not cost
    rows = _load_minutes(session, actor, by, asked, (since, until), monthly=monthly)
    names = time_dimensions.load_names(session, by, rows)
    minutes: dict[GroupKey, int] = {}
    costs: dict[GroupKey, int] = {}
    unpriced = 0
    for row in rows:
        values = tuple(called[value] for called, value in zip(names, row, strict=False))
        key = (values, _to_period(row[len(by)], per, monthly=monthly) if per else None)
        worked = int(row[-1])
        minutes[key] = minutes.get(key, 0) + worked
        if priced:
            rate = _find_rate(priced, row)
            costs[key] = costs.get(key, 0) + worked * (rate or 0)
            unpriced += 0 if rate is not None else worked
    ordered = sorted(minutes, key=lambda key: (key[1] or date.min, key[0]))
    paid = (
        dict(zip(ordered, rates.round_to_sum([costs[key] for key in ordered]), strict=True)) if priced else {}
    )
    guessed = _load_estimates(session, actor, by, (since, until)) if _can_estimate(by, per) else {}
    groups = tuple(
        Group(*key, minutes[key], cost=paid.get(key), **_estimate_fields(guessed.get(key[0])))
        for key in ordered
    )
    return Report(
        tuple(by),
        per,
        groups,
        sum(minutes.values()),
        cost=sum(paid.values()) if priced else None,
        unpriced=unpriced,
        unseen=_count_unseen_minutes(session, actor, (since, until)),
        **_estimate_fields(_sum_estimates(guessed.values())),
    )


def _estimate_fields(found: EstimatedMinutes | None) -> dict[str, int]:
    return {"estimate": found[0], "estimated": found[1]} if found else {}


def _sum_estimates(pairs: Iterable[EstimatedMinutes]) -> EstimatedMinutes | None:
    pairs = list(pairs)
    return (sum(estimate for estimate, _ in pairs), sum(worked for _, worked in pairs)) if pairs else None


def _extra_columns(per: str | None, *, cost: bool) -> list[Any]:
    """Return the columns besides dimensions. Periods are grouped here, because each database cuts weeks differently."""
    day = [TimeEntry.day] if per or cost else []
    return [*day, TimeEntry.worker_id, TimeEntry.activity_id] if cost else day


def _find_rate(priced: Rates, row: Any) -> int | None:
    day, worker, activity = row[-4:-1]
    return priced.on(day, worker, activity)


def _load_minutes(
    session: Session,
    actor: Actor,
    by: Sequence[str],
    asked: list[Any],
    span: tuple[date, date],
    *,
    monthly: bool,
) -> list[Any]:
    """Return the minutes for each combination of values. With `monthly`, a day is returned as its month number."""
    joins = any(DIMENSIONS[name].joins for name in by)
    keys = {column.key for column in asked if column.class_ is TimeEntry}
    sorts = session.get_bind().dialect.name == "sqlite"
    if (sorts or monthly) and not joins and keys <= {"day", "worker_id"}:
        chosen = _select_presummed(actor, asked, [TimeEntry.day, TimeEntry.worker_id], span, monthly=monthly)
    elif sorts and keys <= {"ticket_id", "activity_id"}:
        chosen = _select_presummed(
            actor, asked, [TimeEntry.ticket_id, TimeEntry.activity_id], span, monthly=monthly
        )
    else:
        columns = [_month_number(column) if monthly and column.key == "day" else column for column in asked]
        chosen = sqlalchemy.select(*columns, func.sum(TimeEntry.minutes)).select_from(TimeEntry)
        if joins:
            chosen = chosen.join(Ticket, col(Ticket.id) == TimeEntry.ticket_id)
        chosen = chosen.where(*_visible_conditions(actor), col(TimeEntry.day).between(*span)).group_by(
            *columns
        )
    rows = session.execute(gate.unscoped(chosen, "only time the actor may read")).all()
    return [row for row in rows if row[-1]]


def _select_presummed(
    actor: Actor, asked: list[Any], keys: list[Any], span: tuple[date, date], *, monthly: bool
) -> Any:
    """Select from sums in the order of an index, of which there are far fewer than entries.

    SQLite sorts what it groups, which takes most of the time, unless an index provides the order. PostgreSQL doesn't.
    """
    day: Any = TimeEntry.day
    if keys[0] is not day and span[1] - span[0] > SHORT_PERIOD:
        day = _hide_day_from_index(day)
    each: Any = sqlalchemy.select(*keys, func.sum(TimeEntry.minutes).label("minutes"))
    each = each.where(*_visible_conditions(actor), day.between(*span)).group_by(*keys).subquery()
    columns = [each.c[column.key] if column.class_ is TimeEntry else column for column in asked]
    columns = [_month_number(column) if monthly and column.key == "day" else column for column in columns]
    told = sqlalchemy.select(*columns, func.sum(each.c.minutes)).select_from(each)
    if any(column.class_ is Ticket for column in asked):
        told = told.join(Ticket, col(Ticket.id) == each.c.ticket_id)
    return told.group_by(*columns)


def _hide_day_from_index(day: Any) -> Any:
    """Hide a day from the day index, because reading many days through it is slower than reading all tickets."""
    return func.coalesce(day, day)


def _month_number(day: Any) -> Any:
    """Return the number of a day's month, counted from year 0."""
    # Literals, because both databases must see the same expression in SELECT and GROUP BY.
    return extract("year", day) * literal_column("12") + extract("month", day) - literal_column("1")


def _to_period(value: Any, per: str, *, monthly: bool) -> date:
    """Return the first day of a period from a day or a month number."""
    return period_start(date(int(value) // 12, int(value) % 12 + 1, 1) if monthly else value, per)


def _visible_conditions(actor: Actor) -> list[ColumnElement[bool]]:
    """Return SQL conditions on `time_entry` for the actor's own and, by scope, their teams', on visible tickets."""
    there, seen = col(TimeEntry.removed_at).is_(None), gate.visible_condition(actor)
    ticket, worker = _hide_from_index(TimeEntry.ticket_id), _hide_from_index(TimeEntry.worker_id)
    if _sees_nearly_all(actor):
        return [there, ticket.not_in(_select_hidden_tickets(actor))]
    own = and_(worker == actor.id, ticket.in_(select(Ticket.id).where(seen)))
    if not actor.may(Permission.REPORT_VIEW, least=Scope.TEAM):
        return [there, col(TimeEntry.worker_id) == actor.id, own]
    return [there, or_(ticket.in_(select(Ticket.id).where(seen, _reported_condition(actor))), own)]


def _outside_report_condition(actor: Actor) -> ColumnElement[bool]:
    """The SQL condition on `time_entry` for entries that the actor's report doesn't cover."""
    if _sees_nearly_all(actor):
        return col(TimeEntry.ticket_id).in_(_select_hidden_tickets(actor))
    return ~func.coalesce(and_(*_visible_conditions(actor)), false())


def _sees_nearly_all(actor: Actor) -> bool:
    """Return whether it is faster to exclude the tickets that the actor may not see than to find the others."""
    return all(actor.may(p, least=Scope.ALL) for p in WIDE_PERMISSIONS)


def _select_hidden_tickets(actor: Actor) -> Any:
    """Select the tickets that the actor may not see. Unknown (NULL) visibility means not visible."""
    return select(Ticket.id).where(~func.coalesce(gate.visible_condition(actor), false()))


def _hide_from_index(column: Any) -> Any:
    """Hide a column from indexes, so that entries are read by day."""
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)


def _reported_condition(actor: Actor) -> ColumnElement[bool]:
    """SQL condition on `ticket` for tickets whose time, by any worker, is in the actor's reports."""
    if not actor.may(Permission.REPORT_VIEW, least=Scope.TEAM):
        return false()
    return and_(
        gate.scope_condition(actor, Permission.TIME_READ), gate.scope_condition(actor, Permission.REPORT_VIEW)
    )


def _can_estimate(by: Sequence[str], per: str | None) -> bool:
    """Return whether each ticket is in exactly one group, so that estimates add up."""
    return per is None and all(DIMENSIONS[name].of_ticket for name in by)


def _load_estimates(
    session: Session, actor: Actor, by: Sequence[str], span: tuple[date, date]
) -> dict[tuple[str, ...], EstimatedMinutes]:
    """Return the estimates and logged minutes of each group's tickets in these days that the actor may see."""
    columns: list[Any] = [
        Ticket.id if DIMENSIONS[name].column.class_ is TimeEntry else DIMENSIONS[name].column for name in by
    ]
    worked = (
        gate.visible(actor, col(Ticket.id), func.sum(TimeEntry.minutes).label("minutes"))
        .join(TimeEntry, col(TimeEntry.ticket_id) == Ticket.id)
        .where(
            col(Ticket.estimate).is_not(None),
            gate.scope_condition(actor, Permission.TIME_READ),
            col(TimeEntry.removed_at).is_(None),
            col(TimeEntry.day).between(*span),
            or_(col(TimeEntry.worker_id) == actor.id, _reported_condition(actor)),
        )
        .group_by(col(Ticket.id))
        .subquery()
    )
    chosen: Any = sqlalchemy.select(*columns, func.sum(Ticket.estimate), func.sum(worked.c.minutes))
    chosen = chosen.select_from(Ticket).join(worked, col(Ticket.id) == worked.c.id).group_by(*columns)
    rows = session.execute(gate.unscoped(chosen, "among visible tickets")).all()
    names = time_dimensions.load_names(session, by, rows)
    found: dict[tuple[str, ...], EstimatedMinutes] = {}
    for row in rows:
        if row[-1] is not None:
            values = tuple(called[value] for called, value in zip(names, row, strict=False))
            estimate, minutes = found.get(values, (0, 0))
            found[values] = (estimate + int(row[-2]), minutes + int(row[-1]))
    return found


def _count_unseen_minutes(session: Session, actor: Actor, span: tuple[date, date]) -> int:
    """Return the minutes in timesheets that the actor can open, on tickets that their report doesn't cover."""
    chosen = sqlalchemy.select(func.coalesce(func.sum(TimeEntry.minutes), 0)).where(
        col(TimeEntry.removed_at).is_(None),
        col(TimeEntry.day).between(*span),
        weeks.visible_entries_condition(actor),
        _outside_report_condition(actor),
    )
    return int(session.execute(gate.unscoped(chosen, "only timesheets the actor may open")).scalar_one())


def _validate(by: Sequence[str], per: str | None, since: date, until: date) -> None:
    if len(by) > MAX_DIMENSIONS or len(set(by)) < len(by) or not set(by) <= set(DIMENSIONS):
        raise Invalid(
            f"Choose up to {MAX_DIMENSIONS} of {', '.join(DIMENSIONS)}.",
            fields={"by": "Up to three, each once."},
        )
    if per is not None and per not in PERIODS:
        raise Invalid(f"Choose one of {', '.join(PERIODS)}.", fields={"per": "Not a period."})
    if until < since or until - since > MAX_PERIOD:
        raise Invalid("Choose a period of up to five years.", fields={"to": "Up to five years."})


def to_rows(found: Report) -> list[TableRow]:
    """Return a report as file rows: headings, a row per group, and the total."""
    period = (found.per,) if found.per else ()
    blank = len(found.by) + len(period)
    more = (("estimate", "on estimated") if found.estimate is not None else ()) + (
        (f"cost in {rates.currency()}",) if found.cost is not None else ()
    )
    rows: list[TableRow] = [(*period, *found.by, "minutes", "hours", *more)]
    for group in found.groups:
        begun = (group.period,) if group.period else ()
        rows.append((*begun, *group.values, *_number_cells(found, group)))
    names = (*("" for _ in range(max(0, blank - 1))), *(("total",) if blank else ()))
    whole = Group((), None, found.total, found.estimate, found.cost, found.estimated)
    rows.append((*names, *_number_cells(found, whole)))
    return rows


def _number_cells(found: Report, group: Group) -> TableRow:
    minutes = group.minutes
    guesses = ("" if guess is None else guess for guess in (group.estimate, group.estimated))
    guessed = tuple(guesses) if found.estimate is not None else ()
    paid = (Decimal(rates.format_amount(group.cost or 0)),) if found.cost is not None else ()
    return (minutes, Decimal(f"{minutes / 60:.2f}"), *guessed, *paid)
