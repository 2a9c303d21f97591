"""Time entries: who worked how long on which ticket, on which day and with which activity."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from db.engine import lock
from db.models import Activity, Person, Ticket, TimeEntry
from db.vocabulary import Action, Permission
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.core import clock, dates, text
from lib.core.errors import Invalid
from lib.timekeeping import activities, durations, local_dates, timesheets

NOTE_LIMIT = 500
MAX_LISTED = 200
"""Entries of one ticket that are listed."""
Worker, Author = aliased(Person), aliased(Person)


@dataclass(frozen=True)
class EntryValues:
    """The values of an entry, such as displayed `minutes` and the `day` in the worker's time zone."""

    minutes: int
    day: date
    activity_id: int
    note: str = ""
    billable: bool = False


@dataclass(frozen=True)
class EntryCard:
    """An entry as the actor may see it.

    `title` is None if they can't see the ticket, `seconds` is exact, `mine` says whether they may change it, and
    `overlaps` has the ids of the same worker's entries that ran at the same time.
    """

    id: int
    ticket: int
    title: str | None
    worker_id: int
    worker: str
    author_id: int
    author: str
    day: date
    minutes: int
    seconds: int
    activity_id: int
    activity: str
    note: str
    billable: bool
    started_at: datetime | None
    ended_at: datetime | None
    version: int
    mine: bool
    overlaps: tuple[int, ...] = ()

    @property
    def what(self) -> EntryValues:
        """The entry's values."""
        return EntryValues(self.minutes, self.day, self.activity_id, self.note, self.billable)


def visible_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the SQL condition on `time_entry` joined to its ticket for the entries that the actor may see."""
    own = col(TimeEntry.worker_id) == actor.id
    seen = and_(gate.visible_condition(actor), gate.scope_condition(actor, Permission.TIME_READ))
    return and_(col(TimeEntry.removed_at).is_(None), or_(own, seen))


def log(
    session: Session,
    actor: Actor,
    ticket: Ticket,
    *,
    what: EntryValues,
    worker_id: int | None = None,
    started_at: datetime | None = None,
) -> EntryCard:
    """Log time on an open or closed ticket, for the actor or, with the permission, for `worker_id`.

    With `started_at`, entries that ran at the same time are in the result's `overlaps`. Raises NotFound, NotPermitted,
    Invalid.
    """
    worker = worker_id or actor.person_id
    if worker == actor.id:
        gate.permit(session, actor, Permission.TIME_LOG, ticket)
    else:
        gate.permit(session, actor, Permission.TIME_MANAGE, ticket)
        _must_work(session, ticket, worker)
    exact = durations.validate_minutes(what.minutes) * 60
    row = TimeEntry(
        ticket_id=ticket.id,
        worker_id=worker,
        author_id=actor.id or worker,
        day=what.day,
        minutes=what.minutes,
        activity_id=what.activity_id,
        created_at=clock.now(),
        seconds=exact,
        started_at=started_at,
        ended_at=started_at + timedelta(seconds=exact) if started_at else None,
    )
    insert(session, row, what, by=actor)
    return get_card(session, actor, row.id)


def insert(
    session: Session, row: TimeEntry, what: EntryValues, *, by: Actor, today: date | None = None
) -> TimeEntry:
    """Store a new entry with the values `what` and record the event. The caller has checked permissions.

    `today` is the current date where the work was done, if it is not in the worker's time zone. Raises Invalid.
    """
    _apply(session, by, row, what, today=today)
    session.add(row)
    session.flush()
    _record(session, by, Action.TIME_LOGGED, row, old=None, new=_describe(session, row))
    return row


def update(session: Session, actor: Actor, row: TimeEntry, *, what: EntryValues, seen: int) -> None:
    """Change an entry. The history keeps the old values.

    Raises NotPermitted, Conflict, and Invalid when its month is submitted or approved.
    """
    _require_change(session, actor, row)
    row.must_be(seen)
    timesheets.must_be_open(session, row.worker_id, row.day)
    was, told = _to_values(row), _describe(session, row)
    if was == what:
        return
    if was.minutes != what.minutes:
        row.seconds = durations.validate_minutes(what.minutes) * 60
        row.started_at = row.ended_at = None
    _apply(session, actor, row, what)
    row.version += 1
    session.flush()
    _record(session, actor, Action.TIME_CHANGED, row, old=told, new=_describe(session, row))


def remove(session: Session, actor: Actor, row: TimeEntry) -> None:
    """Remove an entry. The history keeps its values. Raises NotPermitted, and Invalid when its month isn't open."""
    _require_change(session, actor, row)
    timesheets.must_be_open(session, row.worker_id, row.day)
    row.removed_at = clock.now()
    row.version += 1
    _record(session, actor, Action.TIME_REMOVED, row, old=_describe(session, row), new=None)


