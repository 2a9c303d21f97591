"""Mentions: people named in a comment with an @. Only people who can read the comment are mentioned."""

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

MAX_SUGGESTIONS = 8
"""Maximum number of people suggested at once."""


@dataclass(frozen=True)
class MentionedPeople:
    """The people that a text mentions, as names by person id, and the names in it of people who can't read it."""

    people: Mapping[int, str]
    missed: tuple[str, ...]


def suggest_people(
    session: Session, actor: Actor, ticket: Ticket, *, search: str, internal: bool
) -> list[PersonCard]:
    """Return people who can read the comment and whose name, or for staff email address, starts with `search`.

    People who share their name with somebody are returned as `Name#id`. Raises NotFound, NotPermitted.
    """
    _permit(session, actor, ticket, internal=internal)
    typed = text.clean_line(search, field="search", limit=120, required=False).lower()
    part, name = folding.fold_name(typed), col(Person.folded)
    begins = name.startswith(part, autoescape=True) if part or not typed else false()
    within = part if folding.SPACELESS.match(part) else f" {part}"
    found = or_(begins, name.contains(within, autoescape=True)) if part else begins
    if actor.staff:
        found = or_(found, col(Person.email).startswith(typed, autoescape=True))
    rows = session.exec(
        gate.unscoped(
            select(Person.id, Person.name, Person.email)
            .where(
                found,
                audience.viewers_condition(ticket, notes=internal),
                _can_mention_condition(actor, ticket),
                Person.id != actor.id,
            )
            .order_by(~begins, name, col(Person.id))
            .limit(MAX_SUGGESTIONS),
            "only people the actor may mention",
        )
    ).all()
    shared = _find_shared_names(session, [row[1] for row in rows])
    return [
        PersonCard(id, f"{name}#{id}" if name in shared else name, email if actor.staff else None)
        for id, name, email in rows
    ]


def find_in_text(
    session: Session, actor: Actor, ticket: Ticket, *, body: str, internal: bool
) -> MentionedPeople:
    """Return the people a text would mention. Raises NotFound, NotPermitted."""
    _permit(session, actor, ticket, internal=internal)
    asked = names.find_candidates(body)
    if not asked:
        return MentionedPeople({}, ())
    known = _find_people(session, actor, ticket, {name for options in asked for name, _ in options})
    may = audience.viewers_condition(ticket, notes=internal)
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
        ones = next(filter(None, (_match_people(known, name, id) for name, id in options)), [])
        right = [(id, name) for id, name in ones if id in allowed]
        people |= {id: name for id, name in right if id != actor.id}
        if ones and not right:
            missed[ones[0][1]] = None
    return MentionedPeople(people, tuple(missed))


def set_for_comment(session: Session, comment: Comment, people: Iterable[int]) -> None:
    """Set the people that a comment mentions."""
    now, before = set(people), set(list_for_comments(session, [comment.id]).get(comment.id, {}))
    gone = delete(Mention).where(
        col(Mention.comment_id) == comment.id, col(Mention.person_id).in_(before - now)
    )
    session.execute(gate.unscoped(gone, "the comment was permitted", synchronize_session=False))
    session.add_all(Mention(comment_id=comment.id, person_id=person) for person in now - before)
    session.flush()


def list_for_comments(session: Session, comments: Iterable[int]) -> dict[int, dict[int, str]]:
    """Return the people that comments mention, as names by person id, by comment id.

    The caller has found the comments through the gate.
    """
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


def _can_mention_condition(actor: Actor, ticket: Ticket) -> ColumnElement[bool]:
    """SQL condition for people the actor may know of, including those shown on the ticket's own page."""
    return or_(accounts.visible_people_condition(actor), audience.involved_condition(ticket))


def _find_shared_names(session: Session, names: Iterable[str]) -> set[str]:
    several = select(Person.name).where(col(Person.active), col(Person.name).in_(set(names)))
    return set(session.exec(several.group_by(Person.name).having(func.count() > 1)).all())


def _match_people(
    known: Mapping[str, list[tuple[int, str]]], name: str, id: int | None
) -> list[tuple[int, str]]:
    """Return the people with a name: the one with the id after it, else exact spellings, else all of them."""
    people = known.get(folding.fold_name(name), [])
    exact = [each for each in people if each[1].lower() == name.lower()]
    return [each for each in people if each[0] == id] or exact or people


def _find_people(
    session: Session, actor: Actor, ticket: Ticket, names: set[str]
) -> dict[str, list[tuple[int, str]]]:
    """Return people with these names that the actor may know of, by folded name."""
    folded = {key for name in names if (key := folding.fold_name(name))}
    rows = session.exec(
        gate.unscoped(
            select(Person.id, Person.name, Person.folded).where(
                col(Person.folded).in_(folded), _can_mention_condition(actor, ticket), col(Person.active)
            ),
            "only people the actor may mention",
        )
    ).all()
    found: dict[str, list[tuple[int, str]]] = {}
    for id, name, key in rows:
        found.setdefault(key, []).append((id, name))
    return found
