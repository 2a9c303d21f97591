"""Tags: free words that group tickets, created by typing them and compared without case and accents."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, update
from sqlmodel import Session, col, select

from db.engine import lock
from db.models import Tag, Ticket, TicketTag
from db.vocabulary import Action, Permission, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.core import text
from lib.core.errors import Invalid

MAX_LENGTH = 40
"""Characters of a tag."""
MAX_SUGGESTIONS = 500
"""Tags suggested in menus."""


@dataclass(frozen=True)
class TagCard:
    """A tag, and the number of tickets with it that the actor may see."""

    id: int
    name: str
    count: int


def list_all(session: Session, actor: Actor) -> list[TagCard]:
    """Return the tags on tickets that the actor may see, by name. People who manage tags also get the unused ones."""
    counted = gate.visible(actor, TicketTag.tag_id, func.count()).join(TicketTag, _join_condition())
    counts: dict[int, int] = dict(session.exec(counted.group_by(TicketTag.tag_id)).all())
    chosen = select(Tag.id, Tag.name).where(_visible_condition(actor)).order_by(Tag.key)
    rows = session.exec(gate.unscoped(chosen, "only tags the actor may see")).all()
    return [TagCard(id, name, counts.get(id, 0)) for id, name in rows]


def _visible_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the SQL condition on `tag` for the tags that the actor may know about.

    Even people who manage tags don't see one that is only on confidential tickets that they may not see.
    """
    mine = _used_condition(gate.visible(actor, Ticket.id))
    if not actor.may(Permission.SYSTEM_MANAGE, least=Scope.ALL):
        return mine
    secret = _used_condition(
        select(Ticket.id).where(col(Ticket.confidential), ~gate.visible_condition(actor))
    )
    return or_(mine, ~secret)


def _used_condition(tickets: Any) -> ColumnElement[bool]:
    """Return the SQL condition on `tag` for tags on any ticket of a select."""
    return (
        tickets.join(TicketTag, _join_condition()).where(TicketTag.tag_id == Tag.id).correlate(Tag).exists()
    )


def list_names(session: Session, actor: Actor) -> list[str]:
    """Return the names of tags on tickets that the actor may see, by name, as suggestions."""
    borne = _used_condition(gate.visible(actor, Ticket.id))
    chosen = select(Tag.name).where(borne).order_by(Tag.key).limit(MAX_SUGGESTIONS)
    return list(session.exec(gate.unscoped(chosen, "only tags the actor may see")).all())


def get_for_tickets(session: Session, numbers: Collection[int]) -> dict[int, list[str]]:
    """Return the tag names of some tickets, by ticket number. The tickets must have been found through the gate."""
    chosen = select(TicketTag.ticket_id, Tag.name).join(Tag, col(Tag.id) == TicketTag.tag_id)
    chosen = chosen.where(col(TicketTag.ticket_id).in_(numbers)).order_by(Tag.name)
    found: dict[int, list[str]] = {}
    for number, name in session.exec(gate.unscoped(chosen, "found through the gate")).all():
        found.setdefault(number, []).append(name)
    return found


def _join_condition() -> Any:
    return col(TicketTag.ticket_id) == Ticket.id


def clean_name(name: str) -> str:
    """Return a tag's name in its stored form: one line in lowercase. Raises Invalid."""
    name = text.clean_line(name, field="tags", limit=MAX_LENGTH).lower()
    if "," in name:
        raise Invalid("A tag can't contain a comma.", fields={"tags": "Remove the comma."})
    if not key(name):
        raise Invalid("A tag needs a letter, a digit or a symbol.", fields={"tags": "Enter a word."})
    return name


def key(name: str) -> str:
    """Return the key by which tags are compared: the name without case and accents."""
    return text.fold_case_and_accents(" ".join(name.split()))


def get_or_create(session: Session, wanted: Iterable[str]) -> list[Tag]:
    """Return the tags with these names, sorted by name, and create the missing ones under a lock.

    A name that contains commas is split at them. Raises Invalid.
    """
    cleaned = clean_names(wanted)
    lock(session, "tags")
    there = {tag.key: tag for tag in session.exec(select(Tag).where(col(Tag.key).in_(cleaned))).all()}
    fresh = [Tag(name=name, key=folded) for folded, name in cleaned.items() if folded not in there]
    session.add_all(fresh)
    session.flush()
    return sorted([*there.values(), *fresh], key=lambda tag: tag.name)


