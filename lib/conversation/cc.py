"""CC: the people copied on a ticket."""

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from db.models import Participant, Person, Ticket
from lib.access import gate
from lib.access.gate import Actor
from lib.people.accounts import PersonCard

_CC_STATEMENT = gate.unscoped(
    select(Person.id, Person.name, Person.email)
    .join(Participant, col(Participant.person_id) == Person.id)
    .where(Participant.ticket_id == bindparam("number"))
    .order_by(Person.name),
    "found through the gate",
)


def list_for_ticket(session: Session, actor: Actor, ticket: Ticket) -> list[PersonCard]:
    """Return the people in CC, ordered by name, with email addresses only for staff.

    The caller has found the ticket through the gate.
    """
    rows = session.exec(_CC_STATEMENT, params={"number": ticket.id}).all()
    return [PersonCard(id, name, email if actor.staff else None) for id, name, email in rows]
