"""What disabling a person would end or leave behind, counted before it is done."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, true
from sqlmodel import Session, col, select

from db.models import ApiToken, Draft, Person, SavedView, SignIn, Team, Ticket, TimeEntry, Timer, Timesheet
from lib.access import gate
from lib.access.gate import Actor
from lib.core import clock
from lib.people import accounts


@dataclass(frozen=True)
class TeamTickets:
    """A team, and the number of the person's open tickets in it that the actor sees."""

    id: int
    name: str
    open: int


@dataclass(frozen=True)
class DisablePreview:
    """What disabling a person would do: `tickets` become unassigned; sessions, tokens and the timer end.

    `open_months` are months with logged time that is not submitted yet.
    """

    tickets: tuple[TeamTickets, ...]
    sessions: int
    tokens: int
    timer: bool
    drafts: int
    shared_views: int
    open_months: int


def preview(session: Session, actor: Actor, person: Person) -> DisablePreview:
    """Return what disabling a person would do, without doing it. Raises NotPermitted."""
    accounts.require_manage(session, actor, person)
    id = person.id
    timer = select(Timer.person_id).where(Timer.person_id == id, col(Timer.stopped_at).is_(None))
    valid = col(ApiToken.expires_at).is_(None) | (col(ApiToken.expires_at) > clock.now())
    return DisablePreview(
        tickets=_count_tickets_by_team(session, actor, id),
        sessions=_count(session, SignIn, SignIn.person_id == id, col(SignIn.revoked_at).is_(None),
                        SignIn.expires_at > clock.now()),
        tokens=_count(session, ApiToken, ApiToken.person_id == id, col(ApiToken.revoked_at).is_(None), valid),
        timer=session.exec(gate.unscoped(timer, "administration was permitted")).first() is not None,
        drafts=_count(session, Draft, Draft.person_id == id),
        shared_views=_count(session, SavedView, SavedView.owner_id == id, col(SavedView.team_id).is_not(None)),
        open_months=_count_open_months(session, id),
    )  # fmt: skip


def _count_tickets_by_team(session: Session, actor: Actor, person_id: int) -> tuple[TeamTickets, ...]:
    held = gate.visible(actor, Team.id, Team.name, func.count()).join(Team, col(Team.id) == Ticket.team_id)
    held = held.where(Ticket.assignee_id == person_id, col(Ticket.open) == true())
    rows = session.execute(held.group_by(Team.id, Team.name).order_by(Team.name)).all()
    return tuple(TeamTickets(id, name, count) for id, name, count in rows)


def _count(session: Session, model: Any, *conditions: Any) -> int:
    return session.exec(select(func.count()).select_from(model).where(*conditions)).one()


def _count_open_months(session: Session, person_id: int) -> int:
    worked = select(col(TimeEntry.day)).where(
        TimeEntry.worker_id == person_id, col(TimeEntry.removed_at).is_(None)
    )
    days = session.exec(gate.unscoped(worked.distinct(), "administration was permitted")).all()
    settled = select(col(Timesheet.month)).where(Timesheet.person_id == person_id, Timesheet.state != "open")
    return len({day.replace(day=1) for day in days} - set(session.exec(settled).all()))
