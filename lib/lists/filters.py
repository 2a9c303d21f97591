"""What a list is narrowed to, read from a URL's or the API's parameters: repeated means or, a leading `!` means not."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, not_, or_, true
from sqlmodel import Session, col, select

from db.models import Comment, Event, Status, Tag, Ticket, TicketTag
from db.vocabulary import Action, Permission, StatusCategory
from lib.access import gate, ticket_versions
from lib.access.gate import Actor
from lib.catalog import custom_field_values as desk
from lib.catalog import tags
from lib.catalog.ticket_fields import FILTERED, FieldType, TicketField
from lib.core import clock, names, text
from lib.core.errors import Invalid
from lib.search_index import index

FIELDS = (
    "q", "kind", "last_word", "answered", "opened_by",
    *(parameter for field in FILTERED.values() for parameter in field.parameters),
)  # fmt: skip
MAX_VALUES = 50
"""Values that one parameter may be repeated with."""
OPEN_KINDS = {"open", *(kind.value for kind in StatusCategory if kind != StatusCategory.DONE)}
UPDATED_FIELDS = ("updated_after", "updated_before")
PERSON_COLUMNS = [field.name for field in FILTERED.values() if field.type == FieldType.PERSON]
EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
CLOCK_SKEW = timedelta(hours=1)
"""How far two machines' clocks may differ: a ticket was changed last when it was resolved, or later, but for this."""

Conditions = list[ColumnElement[bool]]
_OPEN_CONDITION: ColumnElement[bool] = col(Ticket.open).is_(True)


@dataclass(frozen=True)
class TicketFilter:
    """A list's conditions on `ticket`.

    `few` tells that they leave few rows, which are best found first of all; `open` that they leave only open ones;
    `tried` that tickets are tried one by one for common words, so that counting them would take long; `hits` are
    conditions again, for who looks up what matches some words instead of going along a list; `changed` are those of the
    `conditions` that bound when a ticket last changed, to be asked of the column along which a list goes.
    """

    conditions: tuple[ColumnElement[bool], ...] = ()
    few: bool = False
    open: bool = False
    tried: bool = False
    hits: tuple[ColumnElement[bool], ...] = ()
    changed: tuple[Callable[[Any], ColumnElement[bool]], ...] = ()

    @property
    def usual(self) -> bool:
        """Whether these are all tickets or all open ones, as most lists are."""
        said = all(condition is _OPEN_CONDITION for condition in self.conditions)
        return said and not (self.few or self.tried or self.hits or self.changed)

    def bounds(self, column: Any) -> tuple[ColumnElement[bool], ...]:
        """Return what bounds the time of the last change, asked of the column along which a list goes."""
        return tuple(bound(column) for bound in self.changed)

    @property
    def indexed(self) -> tuple[ColumnElement[bool], ...]:
        """The same conditions, said so that matches are looked up and the indexes on open tickets serve.

        That is for counts, and for few rows. A page of many is better read along its order, from which SQLite would
        be lured away.
        """
        there = (*self.conditions, *self.hits)
        return (*there, col(Ticket.open) == true()) if self.open else there


EVERYTHING = TicketFilter()


def combine(one: TicketFilter, other: TicketFilter) -> TicketFilter:
    """Return what meets the conditions of one and of the other."""
    return TicketFilter(
        (*one.conditions, *other.conditions),
        one.few or other.few,
        one.open or other.open,
        one.tried or other.tried,
        (*one.hits, *other.hits),
        (*one.changed, *other.changed),
    )


