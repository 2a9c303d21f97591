"""Links between tickets: blocks, parent, relates and duplicates. Links never form a circle."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, literal, or_, union_all
from sqlmodel import Session, col, select

from db.engine import lock
from db.models import Link, Status, Ticket
from db.vocabulary import Action, LinkKind, Permission
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.core import clock
from lib.core.errors import Invalid

MAX_LINKS = 100
"""Maximum number of links of one ticket."""
UNSEEN_TICKET = "a ticket that you can't see"
"""How sentences refer to a ticket that the reader can't see."""

LINK_NAMES: dict[str, tuple[LinkKind, bool]] = {
    "blocks": (LinkKind.BLOCKS, True),
    "blocked_by": (LinkKind.BLOCKS, False),
    "parent": (LinkKind.PARENT, False),
    "child": (LinkKind.PARENT, True),
    "relates": (LinkKind.RELATES, True),
    "duplicates": (LinkKind.DUPLICATES, True),
    "duplicated_by": (LinkKind.DUPLICATES, False),
}
"""By the link's name seen from one ticket: its kind, and whether that ticket is the link's source."""


@dataclass(frozen=True)
class LinkCard:
    """A link seen from one ticket: its name from there, and the other ticket, which the actor can see."""

    name: str
    number: int
    title: str
    status: str
    open: bool


def list_for_ticket(session: Session, actor: Actor, ticket: Ticket) -> list[LinkCard]:
    """Return a ticket's links to tickets that the actor can see, ordered by name and number."""
    rows = session.exec(_select_linked(actor), params={"number": ticket.id}).all()
    cards = [
        LinkCard(_find_name(LinkKind(kind), source=source == ticket.id), id, title, status, is_open)
        for kind, source, id, title, status, is_open in rows
    ]
    return sorted(cards, key=lambda card: (card.name, card.number))


@lru_cache(maxsize=gate.CACHED_STATEMENTS)
def _select_linked(actor: Actor) -> Any:
    ends = or_(
        _ends_condition(Link.source_id, Link.target_id), _ends_condition(Link.target_id, Link.source_id)
    )
    return (
        gate.visible(actor, Link.kind, Link.source_id, Ticket.id, Ticket.title, Status.name, Ticket.open)
        .join(Link, ends)
        .join(Status, col(Status.id) == Ticket.status_id)
    )


def _ends_condition(here: Any, there: Any) -> ColumnElement[bool]:
    return and_(col(here) == bindparam("number"), col(there) == Ticket.id)


def _find_name(kind: LinkKind, *, source: bool) -> str:
    return next(n for n, (k, s) in LINK_NAMES.items() if k == kind and (s == source or k == LinkKind.RELATES))


def link(session: Session, actor: Actor, ticket: Ticket, *, name: str, other: Ticket) -> None:
    """Link two tickets that the actor can both see. Has no effect if the link exists.

    Raises NotPermitted, NotFound, and Invalid for an unknown name, a circle, a second parent or original, or too
    many.
    """
    kind, source, target = _resolve_direction(name, ticket, other)
    gate.permit(session, actor, Permission.TICKET_MERGE, ticket)
    gate.permit(session, actor, Permission.TICKET_READ, other)
    lock(session, f"links:{kind}")
    if _find_link(session, kind, source, target) is not None:
        return
    _require_unmerged(session, other)
    _check(session, kind, source, target)
    row = Link(kind=kind, source_id=source.id, target_id=target.id, created_at=clock.now())
    session.add(row)
    session.flush()
    _record_event(session, actor, Action.TICKET_LINKED, ticket, name=name, other=other)


def unlink(session: Session, actor: Actor, ticket: Ticket, *, name: str, other: Ticket) -> None:
    """Remove a link, if there is one. Raises NotPermitted, NotFound, Invalid."""
    kind, source, target = _resolve_direction(name, ticket, other)
    gate.permit(session, actor, Permission.TICKET_MERGE, ticket)
    row = _find_link(session, kind, source, target)
    if row is not None:
        session.delete(row)
        _record_event(session, actor, Action.TICKET_UNLINKED, ticket, name=name, other=other)


def _require_unmerged(session: Session, other: Ticket) -> None:
    """Raise Invalid if the other ticket was merged in the meantime, because its links moved along."""
    now = select(Ticket.merged_into_id).where(Ticket.id == other.id)
    if session.exec(gate.unscoped(now, "both tickets were permitted")).one() is not None:
        raise Invalid(f"#{other.id} was merged into another ticket. Link to that one instead.")


