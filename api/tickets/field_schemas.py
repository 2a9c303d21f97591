"""How the fields of tickets look in the API, made from their table."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.shared.schemas import Flag, Id, Reference, StorableText, optional_field
from db.vocabulary import StatusCategory
from lib.access.gate import Actor
from lib.catalog.ticket_fields import (
    FILTERED,
    GROUPED,
    LEVELS,
    LISTED,
    NAMED,
    READ,
    SORTED,
    FieldType,
    TicketField,
    TicketRow,
)
from lib.lists import bulk
from lib.tickets import field_verbs

if TYPE_CHECKING:
    ColumnName = GroupName = SortName = str
else:
    ColumnName, GroupName = Literal[tuple(LISTED)], Literal[tuple(GROUPED)]
    SortName = Literal[tuple(f"{sign}{name}" for name in SORTED for sign in ("-", ""))]

FieldInput = Annotated[int, Field(strict=True)] | Annotated[float, Field(strict=True)] | StorableText | None
"""A text, a number, a date as text, a choice by name or id, a person by id; null for none."""


class StatusName(Reference):
    """A status with its status category (`kind`)."""

    kind: StatusCategory


_READ: dict[FieldType, Any] = {
    FieldType.NUMBER: int, FieldType.TEXT: str, FieldType.NAMED: Reference, FieldType.PERSON: Reference,
    FieldType.FLAG: bool, FieldType.MOMENT: datetime, FieldType.DAY: date,
}  # fmt: skip
_WRITTEN: dict[FieldType, Any] = {
    FieldType.TEXT: StorableText, FieldType.NAMED: Id | StorableText, FieldType.PERSON: Id | Literal["me"] | None,
    FieldType.FLAG: Flag, FieldType.DAY: date | None, FieldType.TAGS: list[StorableText],
    FieldType.CUSTOM: dict[StorableText, FieldInput],
}  # fmt: skip


def level_names(field: TicketField) -> Any:
    """Return the type of a level: its steps by name."""
    return Literal[tuple(level.label for level in field.values)]  # ty: ignore[invalid-type-form]


def list_filters() -> dict[str, Any]:
    """Return the parameters that narrow a list to fields, for `create_model`."""
    made = {}
    for field in FILTERED.values():
        sides = ("; included", "; not included") if field.dated else ("",)
        for parameter, side in zip(field.parameters, sides, strict=True):
            made[parameter] = (list[StorableText], Field([], description=f"{field.filter}{side}"))
    return made


def list_line_properties() -> dict[str, Any]:
    """Return the properties of a ticket in a list, for `create_model`."""
    return {field.body_key: (_read(field), ...) for field in READ}


def _read(field: TicketField) -> Any:
    if field.type == FieldType.LEVEL:
        return level_names(field)
    shape = StatusName if field.name == "status" else _READ[field.type]
    return shape | None if field.column.nullable else shape


def list_change_properties() -> dict[str, Any]:
    """Return the properties that change a ticket, for `create_model`; each may be left out."""
    return {NAMED[name].body_key: (_written(NAMED[name]), optional_field()) for name in field_verbs.VERBS}


def list_bulk_properties() -> dict[str, Any]:
    """Return the same for many tickets at once."""
    return {
        name: (list[StorableText] if name in bulk.TAGGING else _written(NAMED[name]), optional_field())
        for name in bulk.STEPS
    }


def list_new_properties() -> dict[str, Any]:
    """Return the levels of a new ticket, for `create_model`."""
    return {name: (level_names(field) | None, None) for name, field in LEVELS.items()}


def _written(field: TicketField) -> Any:
    if field.type == FieldType.LEVEL:
        return level_names(field)
    return Id if field.name == "team" else _WRITTEN[field.type]


def parse_fields(me: Actor, form: BaseModel, fields: Iterable[str]) -> dict[str, Any]:
    """Return which of some fields a form gives, by name, as verbs take them."""
    found = {}
    for name in fields:
        key = NAMED[name].body_key if name in NAMED else name
        if key in form.model_fields_set:
            found[name] = _meant(me, name, getattr(form, key))
    return found


def _meant(me: Actor, name: str, value: Any) -> Any:
    if name in LEVELS and value is not None:
        return LEVELS[name].values[value.upper()]
    return me.person_id if name == "assignee" and value == "me" else value


def _answer(field: TicketField) -> Callable[[TicketRow], Any]:
    if field.name == "status":
        return lambda row: {"id": row.status_id, "name": row.status, "kind": row.kind}
    if field.refers:
        return lambda row: _named(getattr(row, field.stored), getattr(row, field.shown))
    if field.type == FieldType.LEVEL:
        return lambda row: getattr(row, field.stored).label
    return attrgetter(field.stored)


def _named(id: int | None, name: str | None) -> dict[str, Any] | None:
    return None if id is None else {"id": id, "name": name}


_ANSWERS = [(field.body_key, _answer(field)) for field in READ]


def to_line(row: TicketRow) -> dict[str, Any]:
    """Return the properties of a ticket in a list."""
    return {key: read(row) for key, read in _ANSWERS}