def parse_parameters(session: Session, actor: Actor, given: Mapping[str, Iterable[str]]) -> TicketFilter:
    """Turn parameters into conditions; unknown parameters are the caller's to refuse.

    Raises Invalid naming the parameter for a value that can't be.
    """
    found: Conditions = []
    tried, hits = False, ()
    few = any(_has_positive_value(given.get(name, ())) for name in (*PERSON_COLUMNS, "number"))
    for name, values in given.items():
        chosen = [v.strip() for v in values if v.strip()]
        if not all(map(text.is_storable, chosen)):
            raise _build_error(name, "It contains a character that can't be stored.")
        if len(chosen) > MAX_VALUES:
            raise _build_error(name, f"At most {MAX_VALUES} values.")
        if chosen and name == "q":
            matches = [m for m in (index.match_tickets(session, actor, value) for value in chosen) if m]
            found.append(or_(*(m.condition for m in matches)) if matches else false())
            few = few or all(m.few for m in matches)
            tried = any(m.tried for m in matches)
            hits = tuple(m.hits for m in matches if m.hits is not None) if len(matches) == 1 else ()
        elif chosen:
            found.extend(_field_conditions(session, actor, name, chosen))
    kinds = [kind.strip() for kind in given.get("kind", ()) if kind.strip()]
    changed = tuple(
        _build_updated_bound(name, value)
        for name in UPDATED_FIELDS
        for value in given.get(name, ())
        if value.strip()
    )
    return TicketFilter(tuple(found), few, bool(kinds) and set(kinds) <= OPEN_KINDS, tried, hits, changed)


def _has_positive_value(values: Iterable[str]) -> bool:
    """Tell whether values say whom or what, not only whom or what not."""
    return any(value.strip() and not value.strip().startswith("!") for value in values)


def _field_conditions(session: Session, actor: Actor, name: str, values: list[str]) -> Conditions:
    if name.endswith(("_after", "_before")):
        return [_time_condition(actor, name, value) for value in values]
    wanted = [_value_condition(session, actor, name, v) for v in values if not v.startswith("!")]
    unwanted = [_value_condition(session, actor, name, v[1:]) for v in values if v.startswith("!")]
    found = [or_(*wanted)] if wanted else []
    # coalesce, because what nobody has is not somebody's either
    return [*found, and_(*(not_(func.coalesce(u, false())) for u in unwanted))] if unwanted else found


def _time_condition(actor: Actor, name: str, value: str) -> ColumnElement[bool]:
    what, _, side = name.partition("_")
    field = FILTERED[what]
    column = col(field.column)
    if field.type == FieldType.DAY:
        day = _parse_date(name, value)
        return column < day if side == "before" else column >= day
    if what == "updated":
        return _build_updated_bound(name, value)(ticket_versions.updated_at_expression(actor))
    at = _parse_time(name, value)
    if side == "before":
        return column < at
    # What was answered or resolved since then was changed since then, and that has indexes.
    implied = what in ("responded", "resolved")
    return and_(column >= at, col(Ticket.updated_at) >= at - CLOCK_SKEW) if implied else column >= at


def _parse_time(name: str, value: str) -> datetime:
    try:
        if value.endswith("d") and value[:-1].isascii() and value[:-1].isdigit():
            return clock.now() - timedelta(days=int(value[:-1][:6]))
        at = datetime.fromisoformat(value)
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        return max(at, EARLIEST)
    except (ValueError, OverflowError):
        raise _build_error(
            name, "Use a date like 2026-01-31, a time like 2026-01-31T09:00:00Z, or days ago like 7d."
        ) from None


def _build_updated_bound(name: str, value: str) -> Callable[[Any], ColumnElement[bool]]:
    """Return a bound on when a ticket last changed, for the column that tells."""
    at = _parse_time(name, value.strip())
    return (lambda column: column < at) if name.endswith("_before") else (lambda column: column >= at)


