"""Complete a ticket together with its duplicates, with the same reply on each."""

from dataclasses import dataclass

from sqlmodel import Session, col

from db.models import Link, Status, Ticket
from db.vocabulary import LinkKind, Permission, StatusCategory
from lib.access import gate, ticket_versions
from lib.access.gate import Actor
from lib.audit import events
from lib.conversation import comments
from lib.core import text
from lib.core.errors import Invalid, Refusal
from lib.tickets import tickets


@dataclass(frozen=True)
class SkippedDuplicate:
    """A duplicate that could not be completed, and why."""

    number: int
    why: str


def list_open(session: Session, actor: Actor, number: int) -> list[int]:
    """Return the numbers of a ticket's open duplicates that the actor can see."""
    chosen = (
        gate.visible(actor, Ticket.id)
        .join(Link, col(Link.source_id) == Ticket.id)
        .where(Link.kind == LinkKind.DUPLICATES, Link.target_id == number, col(Ticket.open))
        .order_by(col(Ticket.id))
    )
    return list(session.exec(chosen).all())


def complete(
    session: Session, actor: Actor, number: int, *, to: Status, seen: int, reason: str = "", answer: str = ""
) -> tuple[Ticket, list[SkippedDuplicate]]:
    """Move a ticket and its open duplicates to a status in Done, each with `answer` as a public reply.

    Returns the ticket, and the duplicates that stay open because of the workflow or the actor's permissions. Raises
    NotFound, NotPermitted, Conflict, Invalid for the ticket itself; then nothing was changed.
    """
    if to.kind != StatusCategory.DONE:
        raise Invalid(
            f"{to.name} doesn't complete tickets.",
            fields={"duplicates": "Only with a status in the category Done."},
        )
    answer = text.clean_block(answer, field="answer", required=False)
    # Always in the same order, so that two people who complete the same tickets don't deadlock.
    wanted = sorted({number, *list_open(session, actor, number)})
    found = {n: tickets.find(session, actor, n, to_change=True) for n in wanted}
    ticket = found.pop(number)
    gate.permit(session, actor, Permission.TICKET_CLOSE, ticket)
    ticket_versions.must_be(actor, ticket, seen)
    _move_and_reply(session, actor, ticket, to, reason=reason, answer=answer)
    left = []
    for each in found.values():
        try:
            _move_and_reply(session, actor, each, to, reason=reason, answer=answer)
        except Refusal as refusal:
            if refusal.denial is not None:
                events.record_denial(session, refusal.denial)
            left.append(SkippedDuplicate(each.id, refusal.sentence))
    return ticket, left


def _move_and_reply(
    session: Session, actor: Actor, ticket: Ticket, to: Status, *, reason: str, answer: str
) -> None:
    """Move a ticket, then reply. Every check that can refuse runs before anything changes."""
    if answer:
        gate.permit(session, actor, Permission.COMMENT_PUBLIC, ticket)
    tickets.move(
        session, actor, ticket, to=to, seen=ticket_versions.visible_version(actor, ticket), reason=reason
    )
    if answer:
        comments.add(session, actor, ticket, body=answer)
