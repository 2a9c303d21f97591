"""Filters of a ticket list, from parameters of a URL or the API. Repeated values mean or, a leading `!` means not."""

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
"""Maximum number of values of one parameter."""
OPEN_KINDS = {"open", *(kind.value for kind in StatusCategory if kind != StatusCategory.DONE)}
UPDATED_FIELDS = ("updated_after", "updated_before")
PERSON_COLUMNS = [field.name for field in FILTERED.values() if field.type == FieldType.PERSON]
EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
CLOCK_SKEW = timedelta(hours=1)
"""How far the clocks of two machines may differ.

Apart from this, a ticket's last change is never before it was responded to or resolved.
"""

Conditions = list[ColumnElement[bool]]
_OPEN_CONDITION: ColumnElement[bool] = col(Ticket.open).is_(True)


@dataclass(frozen=True)
class TicketFilter:
    """A list's conditions on `ticket`.

    `few` means that they leave few rows, which are best looked up first. `open` means that they leave only open
    tickets. `tried` means that tickets are checked one by one for common words, so that counting them would take
    long. `hits` repeats conditions for queries that look up matching words instead of walking along a list. `changed`
    repeats those of the `conditions` that bound a ticket's last change, to apply to the column along which a list is
    walked.
    """

    conditions: tuple[ColumnElement[bool], ...] = ()
    few: bool = False
    open: bool = False
    tried: bool = False
    hits: tuple[ColumnElement[bool], ...] = ()
    changed: tuple[Callable[[Any], ColumnElement[bool]], ...] = ()

    @property
    def usual(self) -> bool:
        """Whether these are all tickets or all open ones, as in most lists."""
        said = all(condition is _OPEN_CONDITION for condition in self.conditions)
        return said and not (self.few or self.tried or self.hits or self.changed)

    def bounds(self, column: Any) -> tuple[ColumnElement[bool], ...]:
        """Return the bounds on the last change, applied to the column along which a list is walked."""
        return tuple(bound(column) for bound in self.changed)

    @property
    def indexed(self) -> tuple[ColumnElement[bool], ...]:
        """The same conditions, written so that matches are looked up and the indexes on open tickets are used.

        For counts and for few rows. A page of many is better read in its order, which SQLite would otherwise not do.
        """
        there = (*self.conditions, *self.hits)
        return (*there, col(Ticket.open) == true()) if self.open else there


EVERYTHING = TicketFilter()


def combine(one: TicketFilter, other: TicketFilter) -> TicketFilter:
    """Return a filter for tickets that match both filters."""
    return TicketFilter(
        (*one.conditions, *other.conditions),
        one.few or other.few,
        one.open or other.open,
        one.tried or other.tried,
        (*one.hits, *other.hits),
        (*one.changed, *other.changed),
    )


def parse_parameters(session: Session, actor: Actor, given: Mapping[str, Iterable[str]]) -> TicketFilter:
    """Return the filter for parameters. The caller rejects unknown parameters.

    Raises Invalid for a value that is not valid, with the parameter's name.
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
    """Return whether any value includes something rather than excluding it."""
    return any(value.strip() and not value.strip().startswith("!") for value in values)


def _field_conditions(session: Session, actor: Actor, name: str, values: list[str]) -> Conditions:
    if name.endswith(("_after", "_before")):
        return [_time_condition(actor, name, value) for value in values]
    wanted = [_value_condition(session, actor, name, v) for v in values if not v.startswith("!")]
    unwanted = [_value_condition(session, actor, name, v[1:]) for v in values if v.startswith("!")]
    found = [or_(*wanted)] if wanted else []
    # coalesce, because NULL (such as no assignee) is not equal to the excluded value either
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
    # A ticket responded to or resolved since then also changed since then, and that column has indexes.
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
    """Return a function that bounds a ticket's last change, given the column that holds it."""
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


def _field_value_condition(  # noqa: PLR0911 - one line per type
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
    """SQL condition: the last public message is not by somebody who works on the ticket. Creating it counts."""
    said = (
        select(Comment.by_staff)
        .where(Comment.ticket_id == Ticket.id, ~col(Comment.internal), col(Comment.removed_at).is_(None))
        .order_by(col(Comment.created_at).desc(), col(Comment.id).desc())
        .limit(1)
        .correlate(Ticket)
    )
    return ~func.coalesce(said.scalar_subquery(), Ticket.staff_opened)


def on_behalf_condition() -> ColumnElement[bool]:
    """SQL condition: somebody else created the ticket for its requester, according to its creation event."""
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