PlainLink = tuple[str, int, int]
"""A link as kind, source and target."""


def transfer(session: Session, ticket: Ticket, into: Ticket) -> tuple[list[PlainLink], list[PlainLink]]:
    """Move a ticket's links to another ticket. Return the links it had and the links created there.

    Links that would link that ticket to itself, form a circle, or be a second parent or original are dropped.
    """
    lock_all(session)
    own = or_(col(Link.source_id) == ticket.id, col(Link.target_id) == ticket.id)
    rows = session.exec(gate.unscoped(select(Link).where(own), "merging was permitted")).all()
    had = [(row.kind, row.source_id, row.target_id) for row in rows]
    for row in rows:
        session.delete(row)
    session.flush()
    here, there = ticket.id, into.id
    turned = [_normalize(k, there if s == here else s, there if t == here else t) for k, s, t in had]
    return had, [link for link in turned if _try_create(session, link)]


def undo_transfer(session: Session, *, had: list[PlainLink], made: list[PlainLink]) -> None:
    """Undo `transfer`: delete the links in `made`, and restore those in `had` that are still possible.

    If a ticket at the other end was merged since, the link goes to the ticket it was merged into.
    """
    lock_all(session)
    for kind, source, target in made:
        gone = select(Link).where(Link.kind == kind, Link.source_id == source, Link.target_id == target)
        for row in session.exec(gate.unscoped(gone, "merging was permitted")).all():
            session.delete(row)
    session.flush()
    for kind, source, target in had:
        _try_create(session, _normalize(kind, _follow_merge(session, source), _follow_merge(session, target)))


def _follow_merge(session: Session, number: int) -> int:
    ticket = gate.unscoped_get(session, Ticket, number, "merging was permitted")
    return (ticket.merged_into_id if ticket else None) or number


def lock_all(session: Session) -> None:
    """Lock all kinds of links until the transaction ends."""
    for kind in LinkKind:
        lock(session, f"links:{kind}")


def _normalize(kind: str, source: int, target: int) -> PlainLink:
    if kind == LinkKind.RELATES:
        source, target = min(source, target), max(source, target)
    return kind, source, target


def _try_create(session: Session, link: PlainLink) -> bool:
    kind, one, two = LinkKind(link[0]), link[1], link[2]
    source, target = (gate.unscoped_get(session, Ticket, id, "merging was permitted") for id in (one, two))
    if (
        one == two
        or source is None
        or target is None
        or _find_link(session, kind, source, target) is not None
    ):
        return False
    try:
        _check(session, kind, source, target)
    except Invalid:
        return False
    session.add(Link(kind=kind, source_id=one, target_id=two, created_at=clock.now()))
    session.flush()
    return True


def find_obstacle(session: Session, actor: Actor, ticket: Ticket) -> str | None:
    """Return why a ticket can't be completed, as the end of a sentence: an open blocker or an open child. Else None.

    A ticket that the actor can't see is not named.
    """
    found = session.execute(_OBSTACLES_STATEMENT, {"number": ticket.id}).all()
    if blockers := [number for kind, number in found if kind == LinkKind.BLOCKS]:
        return f"it is blocked by {_format_one(session, actor, blockers)}, which is still open"
    if children := [number for kind, number in found if kind == LinkKind.PARENT]:
        return f"{_format_one(session, actor, children)} is part of it and still open"
    return None


def _select_still_open(kind: LinkKind, here: Any, there: Any) -> Any:
    waited_for = select(Link.kind, Ticket.id).join(Link, col(there) == Ticket.id)
    ends = Link.kind == kind, col(here) == bindparam("number")
    return waited_for.where(*ends, col(Ticket.open), col(Ticket.deleted_at).is_(None))


_OBSTACLES_STATEMENT = gate.unscoped(
    union_all(
        _select_still_open(LinkKind.BLOCKS, Link.target_id, Link.source_id),
        _select_still_open(LinkKind.PARENT, Link.source_id, Link.target_id),
    ),
    "only ids, shown if they are visible",
)
"""The open tickets that the ticket `number` has to wait for, each with the kind of link."""


