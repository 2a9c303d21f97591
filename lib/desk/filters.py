"""What a list is narrowed to, read from a URL's or the API's parameters: repeated means or, a leading `!` means not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, and_, false, func, not_, or_
from sqlmodel import Session, col, select

from db.models import Category, Status, Tag, Team, Ticket, TicketTag
from db.vocabulary import Kind, Priority
from lib import text
from lib.desk import search
from lib.errors import Invalid
from lib.gate import PASS, Actor

SORTS = ("updated", "created", "priority", "number")
FIELDS = (
    "q", "status", "kind", "priority", "category", "team", "assignee", "requester", "tag",
    "created_after", "created_before", "updated_after", "updated_before", "due_before",
)  # fmt: skip
MOST = 50
"""Values that one parameter may be repeated with."""

Conditions = list[ColumnElement[bool]]


@dataclass(frozen=True)
class Narrowed:
    """A list's conditions on `ticket`; `few` tells that they leave few rows, which are best found first of all."""

    conditions: tuple[ColumnElement[bool], ...] = ()
    few: bool = False


def narrow(session: Session, actor: Actor, given: Mapping[str, Iterable[str]]) -> Narrowed:
    """Turn parameters into conditions; unknown parameters are the caller's to refuse.

    Raises Invalid naming the parameter for a value that can't be.
    """
    found: Conditions = []
    few = any(given.get(name) for name in ("assignee", "requester"))
    for name, values in given.items():
        chosen = [v.strip() for v in values if v.strip()]
        if not all(map(text.storable, chosen)):
            raise _wrong(name, "It holds a character that can't be stored.")
        if len(chosen) > MOST:
            raise _wrong(name, f"At most {MOST} values.")
        if chosen and name == "q":
            matches = [m for m in (search.matching(session, actor, value) for value in chosen) if m]
            found.extend([or_(*(m.condition for m in matches))] if matches else [])
            few = few or (bool(matches) and all(m.few for m in matches))
        elif chosen:
            found.extend(_field(session, actor, name, chosen))
    return Narrowed(tuple(found), few)


def _field(session: Session, actor: Actor, name: str, values: list[str]) -> Conditions:
    if name.endswith(("_after", "_before")):
        return [_moment(name, value) for value in values]
    wanted = [_value(session, actor, name, v) for v in values if not v.startswith("!")]
    unwanted = [_value(session, actor, name, v[1:]) for v in values if v.startswith("!")]
    found = [or_(*wanted)] if wanted else []
    # coalesce, because what nobody has is not somebody's either
    return [*found, and_(*(not_(func.coalesce(u, false())) for u in unwanted))] if unwanted else found


def _moment(name: str, value: str) -> ColumnElement[bool]:
    if name == "due_before":
        return _due(name, value)
    column = col(Ticket.created_at if name.startswith("created") else Ticket.updated_at)
    try:
        at = datetime.fromisoformat(value)
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise _wrong(name, "Use a date like 2026-01-31, or a time like 2026-01-31T09:00:00Z.") from None
    return column >= at if name.endswith("_after") else column < at


def _due(name: str, value: str) -> ColumnElement[bool]:
    try:
        return col(Ticket.due_on) < date.fromisoformat(value)
    except ValueError:
        raise _wrong(name, "Use a date like 2026-01-31.") from None


def _value(  # noqa: PLR0911 - one line a field
    session: Session, actor: Actor, name: str, value: str
) -> ColumnElement[bool]:
    match name:
        case "kind" if value in set(Kind):
            named = select(Status.id).where(Status.kind == value)
            closed = col(Ticket.open) == (value != Kind.DONE)
            return and_(closed, col(Ticket.status_id).in_(list(session.exec(named).all())))
        case "kind" if value == "open":
            return col(Ticket.open).is_(True)
        case "priority" if value.upper() in Priority.__members__:
            return col(Ticket.priority) == Priority[value.upper()]
        case "assignee" if value == "none":
            return col(Ticket.assignee_id).is_(None)
        case "assignee" | "requester":
            return _person(actor, name, value)
        case "tag":
            bears = (
                select(TicketTag.ticket_id)
                .join(Tag, col(Tag.id) == TicketTag.tag_id)
                .where(Tag.name == value)
            )
            return col(Ticket.id).in_(bears.execution_options(**PASS))
        case "status" | "category" | "team":
            return _named(session, name, value)
    raise _wrong(name, f"“{value[:40]}” is none of its values.")


def _person(actor: Actor, name: str, value: str) -> ColumnElement[bool]:
    column = col(Ticket.assignee_id if name == "assignee" else Ticket.requester_id)
    if value == "me":
        return column == actor.id
    if value.isascii() and value.isdigit() and len(value) < 10:
        return column == int(value)
    raise _wrong(name, "Use a person's id, or me.")


def _named(session: Session, name: str, value: str) -> ColumnElement[bool]:
    model, column = {
        "status": (Status, Ticket.status_id),
        "category": (Category, Ticket.category_id),
        "team": (Team, Ticket.team_id),
    }[name]
    if value.isascii() and value.isdigit() and len(value) < 10:
        return col(column) == int(value)
    id = session.exec(select(model.id).where(model.name == value)).first()
    if id is None:
        raise _wrong(name, f"“{value[:40]}” is none of its values.")
    return col(column) == id


def _wrong(name: str, sentence: str) -> Invalid:
    return Invalid(f"The filter {name} can't be used. {sentence}", fields={name: sentence})
