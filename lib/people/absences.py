"""Absences: the days on which people are away, so that they don't get new tickets."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from db.models import Absence, Person
from db.vocabulary import Action, Permission
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.core import clock
from lib.core.errors import Invalid
from lib.desk_settings import desk_settings
from lib.people import accounts

MAX_DURATION = timedelta(days=366)
MAX_UPCOMING = 20
"""Current and future absences of a person."""


@dataclass(frozen=True)
class AbsenceCard:
    """Days on which somebody is away, including the first and the last."""

    id: int
    starts_on: date
    ends_on: date


def list_away(session: Session, people: Iterable[int]) -> dict[int, date]:
    """Return which of these people are away today in their own time zone, with the last day of the absence."""
    now = clock.now()
    day = timedelta(days=1)
    found = session.exec(
        select(Absence, Person.timezone)
        .join(Person, col(Person.id) == Absence.person_id)
        .where(col(Absence.person_id).in_(list(people)), col(Absence.ends_on) >= (now - day).date())
        .order_by(col(Absence.starts_on))
    ).all()
    until: dict[int, date] = {}
    for absence, zone in found:
        person, today = absence.person_id, now.astimezone(desk_settings.resolve_zone(session, zone)).date()
        begun = absence.starts_on <= today or (person in until and absence.starts_on <= until[person] + day)
        if begun and absence.ends_on >= today:
            until[person] = max(absence.ends_on, until.get(person, absence.ends_on))
    return until


def list_for_person(session: Session, actor: Actor, person: Person) -> list[AbsenceCard]:
    """Return a person's current and future absences, the next one first. Staff may see everybody's.

    Raises NotFound for people who may not see them.
    """
    accounts.require_skills_and_absences(actor, person)
    return [AbsenceCard(a.id, a.starts_on, a.ends_on) for a in _list_upcoming(session, person)]


def add(session: Session, actor: Actor, person: Person, *, starts_on: date, ends_on: date) -> AbsenceCard:
    """Add an absence from `starts_on` to `ends_on`, both included.

    Raises NotPermitted for people who may not manage this person's absences, Invalid for invalid days.
    """
    _require_manage(session, actor, person)
    if ends_on < starts_on:
        raise Invalid("The last day is before the first.", fields={"ends": "Before the first day."})
    if ends_on < clock.now().date() - timedelta(days=1):
        raise Invalid("These days are in the past.", fields={"ends": "In the past."})
    if ends_on - starts_on > MAX_DURATION:
        raise Invalid("An absence can't be longer than one year.", fields={"ends": "Longer than one year."})
    coming = _list_upcoming(session, person)
    if len(coming) >= MAX_UPCOMING:
        raise Invalid(f"At most {MAX_UPCOMING} future absences. Delete one first.")
    if any(a.starts_on <= ends_on and starts_on <= a.ends_on for a in coming):
        raise Invalid(
            "Some of these days are already in another absence.", fields={"starts": "Overlaps another."}
        )
    row = Absence(person_id=person.id, starts_on=starts_on, ends_on=ends_on)
    session.add(row)
    session.flush()
    _record_change(session, actor, person, old=None, new=_format_days(row))
    return AbsenceCard(row.id, starts_on, ends_on)


def remove(session: Session, actor: Actor, person: Person, absence_id: int) -> None:
    """Remove an absence. Raises NotPermitted, NotFound."""
    _require_manage(session, actor, person)
    row = session.get(Absence, absence_id)
    if row is None or row.person_id != person.id:
        raise gate.not_found(actor, Permission.USER_MANAGE, "absence", absence_id)
    session.delete(row)
    _record_change(session, actor, person, old=_format_days(row), new=None)


def _list_upcoming(session: Session, person: Person) -> list[Absence]:
    since = clock.now().date() - timedelta(days=1)
    chosen = select(Absence).where(Absence.person_id == person.id, col(Absence.ends_on) >= since)
    return list(session.exec(chosen.order_by(col(Absence.starts_on))).all())


def _require_manage(session: Session, actor: Actor, person: Person) -> None:
    if not accounts.can_edit_skills_and_absences(session, actor, person):
        raise gate.not_permitted(actor, Permission.USER_MANAGE, subject="person", subject_id=person.id)


def _format_days(row: Absence) -> str:
    return f"{row.starts_on.isoformat()} to {row.ends_on.isoformat()}"


def _record_change(
    session: Session, actor: Actor, person: Person, *, old: str | None, new: str | None
) -> None:
    subject = f"person:{person.id}"
    events.record(session, actor, Action.PERSON_CHANGED, subject=subject, field="away", old=old, new=new)
