"""Qualifiers of the search box, such as `status:blocked`, translated to parameters for `filters.parse_parameters`."""

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

IS_VALUES: Mapping[str, tuple[str, str]] = {
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
"""The values of `is:`, each with the parameter and value it stands for."""

Parameters = dict[str, list[str]]


class QualifierError(Exception):
    """A qualifier that can't be understood. Its text is the second half of a sentence."""


@dataclass(frozen=True)
class QueryTerm:
    """One qualifier as written."""

    name: str
    values: tuple[str, ...]
    negated: bool
    written: str


def to_parameters(session: Session, actor: Actor, term: QueryTerm) -> Parameters:
    """Return the parameters for a qualifier. Raises QualifierError."""
    values = list(term.values)
    if not values or not all(map(text.is_storable, values)):
        raise QualifierError("the value after the colon is missing.")
    if len(values) > filters.MAX_VALUES:
        raise QualifierError(f"it has more than {filters.MAX_VALUES} values.")
    if term.name == "is":
        return _parse_is(values, negated=term.negated)
    field = FILTERED[term.name]
    if field.dated:
        return _parse_dates(actor, field, values, negated=term.negated)
    found = [meant for value in values for meant in _resolve_value(session, actor, field, value)]
    return {term.name: _apply_negation(dict.fromkeys(found), negated=term.negated)}


def _resolve_value(session: Session, actor: Actor, field: TicketField, value: str) -> list[str]:
    match field.type:
        case FieldType.LEVEL:
            return [_match_one(value, [level.label for level in field.values])]
        case FieldType.PERSON:
            return _find_people(session, actor, value, nobody=bool(field.empty))
        case FieldType.TAGS:
            return [value.lower()]
        case FieldType.NAMED:
            return _find_ids_by_name(session, field, value)
    return [value]


def _parse_is(values: Iterable[str], *, negated: bool) -> Parameters:
    found: Parameters = {}
    for value in values:
        name, meant = IS_VALUES[_match_one(value, IS_VALUES)]
        found.setdefault(name, []).extend(_apply_negation([meant], negated=negated))
    if len(found) > 1:
        raise QualifierError("these can't be combined with a comma. Write is: before each one.")
    return found


def _apply_negation(values: Iterable[str], *, negated: bool) -> list[str]:
    if not negated:
        return list(values)
    return [value[1:] if value.startswith("!") else f"!{value}" for value in values]


def _match_one(value: str, known: Iterable[str]) -> str:
    known = list(known)
    wanted = value.lower()
    if wanted in known:
        return wanted
    raise QualifierError(f"use one of {', '.join(known)}.")


def _normalize(name: str) -> str:
    return "".join(folding.fold_words(name))


def list_archived_warnings(session: Session, values: Iterable[str]) -> tuple[str, ...]:
    """Return a sentence for each archived status among names and ids, since no ticket can be in it."""
    wanted = {value.removeprefix("!").strip() for value in values}
    if not wanted:
        return ()
    rows = session.exec(select(Status.id, Status.name).where(col(Status.retired)).order_by(Status.name)).all()
    return tuple(
        f"The status “{name}” is archived, so no ticket is in it."
        for id, name in rows
        if str(id) in wanted or name in wanted
    )


def _find_ids_by_name(session: Session, field: TicketField, value: str) -> list[str]:
    """Return the ids of objects with this exact name, else a similar name, else a name that starts with it."""
    if field.name == "team" and value.lower() == "mine":
        return ["mine"]
    known = session.exec(select(field.values.id, field.values.name)).all()
    names = {str(id): called for id, called in known}
    keys = {id: _normalize(called) for id, called in names.items()}
    wanted = _normalize(value)
    found = [id for id, called in names.items() if called == value]
    found = found or [id for id, key in keys.items() if wanted and key == wanted]
    found = found or [id for id, key in keys.items() if wanted and key.startswith(wanted)]
    if not found and value in keys:
        return [value]
    if not found and field.empty and value.lower() == "none":
        return ["none"]
    if not found:
        raise QualifierError(f"no {field.name} has that name.")
    return found[: filters.MAX_VALUES]


def _find_people(session: Session, actor: Actor, value: str, *, nobody: bool) -> list[str]:
    if value.lower() == "me" or (nobody and value.lower() == "none"):
        return [value.lower()]
    if value.isascii() and value.isdigit() and len(value) < 10:
        return [value]
    if len(value) > 254:
        raise QualifierError("this name is too long.")
    cards = accounts.list_visible(session, actor, search=value, active=None, limit=filters.MAX_VALUES)
    asked = folding.fold_words(value)
    closer = [card for card in cards if folding.is_prefix_match(asked, folding.fold_words(card.name))]
    found = [str(card.id) for card in closer or cards]
    if not found:
        raise QualifierError("no person has that name.")
    return found


def _parse_dates(actor: Actor, field: TicketField, values: list[str], *, negated: bool) -> Parameters:
    if len(values) > 1:
        raise QualifierError("use one date or range. Repeat the qualifier to narrow it further.")
    ahead = field.type == FieldType.DAY
    read = date_ranges.parse_ahead if ahead else date_ranges.parse
    span = read(values[0], timezone=actor.zone.key)
    if span is None:
        raise QualifierError(f"use {date_ranges.FUTURE_EXAMPLES if ahead else date_ranges.EXAMPLES}.")
    after, before = span
    if negated and after and before:
        raise QualifierError("a range can't be excluded. Exclude what is before or after a date.")
    if negated:
        after, before = before, after
    sides = dict(zip(field.parameters, (after, before), strict=True))
    return {side: [moment.isoformat()] for side, moment in sides.items() if moment is not None}
