"""What a qualifier of the search box means, as the parameters that `filters.narrow` takes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from db.models import Status
from db.vocabulary import StatusCategory
from lib.access.gate import Actor
from lib.catalog.ticket_fields import FILTERED, FieldType, TicketField
from lib.core import folding, text
from lib.lists import date_ranges, filters
from lib.people import accounts

IS: Mapping[str, tuple[str, str]] = {
    "open": ("kind", "open"),
    "closed": ("kind", "done"),
    **{kind.value: ("kind", kind.value) for kind in StatusCategory},
    "unassigned": ("assignee", "none"),
    "assigned": ("assignee", "!none"),
    "mine": ("assignee", "me"),
    "waiting": ("last_word", "requester"),
    "answered": ("answered", "yes"),
    "unanswered": ("answered", "no"),
    "on-behalf": ("opened_by", "!requester"),
    "staff-opened": ("opened_by", "staff"),
}
"""What `is:` may be followed by."""

Parameters = dict[str, list[str]]


class Puzzled(Exception):
    """Something that can't be understood; its text is the second half of a sentence."""


@dataclass(frozen=True)
class Term:
    """One qualifier as it was written."""

    name: str
    values: tuple[str, ...]
    negated: bool
    written: str


def of(session: Session, actor: Actor, term: Term) -> Parameters:
    """Return the parameters that a qualifier stands for; raises Puzzled."""
    values = list(term.values)
    if not values or not all(map(text.storable, values)):
        raise Puzzled("nothing follows the colon.")
    if len(values) > filters.MOST:
        raise Puzzled(f"it holds more than {filters.MOST} values.")
    if term.name == "is":
        return _is(values, negated=term.negated)
    field = FILTERED[term.name]
    if field.dated:
        return _dates(actor, field, values, negated=term.negated)
    found = [meant for value in values for meant in _meant(session, actor, field, value)]
    return {term.name: _signed(dict.fromkeys(found), negated=term.negated)}


def _meant(session: Session, actor: Actor, field: TicketField, value: str) -> list[str]:
    match field.type:
        case FieldType.LEVEL:
            return [_one_of(value, [level.label for level in field.values])]
        case FieldType.PERSON:
            return _people(session, actor, value, nobody=bool(field.empty))
        case FieldType.TAGS:
            return [value.lower()]
        case FieldType.NAMED:
            return _named(session, field, value)
    return [value]


def _is(values: Iterable[str], *, negated: bool) -> Parameters:
    found: Parameters = {}
    for value in values:
        name, meant = IS[_one_of(value, IS)]
        found.setdefault(name, []).extend(_signed([meant], negated=negated))
    if len(found) > 1:
        raise Puzzled("these don't go together with a comma; write is: before each of them.")
    return found


def _signed(values: Iterable[str], *, negated: bool) -> list[str]:
    if not negated:
        return list(values)
    return [value[1:] if value.startswith("!") else f"!{value}" for value in values]


def _one_of(value: str, known: Iterable[str]) -> str:
    known = list(known)
    wanted = value.lower()
    if wanted in known:
        return wanted
    raise Puzzled(f"use one of {', '.join(known)}.")


def _key(name: str) -> str:
    return "".join(folding.words(name))


def archived(session: Session, values: Iterable[str]) -> tuple[str, ...]:
    """Return a sentence for each archived status among names and ids: no ticket can be in it, so it finds none."""
    wanted = {value.removeprefix("!").strip() for value in values}
    if not wanted:
        return ()
    rows = session.exec(select(Status.id, Status.name).where(col(Status.retired)).order_by(Status.name)).all()
    return tuple(
        f"The status “{name}” is archived, so no ticket is in it."
        for id, name in rows
        if str(id) in wanted or name in wanted
    )


def _named(session: Session, field: TicketField, value: str) -> list[str]:
    """Return the ids of what is called so, to the letter or nearly, or of all whose names begin so."""
    if field.name == "team" and value.lower() == "mine":
        return ["mine"]
    known = session.exec(select(field.values.id, field.values.name)).all()
    names = {str(id): called for id, called in known}
    keys = {id: _key(called) for id, called in names.items()}
    wanted = _key(value)
    found = [id for id, called in names.items() if called == value]
    found = found or [id for id, key in keys.items() if wanted and key == wanted]
    found = found or [id for id, key in keys.items() if wanted and key.startswith(wanted)]
    if not found and value in keys:
        return [value]
    if not found and field.empty and value.lower() == "none":
        return ["none"]
    if not found:
        raise Puzzled(f"there is no {field.name} of that name.")
    return found[: filters.MOST]


def _people(session: Session, actor: Actor, value: str, *, nobody: bool) -> list[str]:
    if value.lower() == "me" or (nobody and value.lower() == "none"):
        return [value.lower()]
    if value.isascii() and value.isdigit() and len(value) < 10:
        return [value]
    if len(value) > 254:
        raise Puzzled("that is too long for a name.")
    cards = accounts.directory(session, actor, search=value, active=None, limit=filters.MOST)
    asked = folding.words(value)
    closer = [card for card in cards if folding.begin(asked, folding.words(card.name))]
    found = [str(card.id) for card in closer or cards]
    if not found:
        raise Puzzled("you know nobody of that name.")
    return found


def _dates(actor: Actor, field: TicketField, values: list[str], *, negated: bool) -> Parameters:
    if len(values) > 1:
        raise Puzzled("give one day or span; repeat the qualifier to narrow it further.")
    ahead = field.type == FieldType.DAY
    read = date_ranges.ahead if ahead else date_ranges.span
    span = read(values[0], timezone=actor.zone.key)
    if span is None:
        raise Puzzled(f"use {date_ranges.AHEAD if ahead else date_ranges.EXAMPLES}.")
    after, before = span
    if negated and after and before:
        raise Puzzled("a span can't be excluded, only what is before or after a day.")
    if negated:
        after, before = before, after
    sides = dict(zip(field.parameters, (after, before), strict=True))
    return {side: [moment.isoformat()] for side, moment in sides.items() if moment is not None}
