"""Assign tickets: to a chosen person, by an assignment rule, or later from the assignment queue."""

from sqlmodel import Session, select

from db.models import Ticket
from db.vocabulary import Action, Source
from lib.access import gate
from lib.access.gate import Actor
from lib.assignment import candidates, queue, rules
from lib.audit import events
from lib.core import clock, text
from lib.timekeeping import timers


def set_assignee(
    session: Session, actor: Actor, ticket: Ticket, person_id: int | None, *, reason: str = ""
) -> None:
    """Set or clear the ticket's assignee. The caller has checked permissions. Raises Invalid for a bad reason."""
    reason = text.clean_line(reason, field="reason", limit=500, required=False)
    was, ticket.assignee_id = ticket.assignee_id, person_id
    ticket.former_assignee_id = None
    if was is not None:
        timers.settle(session, ticket, why="it was assigned to somebody else", person_id=was)
    queue.remove(session, ticket)
    ticket.change(at=clock.now())
    old, new = str(was) if was else None, str(person_id) if person_id else None
    events.record(
        session, actor, Action.TICKET_ASSIGNED, ticket_id=ticket.id, field="assignee", old=old, new=new,
        reason=reason or None,
    )  # fmt: skip


def apply_rule(session: Session, ticket: Ticket, *, channel: Source = Source.WORKER) -> None:
    """Assign an unassigned ticket by the rule of its category or team, on behalf of Docket itself.

    If the rule finds nobody available, the ticket goes to the assignment queue.
    """
    choice = rules.choose_assignee(session, ticket)
    if choice is None:
        queue.remove(session, ticket)
    elif choice.person_id is None or not candidates.try_lock_membership(
        session, choice.person_id, ticket.team_id
    ):
        queue.add(session, ticket)
    else:
        docket = gate.system_actor("assignment", channel=channel)
        set_assignee(session, docket, ticket, choice.person_id, reason=choice.reason)


def assign_waiting_ticket(session: Session, number: int) -> None:
    """Apply the rule again to a queued ticket. If several processes try at once, only one does it.

    The rule is locked first, and a ticket that somebody is changing is left for the next run. This way a transaction
    that locks tickets and waits for the rule is never waited for here, so there is no deadlock.
    """
    seen = gate.unscoped_get(session, Ticket, number, "assignment rules read all tickets")
    if seen is None:
        return
    rules.lock_for_ticket(session, seen)
    chosen = select(Ticket).where(Ticket.id == number).with_for_update(key_share=True, skip_locked=True)
    ticket = session.exec(
        gate.unscoped(chosen, "assignment rules read all tickets", populate_existing=True)
    ).first()
    if ticket is not None and queue.has_entry(session, ticket):
        apply_rule(session, ticket)
