"""Timesheets: a person's month, open until it is submitted and approved. Then its entries can't change."""

from datetime import date

from sqlmodel import Session, col, select

from db.engine import lock
from db.models import Membership, Person, Timesheet
from db.vocabulary import Action, Permission, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.core import clock, dates
from lib.core.errors import Invalid
from lib.timekeeping import local_dates

OPEN, SUBMITTED, APPROVED = "open", "submitted", "approved"


def month_start(day: date) -> date:
    """Return the first day of a date's month."""
    return day.replace(day=1)


def get_state(session: Session, person_id: int, day: date) -> str:
    """Return the state of a person's month that contains `day`: open, submitted or approved."""
    row = session.get(Timesheet, (person_id, month_start(day)))
    return row.state if row else OPEN


def must_be_open(session: Session, person_id: int, day: date) -> None:
    """Raise Invalid when the month that contains `day` is submitted or approved, so that it can't change."""
    if (now := get_state(session, person_id, day)) != OPEN:
        raise Invalid(
            f"{dates.format_month(day)} is {now}, so its time can't be changed. A manager can reopen it.",
            fields={"day": f"{dates.format_month(day)} is {now}."},
        )


def get_person(session: Session, actor: Actor, person_id: int) -> Person:
    """Return a person whose timesheets the actor may see: the actor, or somebody in a team whose time they manage.

    Raises NotFound.
    """
    person = session.get(Person, person_id)
    own = person_id == actor.id and actor.may(Permission.TIME_LOG)
    if person is None or not (own or can_manage(session, actor, person_id)):
        raise gate.not_found(actor, Permission.TIME_MANAGE, "person", person_id)
    return person


def can_manage(session: Session, actor: Actor, person_id: int) -> bool:
    """Return whether the actor may approve a person's months: `time.manage` for all, or for one of their teams."""
    if actor.may(Permission.TIME_MANAGE, least=Scope.ALL):
        return True
    shared = select(Membership.team_id).where(
        Membership.person_id == person_id, col(Membership.team_id).in_(actor.teams)
    )
    return actor.may(Permission.TIME_MANAGE, least=Scope.TEAM) and session.exec(shared).first() is not None


def has_ended(actor: Actor, day: date) -> bool:
    """Return whether the month that contains `day` has ended in the actor's time zone."""
    return month_start(day) < month_start(local_dates.today(actor.zone))


def submit(session: Session, actor: Actor, day: date) -> None:
    """Submit the actor's month after it has ended. Repeating it does nothing. Raises NotPermitted, Invalid."""
    gate.require(actor, Permission.TIME_LOG)
    if not has_ended(actor, day):
        raise Invalid(
            f"{dates.format_month(day)} has not ended yet. You can submit it on the first day of the next month.",
            fields={"month": "Has not ended yet."},
        )
    _settle(session, actor, actor.person_id, day, to=SUBMITTED, since={OPEN})


def approve(session: Session, actor: Actor, person_id: int, *, day: date) -> None:
    """Approve a submitted month; your own only if you manage everybody's. Raises NotFound, Invalid."""
    _require_manage(session, actor, person_id)
    if person_id == actor.id and not actor.may(Permission.TIME_MANAGE, least=Scope.ALL):
        raise Invalid("Your own month must be approved by somebody else.")
    if get_state(session, person_id, day) == OPEN:
        raise Invalid(
            f"{dates.format_month(day)} has not been submitted yet.", fields={"month": "Not submitted yet."}
        )
    _settle(session, actor, person_id, day, to=APPROVED, since={SUBMITTED})


def reopen(session: Session, actor: Actor, person_id: int, *, day: date) -> None:
    """Reopen a person's month. Raises NotFound."""
    _require_manage(session, actor, person_id)
    _settle(session, actor, person_id, day, to=OPEN, since={SUBMITTED, APPROVED})


def _require_manage(session: Session, actor: Actor, person_id: int) -> None:
    get_person(session, actor, person_id)
    if not can_manage(session, actor, person_id):
        raise gate.not_permitted(actor, Permission.TIME_MANAGE, subject="person", subject_id=person_id)


def _settle(session: Session, actor: Actor, person_id: int, day: date, *, to: str, since: set[str]) -> None:
    lock(session, f"time:{person_id}")
    was = get_state(session, person_id, day)
    if was not in since:
        return
    row = session.get(Timesheet, (person_id, month_start(day)))
    row = row or Timesheet(person_id=person_id, month=month_start(day), state=to, at=clock.now())
    row.state, row.at, row.by_id = to, clock.now(), actor.id
    session.add(row)
    session.flush()
    deed = {SUBMITTED: Action.SHEET_SUBMITTED, APPROVED: Action.SHEET_APPROVED, OPEN: Action.SHEET_REOPENED}[
        to
    ]
    events.record(
        session,
        actor,
        deed,
        subject=f"person:{person_id}",
        field=f"{day:%Y-%m}",
        old=was,
        new=to,
        internal=True,
    )
