"""Who is in copy of a ticket."""

from sqlmodel import Session, col, select

from db.models import Participant, Person, Ticket
from lib import gate
from lib.gate import Actor
from lib.people.accounts import PersonCard


def of(session: Session, actor: Actor, ticket: Ticket) -> list[PersonCard]:
    """Return who is in copy, by name; addresses only for staff. The ticket was found through the gate."""
    rows = session.exec(
        select(Person.id, Person.name, Person.email)
        .join(Participant, col(Participant.person_id) == Person.id)
        .where(Participant.ticket_id == ticket.id)
        .order_by(Person.name)
        .execution_options(**gate.PASS)
    ).all()
    return [PersonCard(id or 0, name, email if actor.staff else None) for id, name, email in rows]
