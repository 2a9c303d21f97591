"""Why a person is currently notified about a ticket."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from db.models import Comment, Mention, Mute, Participant, Ticket, Watch
from db.vocabulary import Permission, RecipientReason, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.notifications import default_rules


@dataclass(frozen=True)
class Explanation:
    """Why a person is notified about a ticket, the strongest reason first, and whether they muted it."""

    reasons: tuple[str, ...]
    muted: bool
    stopped: bool
    """Whether they stopped watching it, which also mutes it."""


def get_for_ticket(session: Session, actor: Actor, ticket: Ticket) -> Explanation:
    """Return why the actor is notified about a ticket. Raises NotFound."""
    gate.permit(session, actor, Permission.TICKET_READ, ticket)
    watch = gate.unscoped_get(session, Watch, (ticket.id, actor.id), "the ticket was permitted")
    found = {
        RecipientReason.MENTIONED: _is_mentioned(session, actor, ticket),
        RecipientReason.ASSIGNEE: ticket.assignee_id == actor.id,
        RecipientReason.REQUESTER: ticket.requester_id == actor.id,
        RecipientReason.WATCHER: bool(watch and watch.watching) or _is_on_cc(session, actor, ticket),
    }
    if ticket.assignee_id is None and ticket.team_id in actor.teams:
        found[RecipientReason.TEAM] = True
        found[RecipientReason.MANAGER] = actor.reach(Permission.TICKET_ASSIGN_OTHER) == Scope.TEAM
    return Explanation(
        reasons=tuple(default_rules.REASONS[relation] for relation, holds in found.items() if holds),
        muted=session.get(Mute, (ticket.id, actor.id)) is not None,
        stopped=watch is not None and not watch.watching,
    )


def _is_mentioned(session: Session, actor: Actor, ticket: Ticket) -> bool:
    said = select(Comment.id).join(Mention, col(Mention.comment_id) == Comment.id)
    said = said.where(Comment.ticket_id == ticket.id, Mention.person_id == actor.id)
    said = said.where(col(Comment.removed_at).is_(None)).limit(1)
    return session.exec(gate.unscoped(said, "the ticket was permitted")).first() is not None


def _is_on_cc(session: Session, actor: Actor, ticket: Ticket) -> bool:
    return (
        gate.unscoped_get(session, Participant, (ticket.id, actor.id), "the ticket was permitted") is not None
    )
