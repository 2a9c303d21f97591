"""Assignees: who may work a ticket, how well they fit, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, true
from sqlmodel import Session, col, select

from db.models import Membership, Person, Ticket
from db.vocabulary import Permission
from lib.access import gate
from lib.access.gate import Actor
from lib.assignment import skills
from lib.core import dates
from lib.core.errors import Conflict
from lib.people import absences

CONFLICT_MESSAGE = (
    "Somebody is changing the assignee's account or team right now. The ticket was not changed. Try again."
)


@dataclass(frozen=True)
class Candidate:
    """Somebody who may work a ticket.

    `knows` is the category for which they fit it, `open` how many open tickets they have of those that the asker may
    see, `away_until` the last day of their absence if they are away today.
    """

    id: int
    name: str
    knows: str | None
    open: int
    away_until: date | None

    @property
    def reason(self) -> str:
        """How they fit, in words: "knows Network, 3 open"."""
        parts = [f"away until {dates.format_short_day(self.away_until)}"] if self.away_until else []
        parts += [f"skilled in {self.knows}"] if self.knows else []
        return ", ".join([*parts, f"{self.open} open" if self.open else "no open tickets"])


def list_for_ticket(session: Session, actor: Actor, ticket: Ticket) -> list[Candidate]:
    """Return who may work a ticket, the best fit first: who is there, who knows its category, who has least open.

    For those who may take or assign it. Raises NotFound, NotPermitted.
    """
    if not gate.can(session, actor, Permission.TICKET_ASSIGN_OTHER, ticket):
        gate.permit(session, actor, Permission.TICKET_CLAIM, ticket)
    else:
        gate.permit(session, actor, Permission.TICKET_ASSIGN_OTHER, ticket)
    return rank_for_ticket(session, actor, ticket)


def rank_for_ticket(session: Session, actor: Actor, ticket: Ticket) -> list[Candidate]:
    """Return who may work a ticket, the best fit first, without asking who wants to know; four short queries."""
    people = list_for_team(session, ticket.team_id)
    knows = skills.find_skilled_people(session, ticket.category_id, people)
    held, gone = count_open_tickets(session, actor, people), absences.list_away(session, people)
    found = [Candidate(id, name, knows.get(id), held.get(id, 0), gone.get(id)) for id, name in people.items()]
    return sorted(found, key=lambda c: (c.away_until is not None, c.knows is None, c.open, c.name.casefold()))


def list_for_team(session: Session, team_id: int) -> dict[int, str]:
    """Return who works a team's tickets, names by id: active staff of the team."""
    return gate.list_workers(session, team_id, Permission.TICKET_TRANSITION)


def try_lock_membership(session: Session, person_id: int, team_id: int) -> bool:
    """Tell whether somebody works a team's tickets, and let that not change until the transaction ends.

    False too while somebody else is changing it: that change may itself wait for tickets that are locked here, so it is
    not waited for. On SQLite writers come one after another anyway.
    """
    place = select(Person.id).join(Membership, col(Membership.person_id) == col(Person.id))
    place = place.where(Person.id == person_id, Membership.team_id == team_id)
    held = session.exec(place.with_for_update(read=True, skip_locked=True)).first()
    return held is not None and person_id in list_for_team(session, team_id)


def can_work(session: Session, person_id: int, team_id: int) -> bool:
    """Tell the same as `try_lock_membership`; raises Conflict while somebody else is changing it."""
    if try_lock_membership(session, person_id, team_id):
        return True
    if person_id in list_for_team(session, team_id):
        raise Conflict(CONFLICT_MESSAGE)
    return False


def count_open_tickets(session: Session, actor: Actor, people: Iterable[int]) -> dict[int, int]:
    """Return how many open tickets each of these people has, of those that the actor may see."""
    chosen = gate.visible(actor, Ticket.assignee_id, func.count()).where(
        col(Ticket.open) == true(), col(Ticket.assignee_id).in_(list(people))
    )
    return {person: count for person, count in session.execute(chosen.group_by(Ticket.assignee_id)).all()}
