"""Weeks of a timesheet: time by ticket and day, and setting it cell by cell."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from db.models import Membership, Person, Ticket, TimeEntry
from db.vocabulary import Permission, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.core.errors import Invalid
from lib.timekeeping import activities, durations, entries, local_dates, timesheets
from lib.timekeeping.entries import EntryValues

DAYS = 7
DailyMinutes = tuple[int, ...]
HIDDEN_TICKETS = 0
"""The id for another person's tickets that the actor can't see. They share one row."""


@dataclass(frozen=True)
class WeekRow:
    """Minutes on one ticket by day. `title` is None if the actor can't see it."""

    ticket: int
    title: str | None
    minutes: DailyMinutes

    @property
    def total(self) -> int:
        """The total minutes."""
        return sum(self.minutes)


@dataclass(frozen=True)
class Week:
    """A person's seven days from Monday. `states` says for each whether its month is open, submitted or approved."""

    person_id: int
    name: str
    first: date
    today: date
    lines: tuple[WeekRow, ...]
    states: tuple[str, ...]

    @property
    def days(self) -> list[date]:
        """The seven days."""
        return [self.first + timedelta(days=n) for n in range(DAYS)]

    @property
    def totals(self) -> DailyMinutes:
        """The total minutes of each day."""
        return tuple(sum(line.minutes[n] for line in self.lines) for n in range(DAYS))


def get(session: Session, actor: Actor, *, person_id: int, day: date, also: tuple[int, ...] = ()) -> Week:
    """Return the week that contains `day`, of the actor or of somebody in a team whose time they manage.

    `also` are tickets that get a row even if nothing was logged on them. Raises NotFound.
    """
    person = timesheets.get_person(session, actor, person_id)
    there = local_dates.worker_zone(session, actor, person_id)
    first = day - timedelta(days=day.weekday())
    rows = session.exec(
        gate.unscoped(
            select(col(TimeEntry.ticket_id), col(TimeEntry.day), col(TimeEntry.minutes)).where(
                TimeEntry.worker_id == person_id,
                col(TimeEntry.day) >= first,
                col(TimeEntry.day) < first + timedelta(days=DAYS),
                col(TimeEntry.removed_at).is_(None),
            ),
            "opening the timesheet was permitted",
        )
    ).all()
    numbers = {ticket for ticket, _, _ in rows} | set(also)
    titles = dict(
        session.execute(gate.visible(actor, Ticket.id, Ticket.title).where(col(Ticket.id).in_(numbers))).all()
    )
    own = person_id == actor.id
    sums = {number: [0] * DAYS for number in also if number in titles}
    for ticket, worked, minutes in rows:
        line = sums.setdefault(ticket if own or ticket in titles else HIDDEN_TICKETS, [0] * DAYS)
        line[(worked - first).days] += minutes
    lines = [WeekRow(number, titles.get(number), tuple(found)) for number, found in sorted(sums.items())]
    states = tuple(timesheets.get_state(session, person_id, first + timedelta(days=n)) for n in range(DAYS))
    return Week(person_id, person.name, first, local_dates.today(there), tuple(lines), states)


def set_day_minutes(session: Session, actor: Actor, ticket_id: int, *, day: date, minutes: int) -> None:
    """Set the actor's total time on a ticket and day to `minutes`, by changing a single entry or adding one.

    Raises NotFound, NotPermitted, and Invalid if several entries would have to change.
    """
    gate.require(actor, Permission.TIME_LOG)
    found = entries.list_visible(
        session,
        actor,
        ticket_id=ticket_id,
        worker_id=actor.id,
        since=day,
        until=day,
        limit=entries.MAX_LISTED,
    )
    more = minutes - sum(card.minutes for card in found)
    if more == 0:
        return
    if len(found) == 1:
        row = entries.get(session, actor, found[0].id)
        if minutes == 0:
            entries.remove(session, actor, row)
        else:
            what = replace(found[0].what, minutes=durations.validate_minutes(minutes))
            entries.update(session, actor, row, what=what, seen=row.version)
        return
    if more < 0:
        raise Invalid(f"#{ticket_id} has several entries on that day. Edit them on the ticket.")
    ticket = session.exec(gate.visible(actor).where(col(Ticket.id) == ticket_id)).first()
    if ticket is None:
        raise gate.not_found(actor, Permission.TICKET_READ, "ticket", ticket_id)
    what = EntryValues(durations.validate_minutes(more), day, activities.get_default(session).id)
    entries.log(session, actor, ticket, what=what)


def list_people(session: Session, actor: Actor) -> dict[int, str]:
    """Return the people whose weeks the actor may see: themselves and the teams whose time they manage, names by id."""
    found = select(Person.id, Person.name).where(
        col(Person.active), _visible_people_condition(actor, col(Person.id))
    )
    return dict(session.exec(found.order_by(Person.name)).all())


def visible_entries_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the SQL condition on `time_entry` for entries in weeks that the actor may see."""
    return _visible_people_condition(actor, col(TimeEntry.worker_id))


def _visible_people_condition(actor: Actor, person: Any) -> ColumnElement[bool]:
    own = person == actor.id
    reach = actor.reach(Permission.TIME_MANAGE)
    if reach == Scope.ALL:
        return or_(own, person.in_(select(Membership.person_id)))
    if reach == Scope.TEAM:
        team = select(Membership.person_id).where(col(Membership.team_id).in_(actor.teams))
        return or_(own, person.in_(team))
    return own
