"""Who may see a ticket, as SQL conditions on people: the gate's rules in the other direction."""

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlmodel import col, select

from db.models import Membership, Participant, Person, Ticket
from db.vocabulary import Permission, Scope
from lib.access import gate


def workers_condition(ticket: Ticket, permission: Permission) -> ColumnElement[bool]:
    """Return the SQL condition on `person` for people whose `permission` covers the ticket; mirrors `gate.works_on`."""
    team = select(Membership.person_id).where(Membership.team_id == ticket.team_id)
    role = col(Person.role_id)
    return or_(
        role.in_(gate.select_roles_granting(permission, Scope.ALL)),
        and_(role.in_(gate.select_roles_granting(permission, Scope.TEAM)), col(Person.id).in_(team)),
    )


def involved_condition(ticket: Ticket) -> ColumnElement[bool]:
    """Return the SQL condition on `person` for requester, people in CC, and assignee while in the ticket's team."""
    copied = select(Participant.person_id).where(Participant.ticket_id == ticket.id)
    team = select(Membership.person_id).where(Membership.team_id == ticket.team_id)
    person = col(Person.id)
    assigned = and_(person == ticket.assignee_id, person.in_(team)) if ticket.assignee_id else false()
    return or_(person == ticket.requester_id, person.in_(copied), assigned)


def viewers_condition(ticket: Ticket, *, notes: bool = False) -> ColumnElement[bool]:
    """Return the SQL condition on `person` for people who may see a ticket or, with `notes`, its internal notes.

    Mirrors `gate.can_see`. A statement with this condition reveals who is in CC, so only use it for a ticket that was
    found through the gate.
    """
    if ticket.deleted_at is not None:
        return false()
    own = gate.select_roles_granting(Permission.TICKET_READ, Scope.OWN, Scope.TEAM, Scope.ALL)
    part = involved_condition(ticket)
    read = or_(workers_condition(ticket, Permission.TICKET_READ), and_(col(Person.role_id).in_(own), part))
    private = (
        or_(part, workers_condition(ticket, Permission.TICKET_CONFIDENTIAL))
        if ticket.confidential
        else true()
    )
    told = workers_condition(ticket, Permission.COMMENT_READ_INTERNAL) if notes else true()
    return and_(col(Person.active), read, private, told)