def get(session: Session, actor: Actor, entry_id: int) -> TimeEntry:
    """Return an entry that the actor may see, locked until the transaction ends. Raises NotFound."""
    chosen = _select_with_ticket(TimeEntry).where(TimeEntry.id == entry_id, visible_condition(actor))
    locked = gate.unscoped(chosen.with_for_update(of=TimeEntry), "only time the actor may read")
    row = session.exec(locked).first() if 0 < entry_id < 2**31 else None
    if row is None:
        raise gate.not_found(actor, Permission.TIME_READ, "time entry", entry_id)
    return row


def get_card(session: Session, actor: Actor, entry_id: int) -> EntryCard:
    """Return one entry as the actor may see it. Raises NotFound."""
    cards = _list_cards(session, actor, [col(TimeEntry.id) == entry_id], limit=1) if entry_id < 2**31 else []
    if not cards:
        raise gate.not_found(actor, Permission.TIME_READ, "time entry", entry_id)
    return cards[0]


def list_for_ticket(
    session: Session, actor: Actor, ticket: Ticket, *, limit: int = MAX_LISTED
) -> list[EntryCard]:
    """Return a ticket's entries that the actor may see, latest day first."""
    return _list_cards(session, actor, [col(TimeEntry.ticket_id) == ticket.id], limit=limit)


