"""Mentions: people named in a comment with an @, who may read it; whoever may not is never mentioned."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, false, func, or_
from sqlmodel import Session, col, select

from db.models import Comment, Mention, Person, Ticket
from db.vocabulary import Permission
from lib.access import audience, gate
from lib.access.gate import Actor
from lib.core import folding, text
from lib.markdown import names
from lib.people import accounts
from lib.people.accounts import PersonCard

OFFERED = 8
"""People suggested at once."""


@dataclass(frozen=True)
class Named:
    """Whom a text mentions, by id, and the names in it of people who may not read it."""

    people: Mapping[int, str]
    missed: tuple[str, ...]


def suggested(
    session: Session, actor: Actor, ticket: Ticket, *, search: str, internal: bool
) -> list[PersonCard]:
    """Return people of whom a name, or for staff the address, begins with `search`, and who may read the comment.

    People who share their name with somebody come as `Name#id`. Raises NotFound, NotPermitted.
    """
    _permit(session, actor, ticket, internal=internal)
    typed = text.line(search, field="search", limit=120, required=False).lower()
    part, name = folding.name(typed), col(Person.folded)
    begins = name.startswith(part, autoescape=True) if part or not typed else false()
    within = part if folding.SPACELESS.match(part) else f" {part}"
    found = or_(begins, name.contains(within, autoescape=True)) if part else begins
    if actor.staff:
        found = or_(found, col(Person.email).startswith(typed, autoescape=True))
    rows = session.exec(
        gate.unscoped(
            select(Person.id, Person.name, Person.email)
            .where(
                found, audience.of(ticket, notes=internal), _nameable(actor, ticket), Person.id != actor.id
            )
            .order_by(~begins, name, col(Person.id))
            .limit(OFFERED),
            "only people the actor may mention",
        )
    ).all()
    shared = _shared(session, [row[1] for row in rows])
    return [
        PersonCard(id, f"{name}#{id}" if name in shared else name, email if actor.staff else None)
        for id, name, email in rows
    ]


def named(session: Session, actor: Actor, ticket: Ticket, *, body: str, internal: bool) -> Named:
    """Return whom a text would mention. Raises NotFound, NotPermitted."""
    _permit(session, actor, ticket, internal=internal)
    asked = names.find(body)
    if not asked:
        return Named({}, ())
    known = _known(session, actor, ticket, {name for options in asked for name, _ in options})
    may = audience.of(ticket, notes=internal)
    ids = {id for people in known.values() for id, _ in people}
    allowed = set(
        session.exec(
            gate.unscoped(
                select(Person.id).where(may, col(Person.id).in_(ids)), "only people the actor may mention"
            )
        ).all()
    )
    people: dict[int, str] = {}
    missed: dict[str, None] = {}
    for options in asked:
        ones = next(filter(None, (_meant(known, name, id) for name, id in options)), [])
        right = [(id, name) for id, name in ones if id in allowed]
        people |= {id: name for id, name in right if id != actor.id}
        if ones and not right:
            missed[ones[0][1]] = None
    return Named(people, tuple(missed))


def keep(session: Session, comment: Comment, people: Iterable[int]) -> None:
    """Let a comment mention just these people."""
    now, before = set(people), set(of(session, [comment.id]).get(comment.id, {}))
    gone = delete(Mention).where(
        col(Mention.comment_id) == comment.id, col(Mention.person_id).in_(before - now)
    )
    session.execute(gate.unscoped(gone, "the comment was permitted", synchronize_session=False))
    session.add_all(Mention(comment_id=comment.id, person_id=person) for person in now - before)
    session.flush()


def of(session: Session, comments: Iterable[int]) -> dict[int, dict[int, str]]:
    """Return whom comments that were found through the gate mention: names by person, by comment."""
    rows = session.exec(
        gate.unscoped(
            select(Mention.comment_id, Person.id, Person.name)
            .join(Person, col(Person.id) == Mention.person_id)
            .where(col(Mention.comment_id).in_(list(comments)))
            .order_by(Person.name),
            "found through the gate",
        )
    ).all()
    found: dict[int, dict[int, str]] = {}
    for comment, id, name in rows:
        found.setdefault(comment, {})[id] = name
    return found


def _permit(session: Session, actor: Actor, ticket: Ticket, *, internal: bool) -> None:
    gate.permit(
        session, actor, Permission.COMMENT_INTERNAL if internal else Permission.COMMENT_PUBLIC, ticket
    )


def _nameable(actor: Actor, ticket: Ticket) -> ColumnElement[bool]:
    """The condition for whom the actor may know of: also those whom the ticket's own page shows them."""
    return or_(accounts.known(actor), audience.takes_part(ticket))


def _shared(session: Session, names: Iterable[str]) -> set[str]:
    several = select(Person.name).where(col(Person.active), col(Person.name).in_(set(names)))
    return set(session.exec(several.group_by(Person.name).having(func.count() > 1)).all())


def _meant(known: Mapping[str, list[tuple[int, str]]], name: str, id: int | None) -> list[tuple[int, str]]:
    """Return the people of a name: the one whose id stands behind it, those who write it so, or all of them."""
    people = known.get(folding.name(name), [])
    exact = [each for each in people if each[1].lower() == name.lower()]
    return [each for each in people if each[0] == id] or exact or people


def _known(
    session: Session, actor: Actor, ticket: Ticket, names: set[str]
) -> dict[str, list[tuple[int, str]]]:
    """Return the people of these names of whom the actor may know, by their folded names."""
    folded = {key for name in names if (key := folding.name(name))}
    rows = session.exec(
        gate.unscoped(
            select(Person.id, Person.name, Person.folded).where(
                col(Person.folded).in_(folded), _nameable(actor, ticket), col(Person.active)
            ),
            "only people the actor may mention",
        )
    ).all()
    found: dict[str, list[tuple[int, str]]] = {}
    for id, name, key in rows:
        found.setdefault(key, []).append((id, name))
    return found
