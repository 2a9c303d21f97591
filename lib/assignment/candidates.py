"""Candidates: the people who can be assigned a ticket, ranked by how well they fit."""

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
    """A person who can be assigned a ticket.

    `knows` is the name of the category that makes them skilled, `open` the number of their open tickets that the
    actor can see, and `away_until` the last day of their absence if they are away today.
    """

    id: int
    name: str
    knows: str | None
    open: int
    away_until: date | None

    @property
    def reason(self) -> str:
        """How well they fit, in words, such as "skilled in Network, 3 open"."""
        parts = [f"away until {dates.format_short_day(self.away_until)}"] if self.away_until else []
        parts += [f"skilled in {self.knows}"] if self.knows else []
        return ", ".join([*parts, f"{self.open} open" if self.open else "no open tickets"])


def list_for_ticket(session: Session, actor: Actor, ticket: Ticket) -> list[Candidate]:
    """Return the ticket's candidates, best fit first: available, then skilled, then with the fewest open tickets.

    Requires permission to claim or assign the ticket. Raises NotFound, NotPermitted.
    """
    if not gate.can(session, actor, Permission.TICKET_ASSIGN_OTHER, ticket):
        gate.permit(session, actor, Permission.TICKET_CLAIM, ticket)
    else:
        gate.permit(session, actor, Permission.TICKET_ASSIGN_OTHER, ticket)
    return rank_for_ticket(session, actor, ticket)


def rank_for_ticket(session: Session, actor: Actor, ticket: Ticket) -> list[Candidate]:
    """Return the ticket's candidates, best fit first, without a permission check. Takes four short queries."""
    people = list_for_team(session, ticket.team_id)
    knows = skills.find_skilled_people(session, ticket.category_id, people)
    held, gone = count_open_tickets(session, actor, people), absences.list_away(session, people)
    found = [Candidate(id, name, knows.get(id), held.get(id, 0), gone.get(id)) for id, name in people.items()]
    return sorted(found, key=lambda c: (c.away_until is not None, c.knows is None, c.open, c.name.casefold()))


def list_for_team(session: Session, team_id: int) -> dict[int, str]:
    """Return the active staff who work on the team's tickets, as names by person id."""
    return gate.list_workers(session, team_id, Permission.TICKET_TRANSITION)


def try_lock_membership(session: Session, person_id: int, team_id: int) -> bool:
    """Return whether a person works on the team's tickets, and lock that fact until the transaction ends.

    Also False while another transaction is changing the membership. That transaction may itself wait for tickets that
    are locked here, so waiting for it could deadlock. On SQLite, writers run one at a time anyway.
    """
    place = select(Person.id).join(Membership, col(Membership.person_id) == col(Person.id))
    place = place.where(Person.id == person_id, Membership.team_id == team_id)
    held = session.exec(place.with_for_update(read=True, skip_locked=True)).first()
    return held is not None and person_id in list_for_team(session, team_id)


def can_work(session: Session, person_id: int, team_id: int) -> bool:
    """Like `try_lock_membership`, but raise Conflict while another transaction is changing the membership."""
    if try_lock_membership(session, person_id, team_id):
        return True
    if person_id in list_for_team(session, team_id):
        raise Conflict(CONFLICT_MESSAGE)
    return False


def count_open_tickets(session: Session, actor: Actor, people: Iterable[int]) -> dict[int, int]:
    """Return the number of open tickets of each person that the actor can see, by person id."""
    chosen = gate.visible(actor, Ticket.assignee_id, func.count()).where(
        col(Ticket.open) == true(), col(Ticket.assignee_id).in_(list(people))
    )
    return {person: count for person, count in session.execute(chosen.group_by(Ticket.assignee_id)).all()}