def list_visible(
    session: Session,
    actor: Actor,
    *,
    ticket_id: int | None = None,
    worker_id: int | None = None,
    since: date | None = None,
    until: date | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[EntryCard]:
    """Return the entries that the actor may see, last logged first: of a ticket, of a worker, between two days."""
    conditions = []
    if ticket_id is not None:
        conditions.append(col(TimeEntry.ticket_id) == ticket_id)
    if worker_id is not None:
        conditions.append(col(TimeEntry.worker_id) == worker_id)
    if since is not None:
        conditions.append(col(TimeEntry.day) >= since)
    if until is not None:
        conditions.append(col(TimeEntry.day) <= until)
    if before is not None:
        conditions.append(col(TimeEntry.id) < before)
    return _list_cards(session, actor, conditions, limit=limit, by_number=True)


def _select_with_ticket(*entities: Any) -> Any:
    return select(*entities).select_from(TimeEntry).join(Ticket, col(Ticket.id) == TimeEntry.ticket_id)


def _list_cards(
    session: Session,
    actor: Actor,
    conditions: list[ColumnElement[bool]],
    *,
    limit: int,
    by_number: bool = False,
) -> list[EntryCard]:
    manages = and_(gate.visible_condition(actor), gate.scope_condition(actor, Permission.TIME_MANAGE))
    number = col(TimeEntry.id).desc()
    order = (number,) if by_number else (col(TimeEntry.day).desc(), number)
    chosen = (
        _select_with_ticket(
            TimeEntry,
            Ticket.title,
            gate.visible_condition(actor),
            manages,
            Worker.name,
            Author.name,
            Activity.name,
        )
        .join(Worker, col(Worker.id) == TimeEntry.worker_id)
        .join(Author, col(Author.id) == TimeEntry.author_id)
        .join(Activity, col(Activity.id) == TimeEntry.activity_id)
        .where(visible_condition(actor), *conditions)
        .order_by(*order)
        .limit(limit)
    )
    rows = session.execute(gate.unscoped(chosen, "only time the actor may read")).all()
    ran = _find_overlaps(session, [row[0] for row in rows])
    own = actor.may(Permission.TIME_LOG)
    return [
        EntryCard(
            id=e.id, ticket=e.ticket_id, title=title if seen else None, worker_id=e.worker_id, worker=worker,
            author_id=e.author_id, author=author, day=e.day, minutes=e.minutes, seconds=e.seconds,
            activity_id=e.activity_id, activity=activity, note=e.note, billable=e.billable, started_at=e.started_at,
            ended_at=e.ended_at, version=e.version, mine=own if e.worker_id == actor.id else bool(managed),
            overlaps=ran.get(e.id, ()),
        )
        for e, title, seen, managed, worker, author, activity in rows
    ]  # fmt: skip


def _find_overlaps(session: Session, rows: list[TimeEntry]) -> dict[int, tuple[int, ...]]:
    """Return, for each of these entries, the same worker's entries that ran at the same time."""
    timed = [(r, r.started_at, r.ended_at) for r in rows if r.started_at and r.ended_at]
    if not timed:
        return {}
    others = select(TimeEntry.id, TimeEntry.worker_id, TimeEntry.started_at, TimeEntry.ended_at).where(
        col(TimeEntry.worker_id).in_({r.worker_id for r, _, _ in timed}),
        col(TimeEntry.removed_at).is_(None),
        col(TimeEntry.started_at) < max(ended for _, _, ended in timed),
        # No entry is longer than a day, so an index can narrow the range.
        col(TimeEntry.started_at) > min(began for _, began, _ in timed) - timedelta(days=1, seconds=1),
        col(TimeEntry.ended_at) > min(began for _, began, _ in timed),
    )
    known = session.execute(gate.unscoped(others, "only times and ids, to mark overlaps")).all()
    return {
        r.id: tuple(
            sorted(
                id
                for id, worker, since, until in known
                if id != r.id and worker == r.worker_id and since < ended and until > began
            )
        )
        for r, began, ended in timed
    }


def _apply(
    session: Session, actor: Actor, row: TimeEntry, what: EntryValues, *, today: date | None = None
) -> None:
    """Validate new values for an entry and set them."""
    if what.day > (today or local_dates.today(local_dates.worker_zone(session, actor, row.worker_id))):
        raise Invalid("You can't log time for a future day.", fields={"day": "Not in the future."})
    if what.day < date(2000, 1, 1):
        raise Invalid("The day must be after 1999.", fields={"day": "Before the year 2000."})
    timesheets.must_be_open(session, row.worker_id, what.day)
    if what.activity_id != row.activity_id or not row.stored:
        activities.get(session, what.activity_id)
    _must_fit(session, row, what)
    row.minutes, row.day, row.activity_id = (
        durations.validate_minutes(what.minutes),
        what.day,
        what.activity_id,
    )
    row.note = text.clean_line(what.note, field="note", limit=NOTE_LIMIT, required=False)
    row.billable = what.billable


def _must_fit(session: Session, row: TimeEntry, what: EntryValues) -> None:
    """Raise Invalid if a person would have more than 24 hours on a day, also with concurrent changes."""
    lock(session, f"time:{row.worker_id}")
    others = select(func.coalesce(func.sum(TimeEntry.minutes), 0)).where(
        TimeEntry.worker_id == row.worker_id, TimeEntry.day == what.day, col(TimeEntry.removed_at).is_(None)
    )
    if row.stored:
        others = others.where(TimeEntry.id != row.id)
    with session.no_autoflush:
        there = session.exec(gate.unscoped(others, "only a sum, to keep a day within 24 hours")).one()
    if there + what.minutes > durations.MINUTES_PER_DAY:
        raise Invalid(
            f"{dates.format_day(what.day)} already has {durations.format_minutes(there)}. You can log at most "
            "24 hours a day.",
            fields={"time": "More than 24 hours on that day."},
        )


def _must_work(session: Session, ticket: Ticket, worker_id: int) -> None:
    if worker_id not in list_workers(session, ticket):
        raise Invalid(
            "That person can't log time here. Only staff of the ticket's team can.",
            fields={"worker": "Not in the team."},
        )


def list_workers(session: Session, ticket: Ticket) -> dict[int, str]:
    """Return the people for whom time can be logged on a ticket: active team members who log time, names by id."""
    return gate.list_workers(session, ticket.team_id, Permission.TIME_LOG)


def _require_change(session: Session, actor: Actor, row: TimeEntry) -> None:
    """Raise unless the actor worked the time (even if they can't see the ticket anymore) or manages it."""
    if row.worker_id == actor.id:
        gate.require(actor, Permission.TIME_LOG)
        return
    ticket = session.exec(gate.visible(actor).where(col(Ticket.id) == row.ticket_id)).first()
    if ticket is None or not gate.can(session, actor, Permission.TIME_MANAGE, ticket):
        raise gate.not_permitted(actor, Permission.TIME_MANAGE, subject="time entry", subject_id=row.id)


def _to_values(row: TimeEntry) -> EntryValues:
    return EntryValues(row.minutes, row.day, row.activity_id, row.note, row.billable)


def _describe(session: Session, row: TimeEntry) -> str:
    """Return an entry's values in words: "1 h 30 min on 2026-01-31, Work, billable: looked into it"."""
    activity = session.get_one(Activity, row.activity_id).name
    billable = ", billable" if row.billable else ""
    told = f"{durations.format_minutes(row.minutes)} on {row.day.isoformat()}, {activity}{billable}"
    return f"{told}: {row.note}" if row.note else told


def _record(
    session: Session, actor: Actor, action: Action, row: TimeEntry, *, old: str | None, new: str | None
) -> None:
    events.record(
        session, actor, action, ticket_id=row.ticket_id, subject=f"time:{row.id}", old=old, new=new,
        behalf_id=row.worker_id if row.worker_id != actor.id else None, internal=True,
    )  # fmt: skip
