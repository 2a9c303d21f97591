"""What a qualifier of the search box means, as the parameters that `filters.narrow` takes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from db.models import Category, Status, Team
from db.vocabulary import Priority, StatusCategory
from lib.access.gate import Actor
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
NAMED = {"status": Status, "category": Category, "team": Team}
DATED = ("created", "updated", "responded", "resolved", "due")

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
    if term.name in DATED:
        return _dates(actor, term.name, values, negated=term.negated)
    if term.name == "is":
        return _is(values, negated=term.negated)
    found = [meant for value in values for meant in _meant(session, actor, term.name, value)]
    return {term.name: _signed(dict.fromkeys(found), negated=term.negated)}


def _meant(session: Session, actor: Actor, name: str, value: str) -> list[str]:
    match name:
        case "priority":
            return [_one_of(value, [p.label for p in Priority])]
        case "assignee" | "requester" | "responder" | "resolver":
            return _people(session, actor, value, nobody=name == "assignee")
        case "field":
            return [value]
        case "tag":
            return [value.lower()]
    return _named(session, name, value)


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


def _named(session: Session, name: str, value: str) -> list[str]:
    """Return the ids of what is called so, to the letter or nearly, or of all whose names begin so."""
    if name == "team" and value.lower() == "mine":
        return ["mine"]
    model = NAMED[name]
    names = {str(id): called for id, called in session.exec(select(model.id, model.name)).all()}
    keys = {id: _key(called) for id, called in names.items()}
    wanted = _key(value)
    found = [id for id, called in names.items() if called == value]
    found = found or [id for id, key in keys.items() if wanted and key == wanted]
    found = found or [id for id, key in keys.items() if wanted and key.startswith(wanted)]
    if not found and value in keys:
        return [value]
    if not found and name == "category" and value.lower() == "none":
        return ["none"]
    if not found:
        raise Puzzled(f"there is no {name} of that name.")
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


def _dates(actor: Actor, name: str, values: list[str], *, negated: bool) -> Parameters:
    if len(values) > 1:
        raise Puzzled("give one day or span; repeat the qualifier to narrow it further.")
    read, examples = (
        (date_ranges.ahead, date_ranges.AHEAD) if name == "due" else (date_ranges.span, date_ranges.EXAMPLES)
    )
    span = read(values[0], timezone=actor.zone.key)
    if span is None:
        raise Puzzled(f"use {examples}.")
    after, before = span
    if negated and after and before:
        raise Puzzled("a span can't be excluded, only what is before or after a day.")
    if negated:
        after, before = before, after
    sides = {f"{name}_after": after, f"{name}_before": before}
    return {side: [moment.isoformat()] for side, moment in sides.items() if moment is not None}
