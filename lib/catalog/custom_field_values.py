"""The values of custom fields on tickets: read, update and filter by them. Nobody sees a value they may not read."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, true
from sqlmodel import Session, col, select

from db.models import FieldChoice, FieldValue, Person, Ticket
from db.vocabulary import Access, Action, FieldKind, Permission, Scope
from lib.access import gate, ticket_versions
from lib.access.gate import Actor
from lib.audit import events
from lib.catalog import custom_fields
from lib.catalog.custom_fields import FieldCard
from lib.core import clock, text
from lib.core.errors import Invalid, NotPermitted
from lib.people import accounts

TEXT_LIMIT = 500
"""Characters of a text value."""
FOLDED_LIMIT = 200
"""Characters of a text value that are searched."""
MAX_NUMBER = 1e15
"""Larger numbers are not stored exactly."""
_CONDITION = re.compile(r"\s*([^=<>]+?)\s*(<=|>=|=|<|>)\s*(.*\S)\s*")

PlainValue = str | float | date | int | None
"""A value in the type of its field. For a choice or a person it is the id."""


@dataclass(frozen=True)
class FieldValueCard:
    """A custom field on a ticket: its value, the displayed value, and whether the actor may change it."""

    field: FieldCard
    value: PlainValue
    shown: str
    writable: bool


def list_for_ticket(session: Session, actor: Actor, ticket: Ticket) -> list[FieldValueCard]:
    """Return a ticket's custom fields that the actor may read: those of its category, and others that have a value.

    The ticket must have been found through the gate.
    """
    known = custom_fields.list_all(session)
    if not known:
        return []
    works = custom_fields.has_role_access(session, actor, ticket)
    stored = _load_rows(session, ticket)
    may_write = _can_write(session, actor, ticket)
    found = []
    for card in known:
        access = card.allows(actor, works=works)
        row = stored.get(card.id)
        if access > Access.NONE and (row is not None or card.applies(ticket.category_id)):
            writable = access == Access.WRITE and may_write
            found.append(
                FieldValueCard(card, _to_plain(card, row), _format_value(session, card, row), writable)
            )
    return found


def list_for_new_ticket(
    session: Session, actor: Actor, *, category_id: int | None, team_id: int
) -> list[FieldCard]:
    """Return the fields that the actor can fill in when creating a ticket with a category and team."""
    reach = actor.reach(Permission.COMMENT_READ_INTERNAL)
    works = reach == Scope.ALL or (reach == Scope.TEAM and team_id in actor.teams)
    return [
        card
        for card in custom_fields.list_all(session)
        if card.applies(category_id) and card.allows(actor, works=works) == Access.WRITE
    ]


def list_columns(session: Session, actor: Actor) -> list[FieldCard]:
    """Return the fields that the actor may read on some ticket, by position."""
    return [card for card in custom_fields.list_all(session) if card.allows(actor, works=True) > Access.NONE]


def get_for_tickets(
    session: Session, actor: Actor, cards: Iterable[FieldCard], numbers: Iterable[int]
) -> dict[int, dict[int, str | float | date]]:
    """Return the values of some fields by ticket number and field id, where the actor may read them.

    Numbers and dates have their own types. For choices and people, the value is the name.
    """
    known = {card.id: card for card in cards}
    if not known:
        return {}
    where = [
        and_(col(FieldValue.field_id) == card.id, custom_fields.readable_condition(actor, card))
        for card in known.values()
    ]
    rows = session.exec(
        gate.visible(actor, FieldValue, FieldChoice.name, Person.name)
        .join(FieldValue, col(FieldValue.ticket_id) == Ticket.id)
        .outerjoin(FieldChoice, col(FieldChoice.id) == FieldValue.choice_id)
        .outerjoin(Person, col(Person.id) == FieldValue.person_id)
        .where(col(Ticket.id).in_(list(numbers)), or_(*where))
    ).all()
    found: dict[int, dict[int, str | float | date]] = {}
    for row, choice, person in rows:
        plain = row.number if row.number is not None else row.day or ""
        found.setdefault(row.ticket_id, {})[row.field_id] = choice or person or row.words or plain
    return found


def set_initial(session: Session, actor: Actor, ticket: Ticket, given: Mapping[str, Any]) -> None:
    """Set the custom fields of a new ticket. All required fields that the actor can write must have a value.

    Raises Invalid naming each field, NotPermitted.
    """
    gate.permit(session, actor, Permission.TICKET_READ, ticket)
    known = {card.key: card for card in custom_fields.list_all(session)}
    works = custom_fields.has_role_access(session, actor, ticket)
    missing = {
        f"fields.{card.key}": "This field is required."
        for card in known.values()
        if card.required
        and card.applies(ticket.category_id)
        and card.allows(actor, works=works) == Access.WRITE
        and _is_empty(given.get(card.key))
    }
    if missing:
        names = ", ".join(known[key.partition(".")[2]].name for key in missing)
        raise Invalid(f"Please fill in: {names}.", fields=missing)
    for key, raw in given.items():
        card = _get_writable(actor, known, key, works=works)
        if not _is_empty(raw):
            session.add(_build_row(session, actor, card, ticket, raw))
    session.flush()


def update(session: Session, actor: Actor, ticket: Ticket, *, given: Mapping[str, Any], seen: int) -> None:
    """Set custom fields of a ticket by key. None removes a value. Each change is recorded as one event.

    Requesters may do this until the first reply, as with the title. Raises NotPermitted, Conflict, and Invalid for a
    field that doesn't exist or may not be read, a value of the wrong type, or a missing value for a required field.
    """
    gate.permit(session, actor, Permission.TICKET_UPDATE, ticket)
    if ticket.first_response_at is not None and not gate.works_on(actor, Permission.TICKET_UPDATE, ticket):
        raise Invalid("You can change this only until the first reply. Write a reply instead.")
    ticket_versions.must_be(actor, ticket, seen)
    known = {card.key: card for card in custom_fields.list_all(session)}
    works = custom_fields.has_role_access(session, actor, ticket)
    stored = _load_rows(session, ticket)
    changed: list[FieldCard] = []
    for key, raw in given.items():
        card = _get_writable(actor, known, key, works=works)
        row = stored.get(card.id)
        if _is_empty(raw) and card.required and card.applies(ticket.category_id):
            raise _value_error(card, "It is required.")
        was, old = _to_plain(card, row), _format_value(session, card, row)
        fresh = None if _is_empty(raw) else _build_row(session, actor, card, ticket, raw)
        if _to_plain(card, fresh) == was:
            continue
        if row is not None:
            session.delete(row)
            session.flush()
        if fresh is not None:
            session.add(fresh)
            session.flush()
        changed.append(card)
        events.record(
            session, actor, Action.TICKET_FIELD, ticket_id=ticket.id, subject=f"field:{card.id}", field=card.name,
            old=old or None, new=_format_value(session, card, fresh) or None, internal=card.asker == Access.NONE,
        )  # fmt: skip
    if changed:
        ticket.change(at=clock.now(), internal=all(card.asker == Access.NONE for card in changed))


def filter_condition(session: Session, actor: Actor, value: str) -> ColumnElement[bool]:
    """Return the SQL condition on `ticket` for `key=value` (or a comparison), where the actor may read the field.

    Raises Invalid naming `field`.
    """
    found = _CONDITION.fullmatch(value)
    name, sign, wanted = found.groups() if found else (value.strip(), "", "")
    folded = text.fold_case_and_accents(name)
    card = next(
        (c for c in custom_fields.list_all(session) if folded in (c.key, text.fold_case_and_accents(c.name))),
        None,
    )
    if card is None or card.allows(actor, works=True) == Access.NONE:
        raise _filter_error(f"There is no field “{name[:40]}”.")
    matches = _value_condition(session, card, sign, wanted) if sign else true()
    held = select(FieldValue.ticket_id).where(FieldValue.field_id == card.id, matches)
    return and_(
        col(Ticket.id).in_(gate.unscoped(held, "among visible tickets")),
        custom_fields.readable_condition(actor, card),
    )


def _value_condition(session: Session, card: FieldCard, sign: str, wanted: str) -> ColumnElement[bool]:
    match card.kind:
        case FieldKind.NUMBER:
            return _comparison_condition(FieldValue.number, sign, _parse_number(card, wanted, filtering=True))
        case FieldKind.DATE:
            return _comparison_condition(FieldValue.day, sign, _parse_day(card, wanted, filtering=True))
    if sign != "=":
        raise _filter_error(f"{card.name} can only be compared with “=”.")
    folded = text.fold_case_and_accents(wanted)
    if card.kind == FieldKind.TEXT:
        return col(FieldValue.folded) == folded[:FOLDED_LIMIT]
    if card.kind == FieldKind.CHOICE:
        rows = session.exec(select(FieldChoice).where(FieldChoice.field_id == card.id)).all()
        return col(FieldValue.choice_id).in_(
            [c.id for c in rows if text.fold_case_and_accents(c.name) == folded]
        )
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 10:
        return col(FieldValue.person_id) == int(wanted)
    people = select(Person.id).where(col(Person.name) == wanted)
    return col(FieldValue.person_id).in_(people)


def _comparison_condition(column: Any, sign: str, wanted: Any) -> ColumnElement[bool]:
    left = col(column)
    signs = {
        "=": left == wanted,
        "<": left < wanted,
        "<=": left <= wanted,
        ">": left > wanted,
        ">=": left >= wanted,
    }
    return signs[sign]


def _filter_error(sentence: str) -> Invalid:
    return Invalid(f"The filter field can't be used. {sentence}", fields={"field": sentence})


def _can_write(session: Session, actor: Actor, ticket: Ticket) -> bool:
    if ticket.merged_into_id is not None or not gate.can(session, actor, Permission.TICKET_UPDATE, ticket):
        return False
    return ticket.first_response_at is None or gate.works_on(actor, Permission.TICKET_UPDATE, ticket)


def _get_writable(actor: Actor, known: Mapping[str, FieldCard], key: str, *, works: bool) -> FieldCard:
    card = known.get(key)
    access = card.allows(actor, works=works) if card else Access.NONE
    if card is None or access == Access.NONE:
        sentence = "There is no such field."
        raise Invalid(f"There is no field “{key[:40]}”.", fields={f"fields.{key[:40]}": sentence})
    if access == Access.READ:
        permission = Permission.TICKET_UPDATE
        raise NotPermitted(
            f"Your role ({actor.role}) may read {card.name} but not change it (permission {permission.value}).",
            permission=permission.value,
            denial=gate.build_denial(actor, permission, "field", card.id),
        )
    return card


def _load_rows(session: Session, ticket: Ticket) -> dict[int, FieldValue]:
    chosen = select(FieldValue).where(FieldValue.ticket_id == ticket.id)
    return {row.field_id: row for row in session.exec(gate.unscoped(chosen, "found through the gate")).all()}


def _is_empty(raw: Any) -> bool:
    return raw is None or (isinstance(raw, str) and not raw.strip())


def _to_plain(card: FieldCard, row: FieldValue | None) -> PlainValue:
    if row is None:
        return None
    columns: dict[FieldKind, PlainValue] = {
        FieldKind.TEXT: row.words,
        FieldKind.NUMBER: row.number,
        FieldKind.DATE: row.day,
        FieldKind.CHOICE: row.choice_id,
        FieldKind.PERSON: row.person_id,
    }
    return columns[card.kind]


def _format_value(session: Session, card: FieldCard, row: FieldValue | None) -> str:
    value = _to_plain(card, row)
    if value is None:
        return ""
    match card.kind:
        case FieldKind.CHOICE:
            return card.choices.get(int(str(value))) or session.get_one(FieldChoice, value).name
        case FieldKind.PERSON:
            return session.get_one(Person, value).name
        case FieldKind.NUMBER:
            return format_number(float(str(value)))
    return str(value)


def format_number(number: float) -> str:
    """Return a number without trailing zeros: 12, 0.5."""
    return str(int(number)) if number == int(number) else repr(number)


def _build_row(session: Session, actor: Actor, card: FieldCard, ticket: Ticket, raw: Any) -> FieldValue:
    row = FieldValue(ticket_id=ticket.id, field_id=card.id)
    match card.kind:
        case FieldKind.TEXT:
            if not isinstance(raw, str):
                raise _value_error(card, "Enter text.")
            row.words = text.clean_line(raw, field=f"fields.{card.key}", limit=TEXT_LIMIT)
            row.folded = text.fold_case_and_accents(row.words)[:FOLDED_LIMIT]
        case FieldKind.NUMBER:
            row.number = _parse_number(card, raw)
        case FieldKind.DATE:
            row.day = _parse_day(card, raw)
        case FieldKind.CHOICE:
            row.choice_id = _parse_choice(card, raw)
        case FieldKind.PERSON:
            row.person_id = _parse_person(session, actor, card, raw)
    return row


def _parse_number(card: FieldCard, raw: Any, *, filtering: bool = False) -> float:
    try:
        if isinstance(raw, bool) or not isinstance(raw, int | float | str):
            raise TypeError
        number = float(raw)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number) or abs(number) > MAX_NUMBER:
        sentence = "Enter a number such as 12 or 0.5."
        raise _filter_error(f"{card.name}: {sentence}") if filtering else _value_error(card, sentence)
    return number


def _parse_day(card: FieldCard, raw: Any, *, filtering: bool = False) -> date:
    if type(raw) is date:
        return raw
    try:
        return date.fromisoformat(raw)
    except (TypeError, ValueError):
        sentence = "Enter a date such as 2026-01-31."
        raise (
            _filter_error(f"{card.name}: {sentence}") if filtering else _value_error(card, sentence)
        ) from None


def _parse_choice(card: FieldCard, raw: Any) -> int:
    found = [id for id, name in card.choices.items() if raw in (id, name) and not isinstance(raw, bool)]
    if not found:
        raise _value_error(card, f"Choose one of {', '.join(card.choices.values())}.")
    return found[0]


def _parse_person(session: Session, actor: Actor, card: FieldCard, raw: Any) -> int:
    number = raw if isinstance(raw, int) and not isinstance(raw, bool) and 0 < raw < 2**31 else 0
    chosen = select(Person.id).where(
        Person.id == number, col(Person.active), accounts.visible_people_condition(actor)
    )
    found = session.exec(gate.unscoped(chosen, "only people the actor may know")).first()
    if found is None:
        raise _value_error(card, "Choose a person that you can see.")
    return found


def _value_error(card: FieldCard, sentence: str) -> Invalid:
    return Invalid(f"{card.name}: {sentence}", fields={f"fields.{card.key}": sentence})
