"""The audit: administration, sign-ins and refusals, for those who may read them; never what a ticket says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from db.models import Category, Event, Person, Role, Status, Team, Ticket
from db.vocabulary import Action, Permission, Scope
from lib import gate
from lib.gate import Actor

ON_TICKETS = tuple(a for a in Action if a.value.startswith(("ticket.", "comment.", "attachment.")))

NAMED = {"person": Person, "team": Team, "category": Category, "status": Status, "role": Role}
"""Subjects that people know by a name, which is no secret to whoever may read the audit."""


@dataclass(frozen=True)
class Entry:
    """One line of the audit; `actor` is None for nobody signed in, or Docket itself."""

    id: int
    at: datetime
    action: str
    subject: str
    field: str | None
    old: str | None
    new: str | None
    actor_id: int | None
    actor: str | None
    channel: str
    address: str | None


def read(
    session: Session,
    actor: Actor,
    *,
    action: str | None = None,
    person_id: int | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Entry]:
    """Return the newest entries before event `before`, of one `action` or by one person if given.

    A manager reads what was refused on their teams' tickets; an administrator everything. Raises NotPermitted.
    """
    gate.require(actor, Permission.AUDIT_READ, least=Scope.TEAM)
    chosen = select(Event, Person.name).outerjoin(Person, col(Person.id) == Event.actor_id)
    chosen = chosen.where(col(Event.action).not_in(ON_TICKETS))
    if not actor.may(Permission.AUDIT_READ, least=Scope.ALL):
        seen = select(Ticket.id).where(gate.readable(actor))
        chosen = chosen.where(Event.action == Action.DENIED, col(Event.ticket_id).in_(seen))
    if action:
        chosen = chosen.where(Event.action == action)
    if person_id is not None:
        chosen = chosen.where(Event.actor_id == person_id)
    if before is not None:
        chosen = chosen.where(col(Event.id) < before)
    rows = session.exec(
        chosen.order_by(col(Event.id).desc()).limit(limit).execution_options(**gate.PASS)
    ).all()
    return [
        Entry(
            e.id or 0,
            e.at,
            e.action,
            e.subject,
            e.field,
            e.old,
            e.new,
            e.actor_id,
            name,
            e.channel,
            e.address,
        )
        for e, name in rows
    ]


def names(session: Session, entries: Iterable[Entry]) -> dict[str, str]:
    """Return today's names of what entries are about, by their subject; what is gone has none."""
    wanted: dict[str, set[int]] = {}
    for entry in entries:
        what, _, number = entry.subject.partition(":")
        if what in NAMED and number.isdigit():
            wanted.setdefault(what, set()).add(int(number))
    found: dict[str, str] = {}
    for what, ids in wanted.items():
        model = NAMED[what]
        rows = session.exec(select(model.id, model.name).where(col(model.id).in_(ids))).all()
        found |= {f"{what}:{id}": name for id, name in rows}
    return found
