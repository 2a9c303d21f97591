"""Presence: who has a ticket open right now and what they are doing, for people who may know."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from db.engine import lock
from db.models import Person, Presence, Ticket
from db.vocabulary import Permission, PresenceActivity
from lib.access import gate
from lib.access.gate import Actor
from lib.core import clock

TIMEOUT = timedelta(seconds=30)
"""How long a page counts as open after its last sign of life."""
_ACTIVITY_ORDER = list(PresenceActivity)


@dataclass(frozen=True)
class PresentPerson:
    """Another person who has the same ticket open."""

    id: int
    name: str
    doing: PresenceActivity


def enter(session: Session, actor: Actor, ticket: Ticket, *, mark: str, doing: PresenceActivity) -> None:
    """Record that a page, identified by `mark`, has a ticket open, and what its person is doing there.

    Raises NotFound, NotPermitted.
    """
    gate.permit(session, actor, Permission.TICKET_READ, ticket)
    if doing == PresenceActivity.NOTING:
        gate.permit(session, actor, Permission.COMMENT_INTERNAL, ticket)
    lock(session, f"presence:{mark}")
    row = gate.unscoped_get(session, Presence, mark, "the ticket was permitted")
    if row is None:
        row = Presence(mark=mark, person_id=actor.person_id, ticket_id=0, doing=doing, at=clock.now())
    row.ticket_id, row.doing, row.at = ticket.id, doing, clock.now()
    session.add(row)
    session.flush()


def refresh(session: Session, marks: Collection[str]) -> None:
    """Record that pages are still open."""
    kept = update(Presence).where(col(Presence.mark).in_(marks)).values(at=clock.now())
    session.execute(gate.unscoped(kept, "nothing is read", synchronize_session=False))


def leave(session: Session, marks: Collection[str]) -> None:
    """Record that pages were closed."""
    gone = delete(Presence).where(col(Presence.mark).in_(marks))
    session.execute(gate.unscoped(gone, "nothing is read", synchronize_session=False))


def forget_old(session: Session) -> None:
    """Delete rows of pages that closed without notice."""
    gone = delete(Presence).where(col(Presence.at) < clock.now() - TIMEOUT)
    session.execute(gate.unscoped(gone, "the worker cleans up for all", synchronize_session=False))


def snapshot(session: Session, numbers: Collection[int]) -> dict[int, frozenset[tuple[int, str]]]:
    """Return the present people and their activities by ticket, as ids only: for noticing changes, never to show."""
    rows = session.exec(
        gate.unscoped(
            select(Presence.ticket_id, Presence.person_id, Presence.doing).where(
                col(Presence.ticket_id).in_(numbers), col(Presence.at) > clock.now() - TIMEOUT
            ),
            "only ids, to refresh open pages",
        )
    ).all()
    found: dict[int, set[tuple[int, str]]] = {}
    for number, person, doing in rows:
        found.setdefault(number, set()).add((person, doing))
    return {number: frozenset(who) for number, who in found.items()}


def list_for_ticket(session: Session, actor: Actor, ticket: Ticket) -> list[PresentPerson]:
    """Return who else has the ticket open, ordered by name, each person once. Raises NotFound.

    People who can't read its internal notes see only who is writing a reply, not who is viewing or writing a note.
    """
    gate.permit(session, actor, Permission.TICKET_READ, ticket)
    chosen = (
        select(Presence.person_id, Person.name, Presence.doing)
        .join(Person, col(Person.id) == Presence.person_id)
        .where(Presence.ticket_id == ticket.id, col(Presence.at) > clock.now() - TIMEOUT)
        .where(col(Person.active), Presence.person_id != actor.id)
    )
    if not gate.can(session, actor, Permission.COMMENT_READ_INTERNAL, ticket):
        chosen = chosen.where(Presence.doing == PresenceActivity.REPLYING)
    found: dict[int, PresentPerson] = {}
    for id, name, doing in session.exec(
        gate.unscoped(chosen.order_by(Person.name), "the ticket was permitted")
    ).all():
        before = found.get(id)
        if before is None or _ACTIVITY_ORDER.index(PresenceActivity(doing)) > _ACTIVITY_ORDER.index(
            before.doing
        ):
            found[id] = PresentPerson(id, name, PresenceActivity(doing))
    return list(found.values())
