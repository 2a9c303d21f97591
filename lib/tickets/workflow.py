"""Workflow: which status changes each role may make, and which require a reason."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, select

from db.models import Status, Ticket, Transition
from db.vocabulary import Action, Permission, Scope, StatusCategory
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.core.errors import Invalid
from lib.tickets import links


@dataclass(frozen=True)
class TransitionRule:
    """Whether a role may make a status change, and whether it requires a reason."""

    allowed: bool = True
    asks_reason: bool = False


DEFAULT_RULE = TransitionRule()


def list_rules(session: Session, role_id: int) -> dict[tuple[int, int], TransitionRule]:
    """Return a role's rules that differ from the default, by the ids of the statuses from and to."""
    rows = session.exec(select(Transition).where(Transition.role_id == role_id)).all()
    return {(r.from_id, r.to_id): TransitionRule(r.allowed, r.asks_reason) for r in rows}


def get_rule(session: Session, actor: Actor, was: Status, to: Status) -> TransitionRule:
    """Return the rule for a status change by an actor. A status that requires a reason requires it from everybody."""
    row = session.get(Transition, (actor.role_id, was.id, to.id)) if actor.role_id else None
    found = TransitionRule(row.allowed, row.asks_reason) if row else DEFAULT_RULE
    return TransitionRule(found.allowed, found.asks_reason or to.asks_reason)


def allow(session: Session, actor: Actor, ticket: Ticket, *, was: Status, to: Status, reason: str) -> None:
    """Check a status change. Raises Invalid if the role may not make it, a reason is missing, or a link prevents it.

    The links that prevent completion are an open blocker and an open child.
    """
    found = get_rule(session, actor, was, to)
    if to.retired:
        raise Invalid(f"The status {to.name} is archived.", fields={"status": "Archived."})
    if not found.allowed:
        raise Invalid(f"Your role ({actor.role}) can't move a ticket from {was.name} to {to.name}.")
    if found.asks_reason and not reason:
        raise Invalid(f"Enter a reason for moving it to {to.name}.", fields={"reason": "Enter a reason."})
    if to.kind == StatusCategory.DONE and to.counts and (why := links.find_obstacle(session, actor, ticket)):
        raise Invalid(f"#{ticket.id} can't be moved to {to.name}: {why}.")


def set_rule(
    session: Session, actor: Actor, *, role_id: int, was: Status, to: Status, allowed: bool, asks_reason: bool
) -> None:
    """Set whether a role may make a status change and whether it requires a reason. Raises NotPermitted."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    row = session.get(Transition, (role_id, was.id, to.id))
    old = TransitionRule(row.allowed, row.asks_reason) if row else DEFAULT_RULE
    new = TransitionRule(allowed, asks_reason)
    if old == new:
        return
    if new == DEFAULT_RULE and row is not None:
        session.delete(row)
    else:
        row = row or Transition(role_id=role_id, from_id=was.id, to_id=to.id, allowed=allowed)
        row.allowed, row.asks_reason = allowed, asks_reason
        session.add(row)
    events.record(
        session, actor, Action.STATUS_CHANGED, subject=f"status:{was.id}", field=f"move to {to.name} by role {role_id}",
        old=_format_rule(old), new=_format_rule(new),
    )  # fmt: skip


def _format_rule(found: TransitionRule) -> str:
    if not found.allowed:
        return "not allowed"
    return "allowed with a reason" if found.asks_reason else "allowed"


def list_moves_with_reason(
    session: Session, actor: Actor, statuses: Mapping[int, Status]
) -> frozenset[tuple[int, int]]:
    """Return the status changes that require a reason from the actor, as ids of the statuses from and to."""
    own = list_rules(session, actor.role_id) if actor.role_id else {}
    return frozenset(
        (was, to)
        for was in statuses
        for to, status in statuses.items()
        if was != to and (status.asks_reason or own.get((was, to), DEFAULT_RULE).asks_reason)
    )


def list_targets(session: Session, actor: Actor, statuses: Mapping[int, Status]) -> dict[int, list[int]]:
    """Return, for each status, the ids of the statuses that the actor's role may move a ticket to."""
    own = list_rules(session, actor.role_id) if actor.role_id else {}
    return {
        was: [
            to
            for to, s in statuses.items()
            if to != was and not s.retired and own.get((was, to), DEFAULT_RULE).allowed
        ]
        for was in statuses
    }
