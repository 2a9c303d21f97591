"""The audit log: administration, sign-ins and refusals, without the contents of tickets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, null, union_all
from sqlmodel import Session, col, select

from db.models import Activity, Category, CustomField, Event, Person, Role, Status, Tag, Team, Ticket
from db.vocabulary import Action, Permission, Scope
from lib.access import gate
from lib.access.gate import Actor

TICKET_ACTIONS = tuple(
    a for a in Action if a.value.startswith(("ticket.", "comment.", "attachment.", "time.", "timer."))
)
AUDITED_ACTIONS = tuple(a for a in Action if a not in TICKET_ACTIONS)

NAMED_SUBJECTS = {
    "person": Person,
    "team": Team,
    "category": Category,
    "status": Status,
    "role": Role,
    "field": CustomField,
    "tag": Tag,
    "activity": Activity,
}
"""Subjects with names that all readers of the audit log may know."""


@dataclass(frozen=True)
class AuditEntry:
    """An entry of the audit log. `actor` is None for Docket itself or when nobody is signed in."""

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


def list_entries(
    session: Session,
    actor: Actor,
    *,
    action: str | None = None,
    person_id: int | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[AuditEntry]:
    """Return the newest entries before event `before`, optionally only those of one `action` or by one person.

    Managers see what was refused on their teams' tickets, administrators see everything. Raises NotPermitted.
    """
    gate.require(actor, Permission.AUDIT_READ, least=Scope.TEAM)
    conditions = []
    wanted = [action] if action else AUDITED_ACTIONS
    if not actor.may(Permission.AUDIT_READ, least=Scope.ALL):
        wanted = [each for each in wanted if each == Action.DENIED]
        seen = select(Ticket.id).where(gate.visible_condition(actor))
        conditions.append(col(Event.ticket_id).in_(seen))
    if person_id is not None:
        conditions.append(col(Event.actor_id) == person_id)
    if before is not None:
        conditions.append(col(Event.id) < before)
    found = select(Event, Person.name).outerjoin(Person, col(Person.id) == Event.actor_id)
    found = found.where(col(Event.id).in_(_select_newest(wanted, conditions, limit=limit)))
    rows = session.exec(
        gate.unscoped(found.order_by(col(Event.id).desc()).limit(limit), "only what the actor may audit")
    ).all()
    return [
        AuditEntry(
            e.id,
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


def _select_newest(actions: Sequence[str], conditions: Sequence[ColumnElement[bool]], *, limit: int) -> Any:
    """Return a select of the newest events with some actions, reading each action's index separately.

    A million ticket events may lie between two entries of the audit log; a scan of all events would read them.
    """
    walks = [
        select(Event.id)
        .where(col(Event.action) == each, *conditions)
        .order_by(col(Event.id).desc())
        .limit(limit)
        for each in actions
    ]
    return union_all(*(select(walk.subquery().c.id) for walk in walks)) if walks else select(null())


def get_subject_names(session: Session, entries: Iterable[AuditEntry]) -> dict[str, str]:
    """Return the current names of the subjects of entries, by subject. Deleted ones have none."""
    wanted: dict[str, set[int]] = {}
    for entry in entries:
        what, _, number = entry.subject.partition(":")
        if what in NAMED_SUBJECTS and number.isdigit():
            wanted.setdefault(what, set()).add(int(number))
    found: dict[str, str] = {}
    for what, ids in wanted.items():
        model = NAMED_SUBJECTS[what]
        rows = session.exec(select(model.id, model.name).where(col(model.id).in_(ids))).all()
        found |= {f"{what}:{id}": name for id, name in rows}
    return found