def _parse_date(name: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise _build_error(name, "Use a date like 2026-01-31.") from None


def _value_condition(session: Session, actor: Actor, name: str, value: str) -> ColumnElement[bool]:
    match name:
        case "kind":
            return _status_category_condition(session, value)
        case "last_word" | "answered" | "opened_by":
            return _conversation_condition(name, value)
        case "team" if value == "mine":
            return gate.scope_condition(actor, Permission.TICKET_TRANSITION)
    if name not in FILTERED:
        raise _build_unknown_value_error(name, value)
    return _field_value_condition(session, actor, FILTERED[name], value)


def _field_value_condition(  # noqa: PLR0911 - one line a type
    session: Session, actor: Actor, field: TicketField, value: str
) -> ColumnElement[bool]:
    if field.empty and value == "none":
        return col(field.column).is_(None)
    match field.type:
        case FieldType.LEVEL if value.upper() in field.values.__members__:
            return col(field.column) == field.values[value.upper()]
        case FieldType.NUMBER if _is_id(value):
            return col(field.column) == int(value)
        case FieldType.PERSON:
            return _person_condition(actor, field, value)
        case FieldType.TAGS:
            return _tag_condition(value)
        case FieldType.CUSTOM:
            return desk.filter_condition(session, actor, value)
        case FieldType.NAMED:
            return _name_condition(session, field, value)
    raise _build_unknown_value_error(field.name, value)


def _status_category_condition(session: Session, value: str) -> ColumnElement[bool]:
    if value == "open":
        return _OPEN_CONDITION
    if value not in set(StatusCategory):
        raise _build_unknown_value_error("kind", value)
    named = select(Status.id).where(Status.kind == value)
    in_use = col(Ticket.open).is_(value != StatusCategory.DONE)
    return and_(in_use, col(Ticket.status_id).in_(list(session.exec(named).all())))


def _tag_condition(value: str) -> ColumnElement[bool]:
    bears = (
        select(TicketTag.ticket_id)
        .join(Tag, col(Tag.id) == TicketTag.tag_id)
        .where(Tag.key == tags.key(value))
    )
    return col(Ticket.id).in_(gate.unscoped(bears, "among visible tickets"))


def _conversation_condition(name: str, value: str) -> ColumnElement[bool]:
    never = col(Ticket.first_response_at).is_(None)
    known = {
        ("last_word", "requester"): last_word_condition,
        ("answered", "no"): lambda: and_(never, ~col(Ticket.staff_opened)),
        ("answered", "yes"): lambda: ~never,
        ("opened_by", "requester"): lambda: not_(on_behalf_condition()),
        ("opened_by", "staff"): lambda: col(Ticket.staff_opened).is_(True),
    }
    if (name, value) not in known:
        raise _build_unknown_value_error(name, value)
    return known[name, value]()


def last_word_condition() -> ColumnElement[bool]:
    """The SQL condition that the last public message is by someone who doesn't work the ticket; opening it is one."""
    said = (
        select(Comment.by_staff)
        .where(Comment.ticket_id == Ticket.id, ~col(Comment.internal), col(Comment.removed_at).is_(None))
        .order_by(col(Comment.created_at).desc(), col(Comment.id).desc())
        .limit(1)
        .correlate(Ticket)
    )
    return ~func.coalesce(said.scalar_subquery(), Ticket.staff_opened)


def on_behalf_condition() -> ColumnElement[bool]:
    """The SQL condition that somebody else opened the ticket for its requester, as the event of its opening tells."""
    return exists(
        select(Event.id)
        .where(
            Event.ticket_id == Ticket.id,
            Event.action == Action.TICKET_CREATED,
            col(Event.behalf_id).is_not(None),
        )
        .correlate(Ticket)
    )


def _is_id(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 10


def _person_condition(actor: Actor, field: TicketField, value: str) -> ColumnElement[bool]:
    if value == "me":
        return col(field.column) == actor.id
    if _is_id(value):
        return col(field.column) == int(value)
    raise _build_error(field.name, "Use a person's id, or me.")


def _name_condition(session: Session, field: TicketField, value: str) -> ColumnElement[bool]:
    column = col(field.column)
    if _is_id(value):
        return column == int(value)
    known = session.exec(select(field.values.id, field.values.name)).all()
    wanted = names.key(value)
    ids = [id for id, called in known if names.key(called) == wanted]
    if not ids:
        raise _build_unknown_value_error(field.name, value)
    return column.in_(ids) if len(ids) > 1 else column == ids[0]


def _build_unknown_value_error(name: str, value: str) -> Invalid:
    return _build_error(name, f"“{value[:40]}” is not a valid value.")


def _build_error(name: str, sentence: str) -> Invalid:
    return Invalid(f"The filter {name} can't be used. {sentence}", fields={name: sentence})
