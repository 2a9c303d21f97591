"""Category proposals: categories that people missed when creating a ticket, and the decisions on them."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from db.engine import lock
from db.models import Category, CategoryProposal, Person, Ticket
from db.vocabulary import Action, Permission, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.catalog import categories
from lib.core import clock, names, text
from lib.core.errors import Invalid


@dataclass(frozen=True)
class ProposalCard:
    """A proposed name that needs a decision. `id` is that of the first proposal, `tickets` counts its tickets."""

    id: int
    name: str
    people: tuple[str, ...]
    tickets: int
    since: datetime


def propose(session: Session, actor: Actor, ticket: Ticket, name: str) -> None:
    """Propose a category for a ticket, to be decided by an administrator. Raises NotPermitted, Invalid."""
    gate.permit(session, actor, Permission.TICKET_READ, ticket)
    gate.require(actor, Permission.TICKET_CREATE, least=Scope.TEAM)
    name = text.clean_line(name, field="proposed_category", limit=80)
    there = _find_category(session, name)
    if there is not None:
        raise Invalid(
            f"The category {there.name} already exists. Choose it instead.",
            fields={"proposed_category": "Already exists."},
        )
    session.add(
        CategoryProposal(
            name=name, ticket_id=ticket.id, category_id=ticket.category_id, person_id=actor.person_id,
            created_at=clock.now(),
        )
    )  # fmt: skip
    events.record(session, actor, Action.CATEGORY_PROPOSED, ticket_id=ticket.id, new=name, internal=True)


def find_for_ticket(session: Session, actor: Actor, ticket: Ticket) -> str | None:
    """Return the pending category proposal of a ticket, or None, also if the actor may not read its notes."""
    if not gate.can(session, actor, Permission.COMMENT_READ_INTERNAL, ticket):
        return None
    chosen = select(CategoryProposal.name).where(CategoryProposal.ticket_id == ticket.id)
    return session.exec(gate.unscoped(chosen, "found through the gate")).first()


def list_pending(session: Session, actor: Actor) -> list[ProposalCard]:
    """Return the names that need a decision, oldest first. Raises NotPermitted."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    found = (
        select(CategoryProposal, Person.name)
        .join(Person, col(Person.id) == CategoryProposal.person_id)
        .order_by(col(CategoryProposal.id))
    )
    grouped: dict[str, list[tuple[CategoryProposal, str]]] = {}
    for row, who in session.exec(gate.unscoped(found, "administration was permitted")).all():
        grouped.setdefault(row.name.casefold(), []).append((row, who))
    return [
        ProposalCard(
            id=rows[0][0].id,
            name=rows[0][0].name,
            people=tuple(dict.fromkeys(who for _, who in rows)),
            tickets=len(rows),
            since=rows[0][0].created_at,
        )
        for rows in grouped.values()
    ]


def accept(
    session: Session,
    actor: Actor,
    proposal_id: int,
    *,
    name: str,
    parent_id: int | None = None,
    team_id: int | None = None,
) -> Category:
    """Create the category `name`, or use the existing one, and move the tickets of the proposal into it.

    A ticket whose category was changed since stays where it is. Raises NotPermitted, NotFound, Invalid.
    """
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    rows = _list_same_name(session, actor, proposal_id)
    there = _find_category(session, text.clean_line(name, field="name", limit=80))
    category = there or categories.create(session, actor, name=name, parent_id=parent_id, team_id=team_id)
    for row in rows:
        _apply_to_ticket(session, actor, row, category)
    _close(session, actor, rows, subject=f"category:{category.id}", field="accepted", new=category.name)
    return category


def reject(session: Session, actor: Actor, proposal_id: int) -> None:
    """Reject a proposal. Its tickets stay where they are. Raises NotPermitted, NotFound."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    _close(
        session,
        actor,
        _list_same_name(session, actor, proposal_id),
        subject="category",
        field="refused",
        new=None,
    )


def _apply_to_ticket(session: Session, actor: Actor, row: CategoryProposal, category: Category) -> None:
    chosen = select(Ticket).where(Ticket.id == row.ticket_id).with_for_update(key_share=True)
    ticket = session.exec(gate.unscoped(chosen, "administration was permitted")).one()
    if ticket.category_id != row.category_id or ticket.category_id == category.id:
        return
    was = session.get(Category, ticket.category_id) if ticket.category_id else None
    ticket.category_id = category.id
    ticket.change(at=clock.now())
    events.record(
        session, actor, Action.TICKET_UPDATED, ticket_id=ticket.id, field="category",
        old=was.name if was else None, new=category.name,
    )  # fmt: skip


def _close(
    session: Session,
    actor: Actor,
    rows: list[CategoryProposal],
    *,
    subject: str,
    field: str,
    new: str | None,
) -> None:
    for row in rows:
        session.delete(row)
    session.flush()
    events.record(
        session, actor, Action.CATEGORY_ANSWERED, subject=subject, field=field, old=rows[0].name, new=new
    )


def _list_same_name(session: Session, actor: Actor, proposal_id: int) -> list[CategoryProposal]:
    """Return all proposals of the same name, which are decided together."""
    lock(session, "categories")
    chosen = select(CategoryProposal).order_by(col(CategoryProposal.ticket_id))
    rows = session.exec(gate.unscoped(chosen, "administration was permitted")).all()
    name = next((r.name.casefold() for r in rows if r.id == proposal_id), None)
    if name is None:
        raise gate.not_found(actor, Permission.SYSTEM_MANAGE, "proposal", proposal_id)
    return [r for r in rows if r.name.casefold() == name]


def _find_category(session: Session, name: str) -> Category | None:
    rows = session.exec(select(Category).where(~col(Category.retired)).order_by(col(Category.id))).all()
    return next((row for row in rows if names.key(row.name) == names.key(name)), None)