def clean_names(wanted: Iterable[str]) -> dict[str, str]:
    """Return the stored names of tags by their keys. Raises Invalid."""
    return {key(name): name for typed in wanted for name in map(clean_name, _split(typed))}


def _split(typed: str) -> list[str]:
    """Split names at commas. If nothing is left, return the text itself."""
    return [name for name in typed.split(",") if name.strip()] or [typed]


def get(session: Session, actor: Actor, tag_id: int) -> Tag:
    """Return a tag to be changed. Raises NotPermitted for people who don't manage tags, NotFound."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    chosen = select(Tag).where(Tag.id == tag_id, _visible_condition(actor))
    tag = session.exec(gate.unscoped(chosen, "only tags the actor may see")).first()
    if tag is None:
        raise gate.not_found(actor, Permission.SYSTEM_MANAGE, "tag", tag_id)
    return tag


def create(session: Session, actor: Actor, *, name: str) -> Tag:
    """Create a tag that is not on any ticket yet. Raises NotPermitted, and Invalid when it exists.

    If it exists but the actor may not know about it, the existing tag is returned as if it were new.
    """
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    name = clean_name(name)
    if (secret := _must_be_free(session, actor, name)) is not None:
        return secret
    tag = Tag(name=name, key=key(name))
    session.add(tag)
    session.flush()
    events.record(session, actor, Action.TAG_CREATED, subject=f"tag:{tag.id}", new=name)
    return tag


def rename(session: Session, actor: Actor, tag: Tag, *, name: str) -> None:
    """Rename a tag on all tickets. Raises NotPermitted, and Invalid when another tag has the name.

    If the actor may not know about the other tag, it is merged into this one.
    """
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    name = clean_name(name)
    if name == tag.name:
        return
    if key(name) != tag.key and (secret := _must_be_free(session, actor, name)) is not None:
        _absorb(session, secret, into=tag)
    was, tag.name, tag.key = tag.name, name, key(name)
    events.record(
        session, actor, Action.TAG_CHANGED, subject=f"tag:{tag.id}", field="name", old=was, new=name
    )


def merge(session: Session, actor: Actor, tag: Tag, *, into: Tag) -> None:
    """Replace a tag by another on all tickets and delete it. Raises NotPermitted, Invalid."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    if tag.id == into.id:
        raise Invalid("A tag can't be merged into itself.", fields={"successor": "Choose another tag."})
    _absorb(session, tag, into=into)
    events.record(session, actor, Action.TAG_DELETED, subject=f"tag:{tag.id}", old=tag.name, new=into.name)


def _absorb(session: Session, tag: Tag, *, into: Tag) -> None:
    lock(session, "tags")
    bear = select(TicketTag.ticket_id).where(TicketTag.tag_id == into.id)
    twice = delete(TicketTag).where(col(TicketTag.tag_id) == tag.id, col(TicketTag.ticket_id).in_(bear))
    _run(session, twice)
    _run(session, update(TicketTag).where(col(TicketTag.tag_id) == tag.id).values(tag_id=into.id))
    session.delete(tag)
    session.flush()


def remove(session: Session, actor: Actor, tag: Tag) -> None:
    """Remove a tag from all tickets and delete it. Raises NotPermitted."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    lock(session, "tags")
    _run(session, delete(TicketTag).where(col(TicketTag.tag_id) == tag.id))
    session.delete(tag)
    events.record(session, actor, Action.TAG_DELETED, subject=f"tag:{tag.id}", old=tag.name)


def _run(session: Session, change: Any) -> None:
    session.execute(gate.unscoped(change, "administration was permitted", synchronize_session=False))


def _must_be_free(session: Session, actor: Actor, name: str) -> Tag | None:
    """Return the tag with that name if the actor may not know about it, or None. Raises Invalid if they may."""
    chosen = select(Tag, _visible_condition(actor)).where(Tag.key == key(name))
    found = session.exec(gate.unscoped(chosen, "only to tell whether the name is taken")).first()
    if found is None or not found[1]:
        return found and found[0]
    raise Invalid(
        f"The tag “{found[0].name}” already exists. Merge the two instead.",
        fields={"name": "Already in use."},
    )