def _format_one(session: Session, actor: Actor, numbers: list[int]) -> str:
    seen = session.exec(gate.visible(actor, Ticket.id).where(col(Ticket.id).in_(numbers))).all()
    return f"#{min(seen)}" if seen else UNSEEN_TICKET


def find_blockers(session: Session, actor: Actor, numbers: list[int]) -> dict[int, str]:
    """Return the tickets that have an open blocker, each with how a sentence refers to the blocker.

    A blocker that the actor can't see is not named, and one that they can see is named first. The caller has found
    the tickets through the gate.
    """
    rows = session.exec(
        gate.unscoped(
            select(Link.target_id, Link.source_id, gate.visible_condition(actor))
            .join(Ticket, col(Ticket.id) == Link.source_id)
            .where(Link.kind == LinkKind.BLOCKS, col(Link.target_id).in_(numbers))
            .where(col(Ticket.open), col(Ticket.deleted_at).is_(None)),
            "only ids, shown if they are visible",
        )
    ).all()
    named: dict[int, str] = {}
    for number, blocker, visible in sorted(rows, key=lambda row: (bool(row[2]), row[1])):
        named[number] = f"#{blocker}" if visible else UNSEEN_TICKET
    return named


def _resolve_direction(name: str, ticket: Ticket, other: Ticket) -> tuple[LinkKind, Ticket, Ticket]:
    if name not in LINK_NAMES:
        raise Invalid("There is no such link.", fields={"kind": f"Use one of {', '.join(LINK_NAMES)}."})
    if ticket.id == other.id:
        raise Invalid("A ticket can't be linked to itself.", fields={"ticket": "Choose another ticket."})
    kind, outward = LINK_NAMES[name]
    if kind == LinkKind.RELATES:
        outward = ticket.id < other.id
    return (kind, ticket, other) if outward else (kind, other, ticket)


def _find_link(session: Session, kind: LinkKind, source: Ticket, target: Ticket) -> Link | None:
    chosen = select(Link).where(Link.kind == kind, Link.source_id == source.id, Link.target_id == target.id)
    return session.exec(gate.unscoped(chosen, "both tickets were permitted")).first()


def _check(session: Session, kind: LinkKind, source: Ticket, target: Ticket) -> None:
    for ticket in (source, target):
        own = select(Link.id).where(or_(col(Link.source_id) == ticket.id, col(Link.target_id) == ticket.id))
        if (
            len(session.exec(gate.unscoped(own.limit(MAX_LINKS), "both tickets were permitted")).all())
            >= MAX_LINKS
        ):
            raise Invalid(f"#{ticket.id} has {MAX_LINKS} links, the most a ticket can have.")
    if kind == LinkKind.RELATES:
        return
    if _is_reachable(session, kind, target.id, source.id):
        raise Invalid(f"These links would form a circle: #{target.id} already comes before #{source.id}.")
    if kind == LinkKind.PARENT and _is_taken(session, kind, Link.target_id, target):
        raise Invalid(f"#{target.id} is already part of another ticket.")
    if kind == LinkKind.DUPLICATES and _is_taken(session, kind, Link.source_id, source):
        raise Invalid(f"#{source.id} is already a duplicate of another ticket.")


def _is_taken(session: Session, kind: LinkKind, end: Any, ticket: Ticket) -> bool:
    chosen = select(Link.id).where(Link.kind == kind, col(end) == ticket.id)
    return session.exec(gate.unscoped(chosen, "both tickets were permitted")).first() is not None


def _is_reachable(session: Session, kind: LinkKind, start: int, goal: int) -> bool:
    """Return whether links of a kind lead from ticket `start` to ticket `goal`."""
    ahead = select(literal(start).label("id")).cte("ahead", recursive=True)
    ahead = ahead.union(
        select(Link.target_id).join(ahead, col(Link.source_id) == ahead.c.id).where(Link.kind == kind)
    )
    met = gate.unscoped(select(ahead.c.id).where(ahead.c.id == goal), "both tickets were permitted")
    return session.execute(met).first() is not None


def _record_event(
    session: Session, actor: Actor, action: Action, ticket: Ticket, *, name: str, other: Ticket
) -> None:
    old, new = (None, str(other.id)) if action == Action.TICKET_LINKED else (str(other.id), None)
    subject = f"ticket:{other.id}"
    events.record(
        session,
        actor,
        action,
        ticket_id=ticket.id,
        subject=subject,
        field=name,
        old=old,
        new=new,
        internal=True,
    )
