"""Bulk changes: change many tickets at once, each accepted or refused by itself, and undo them together."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session, col, select

from db.models import Event, Ticket
from db.vocabulary import Permission
from lib.access import gate, ticket_versions
from lib.access.gate import Actor
from lib.audit import events
from lib.catalog import tags
from lib.catalog.ticket_fields import NAMED, FieldType
from lib.core.errors import Conflict, Invalid, Refusal
from lib.tickets import field_verbs, tickets

MAX_TICKETS = 500
"""Maximum number of tickets in one bulk change."""
CHUNK_SIZE = 25
"""Tickets in one transaction, so that others don't have to wait for all of them."""
TAGGING = ("add_tags", "remove_tags")
STEPS = [
    step
    for name in field_verbs.VERBS
    if NAMED[name].bulk
    for step in (TAGGING if NAMED[name].type == FieldType.TAGS else (name,))
]
"""What can be changed, in the order it is applied: changes that may end the actor's access come last."""
RESTORED = sorted(
    (NAMED[name] for name in field_verbs.VERBS if NAMED[name].bulk), key=lambda field: field.name != "team"
)
"""The fields that undo restores, the team first because the others may depend on it."""


@dataclass(frozen=True)
class Target:
    """A ticket to change, and the version of it that was seen, or None to accept any version."""

    number: int
    seen: int | None = None


@dataclass(frozen=True)
class Outcome:
    """The result for one ticket. `refused` is the reason if it was refused, `changed` whether anything changed."""

    number: int
    changed: bool = False
    refused: str = ""


Changes = Mapping[str, Any]
TicketChange = Callable[[Ticket], None]


def start_batch(actor: Actor) -> Actor:
    """Return the actor with a batch id that marks all events of one bulk change. Raises NotPermitted."""
    gate.require(actor, Permission.TICKET_BULK)
    return replace(actor, batch=secrets.token_hex(8))


def split_targets(targets: Sequence[Target]) -> Iterator[Sequence[Target]]:
    """Yield the targets in chunks, each for its own transaction. Raises Invalid for none or too many."""
    once = sorted({target.number: target for target in targets}.values(), key=lambda target: target.number)
    if not 0 < len(once) <= MAX_TICKETS:
        raise Invalid(
            f"Choose between 1 and {MAX_TICKETS} tickets.", fields={"tickets": f"1 to {MAX_TICKETS}."}
        )
    # Sorted by number, so that two people who change the same tickets don't deadlock.
    return (once[at : at + CHUNK_SIZE] for at in range(0, len(once), CHUNK_SIZE))


def change(session: Session, actor: Actor, targets: Sequence[Target], changes: Changes) -> list[Outcome]:
    """Apply the same changes to each target. If one is refused it stays unchanged, and the others continue.

    `changes` holds any of `STEPS`, and a `reason` for the workflow. For a preview, roll the transaction back. Raises
    NotPermitted without the permission for bulk changes, Invalid for unknown changes.
    """
    gate.require(actor, Permission.TICKET_BULK)
    unknown = set(changes) - {*STEPS, "reason"}
    if unknown or not set(changes) & set(STEPS):
        raise Invalid("Choose what to change.", fields={"change": f"Use some of {', '.join(STEPS)}."})

    def deed(ticket: Ticket) -> None:
        for name in STEPS:
            if name in changes:
                _apply_step(
                    session, actor, ticket, name=name, to=changes[name], reason=changes.get("reason", "")
                )

    return [_change_one(session, actor, target, deed) for target in targets]


def list_changed(session: Session, actor: Actor, batch: str) -> list[Target]:
    """Return the tickets that the actor's batch changed. Raises NotFound if the batch doesn't exist or isn't theirs."""
    mine = select(Event.ticket_id).where(Event.batch == batch, Event.actor_id == actor.id).distinct()
    numbers = session.exec(gate.unscoped(mine, "only the actor's own changes")).all() if batch else []
    if not numbers:
        raise gate.not_found(actor, Permission.TICKET_BULK, "batch", None)
    return [Target(number) for number in numbers if number]


def undo(session: Session, actor: Actor, targets: Sequence[Target], *, batch: str) -> list[Outcome]:
    """Undo the actor's batch on each target, unless what it changed was changed again since. Raises NotPermitted."""
    gate.require(actor, Permission.TICKET_BULK)
    return [
        _change_one(session, actor, target, lambda ticket: _undo_one(session, actor, ticket, batch))
        for target in targets
    ]


def _change_one(session: Session, actor: Actor, target: Target, deed: TicketChange) -> Outcome:
    try:
        with session.begin_nested():
            ticket = tickets.find(session, actor, target.number, to_change=True)
            gate.permit(session, actor, Permission.TICKET_BULK, ticket)
            if target.seen is not None:
                ticket_versions.must_be(actor, ticket, target.seen)
            was = ticket.version
            deed(ticket)
            session.flush()
            return Outcome(target.number, changed=ticket.version != was)
    except Refusal as refusal:
        if refusal.denial is not None:
            events.record_denial(session, refusal.denial)
        return Outcome(target.number, refused=refusal.sentence)


def _undo_one(session: Session, actor: Actor, ticket: Ticket, batch: str) -> None:
    mine = select(Event).where(Event.ticket_id == ticket.id, Event.batch == batch, Event.actor_id == actor.id)
    done = session.exec(gate.unscoped(mine.order_by(col(Event.id)), "found through the gate")).all()
    was = {event.field: event.old for event in reversed(done) if event.field}
    later = select(Event.id).where(
        Event.ticket_id == ticket.id, col(Event.field).in_(was), col(Event.id) > (done[-1].id if done else 0)
    )
    if session.exec(gate.unscoped(later.limit(1), "found through the gate")).first() is not None:
        raise Conflict(f"#{ticket.id} changed since then.")
    for field in RESTORED:
        if field.event in was:
            to = field_verbs.parse_event_value(session, field, was[field.event])
            _change_field(session, actor, ticket, name=field.name, to=to, reason="Undone")


def _change_field(session: Session, actor: Actor, ticket: Ticket, *, name: str, to: Any, reason: str) -> None:
    seen = ticket_versions.visible_version(actor, ticket)
    field_verbs.change(session, actor, ticket, name=name, to=to, seen=seen, reason=reason)


def _apply_step(session: Session, actor: Actor, ticket: Ticket, *, name: str, to: Any, reason: str) -> None:
    if name not in TAGGING:
        _change_field(session, actor, ticket, name=name, to=to, reason=reason)
        return
    borne, given = tickets.list_tags(session, ticket), {tags.key(tag) for tag in to}
    kept = [*borne, *to] if name == "add_tags" else [tag for tag in borne if tags.key(tag) not in given]
    _change_field(session, actor, ticket, name="tag", to=kept, reason=reason)
