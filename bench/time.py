"""How long reports of hours over many entries take, and a timer's start and stop, next to handwritten SQL.

python -m bench.time --data DIR [--entries 1000000] [--times 10]

It adds time entries to the desk, once, and starts and stops a timer there.
"""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click
from sqlalchemy import func, insert
from sqlmodel import col, select

from bench.measure import percentile, table, timed
from bench.plain import Plain
from bench.queries import crew
from commands.shell.data import add_data_option
from db.models import Activity, Ticket, TimeEntry
from db.vocabulary import Permission, Scope
from lib import transactions
from lib.access import gate
from lib.access.gate import Actor
from lib.core import clock, settings
from lib.reports import time_in_status, time_report
from lib.tickets import tickets
from lib.timekeeping import timers

SPAN = 730
"""Days over which entries lie, up to yesterday: today has room for a timer."""
BATCH = 20_000
WHOLE = """SELECT e.worker_id, sum(e.minutes) FROM time_entry e JOIN ticket t ON t.id = e.ticket_id
 WHERE e.removed_at IS NULL AND t.deleted_at IS NULL AND e.day >= :since AND e.day <= :until GROUP BY e.worker_id"""


def fill(wanted: int) -> int:
    """Add entries to the desk until there are as many as wanted; return how many there are."""
    with transactions.act() as session:
        there = session.execute(
            gate.unscoped(select(func.count()).select_from(TimeEntry), "a benchmark reads everything")
        ).scalar_one()
        for batch in _entries(session, there, wanted):
            session.execute(insert(TimeEntry), batch)
    with transactions.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    return max(there, wanted)


def _entries(session: transactions.Session, there: int, wanted: int) -> Iterator[list[dict[str, Any]]]:
    chance = random.Random(7)  # noqa: S311 - repeatable on purpose
    people = list(
        session.execute(
            gate.unscoped(select(col(Ticket.assignee_id)).distinct(), "a benchmark reads everything")
        ).scalars()
    )
    workers = sorted(p for p in people if p)
    last = session.execute(
        gate.unscoped(select(func.max(col(Ticket.id))), "a benchmark reads everything")
    ).scalar_one()
    kinds = list(session.execute(select(col(Activity.id))).scalars())
    now, today = clock.now(), clock.now().date()
    for begun in range(there, wanted, BATCH):
        yield [
            _entry(chance, chance.choice(workers), chance.randint(1, last), chance.choice(kinds))
            | {"day": today - timedelta(days=1 + chance.randrange(SPAN)), "created_at": now}
            for _ in range(min(BATCH, wanted - begun))
        ]


def _entry(chance: random.Random, worker: int, ticket: int, activity: int) -> dict[str, Any]:
    minutes = chance.randint(1, 48) * 5
    return {
        "ticket_id": ticket, "worker_id": worker, "author_id": worker, "seconds": minutes * 60, "minutes": minutes,
        "activity_id": activity, "note": "", "billable": chance.random() < 0.5, "version": 1,
    }  # fmt: skip


def report(me: Actor, days: int, *by: str, per: str | None = None) -> None:
    """Report the hours of so many days."""
    today = clock.now().date()
    with transactions.see() as session:
        time_report.build_report(
            session, me, by=by, per=per, since=today - timedelta(days=days - 1), until=today
        )


def ticking(me: Actor, number: int) -> tuple[Callable[[], object], Callable[[], object]]:
    """Return a deed that starts a timer and one that stops it."""

    def start() -> None:
        with transactions.act() as session:
            timers.start(session, me, tickets.find(session, me, number))

    def stop() -> None:
        with transactions.act() as session:
            timers.stop(session, me)

    return start, stop


def gone(me: Actor) -> None:
    """Report the time in status of the last 30 days."""
    today = clock.now().date()
    since, until = time_in_status.to_time_range(today - timedelta(days=29), today, ZoneInfo("UTC"))
    with transactions.see() as session:
        time_in_status.build_report(session, me, since=since, until=until)


@click.command()
@click.option(
    "--entries", default=1_000_000, show_default=True, help="How many entries the desk has to have."
)
@click.option("--times", default=10, show_default=True, help="How often each is done.")
def main(entries: int, times: int) -> None:
    """Print milliseconds for time reports, time in status and timers."""
    there, who, plain = fill(entries), crew(), Plain(settings.current().database)
    lead = replace(who.three, scopes=dict(who.three.scopes) | {Permission.REPORT_VIEW: Scope.TEAM})
    today = clock.now().date()

    def raw(days: int) -> Callable[[], object]:
        span = {"since": _day(plain, today - timedelta(days=days - 1)), "until": _day(plain, today)}
        return lambda: plain.fetch(WHOLE, **span)

    month, years = 30, SPAN
    cases: list[tuple[str, Callable[[], object], Callable[[], object] | None]] = [
        ("hours, a month, by person", lambda: report(who.root, month, "person"), raw(month)),
        (
            "  by category and person per week",
            lambda: report(who.root, month, "category", "person", per="week"),
            None,
        ),
        ("  by ticket", lambda: report(who.root, month, "ticket"), None),
        ("  by tag", lambda: report(who.root, month, "tag"), None),
        ("  by person, lead of 3 teams", lambda: report(lead, month, "person"), None),
        (f"hours, all {there:,}, by person", lambda: report(who.root, years, "person"), raw(years)),
        ("  by person per month", lambda: report(who.root, years, "person", per="month"), None),
        ("  by category and activity", lambda: report(who.root, years, "category", "activity"), None),
        ("  by tag", lambda: report(who.root, years, "tag"), None),
        ("  by category and person", lambda: report(who.root, years, "category", "person"), None),
        ("  by person, lead of 3 teams", lambda: report(lead, years, "person"), None),
        ("time in status, a month", lambda: gone(who.root), None),
    ]
    rows = [_measured(name, deed, hand, times) for name, deed, hand in cases]
    start, stop = ticking(who.three, _number(who.three))
    stop()
    took = [(once(start), once(stop)) for _ in range(max(times, 2))]
    for name, each in zip(("timer, start", "timer, stop"), zip(*took, strict=True), strict=True):
        rows.append((name, percentile(each, 50), percentile(each, 95), "", ""))
    click.echo(table(("ms", "p50", "p95", "by hand p50", "ratio"), rows))


def once(deed: Callable[[], object]) -> float:
    """Return how long a deed took, in milliseconds."""
    began = time.perf_counter()
    deed()
    return (time.perf_counter() - began) * 1000


def _measured(
    name: str, deed: Callable[[], object], hand: Callable[[], object] | None, times: int
) -> tuple[object, ...]:
    ours = timed(deed, times=times)
    p50 = percentile(ours, 50)
    raw = percentile(timed(hand, times=times), 50) if hand else None
    return name, p50, percentile(ours, 95), raw if raw is not None else "", p50 / raw if raw else ""


def _day(plain: Plain, day: date) -> date | str:
    return day.isoformat() if plain.kind == "sqlite" else day


def _number(me: Actor) -> int:
    """Return a ticket on which somebody may log time."""
    with transactions.see() as session:
        seen = gate.visible(me, Ticket.id).where(gate.scope_condition(me, Permission.TIME_LOG)).limit(1)
        return int(session.execute(seen).scalar_one())


if __name__ == "__main__":
    add_data_option(main)()
