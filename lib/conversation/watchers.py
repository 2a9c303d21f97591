"""Watchers: who is notified of a ticket. People involved watch it until they stop, others once they start.

Watching gives no access: people who can't see the ticket don't watch it, whatever they chose before.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from db.engine import lock
from db.models import Person, Ticket, Watch
from db.vocabulary import Action, Permission
from lib.access import audience, gate
from lib.access.gate import Actor
from lib.audit import events
from lib.people.accounts import PersonCard


def watching_condition(ticket: Ticket) -> ColumnElement[bool]:
    """SQL condition on `person` for those who watch the ticket and can see it.

    The caller has found the ticket through the gate.
    """
    chose = select(Watch.person_id).where(Watch.ticket_id == ticket.id)
    begun, stopped = chose.where(col(Watch.watching)), chose.where(~col(Watch.watching))
    person = col(Person.id)
    wanted = or_(audience.involved_condition(ticket), person.in_(begun))
    return and_(wanted, person.not_in(stopped), audience.viewers_condition(ticket))


def list_for_ticket(session: Session, actor: Actor, ticket: Ticket) -> list[PersonCard]:
    """Return the ticket's watchers, ordered by name. Actors who can't read its notes see only themselves.

    Raises NotFound.
    """
    gate.permit(session, actor, Permission.TICKET_READ, ticket)
    found = select(Person.id, Person.name).where(watching_condition(ticket))
    if not gate.can(session, actor, Permission.COMMENT_READ_INTERNAL, ticket):
        found = found.where(Person.id == actor.id)
    rows = session.exec(gate.unscoped(found.order_by(Person.name), "the ticket was permitted")).all()
    return [PersonCard(id, name) for id, name in rows]


def watch(session: Session, actor: Actor, ticket: Ticket) -> None:
    """Start watching a ticket. Has no effect if the actor already watches it. Raises NotFound."""
    _set_watching(session, actor, ticket, watching=True)


def unwatch(session: Session, actor: Actor, ticket: Ticket) -> None:
    """Stop watching a ticket. Raises NotFound."""
    _set_watching(session, actor, ticket, watching=False)


def _set_watching(session: Session, actor: Actor, ticket: Ticket, *, watching: bool) -> None:
    gate.permit(session, actor, Permission.TICKET_READ, ticket)
    lock(session, f"watch:{ticket.id}:{actor.id}")
    was = any(p.id == actor.id for p in list_for_ticket(session, actor, ticket))
    if was == watching:
        return
    row = gate.unscoped_get(session, Watch, (ticket.id, actor.id), "the ticket was permitted")
    row = row or Watch(ticket_id=ticket.id, person_id=actor.person_id, watching=watching)
    row.watching = watching
    session.add(row)
    session.flush()
    events.record(
        session, actor, Action.TICKET_WATCHED, ticket_id=ticket.id, field="watching",
        new="yes" if watching else "no", internal=True,
    )  # fmt: skip


def add_mentioned(session: Session, ticket: Ticket, people: Iterable[int]) -> None:
    """Make mentioned people watch a ticket, unless they once chose to stop."""
    wanted = set(people)
    rows = select(Watch.person_id).where(Watch.ticket_id == ticket.id, col(Watch.person_id).in_(wanted))
    chose = set(session.exec(gate.unscoped(rows, "the comment was permitted")).all())
    session.add_all(
        Watch(ticket_id=ticket.id, person_id=person, watching=True) for person in sorted(wanted - chose)
    )
    session.flush()
