"""Groups that tickets can be grouped into by a field, in their order."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Integer, func, literal, union_all
from sqlmodel import Session, col, select

from db.models import Person, Status, Ticket
from db.vocabulary import StatusCategory
from lib.access import gate
from lib.catalog.ticket_fields import GROUPED, FieldType, TicketField

MAX_NAMES = 500
"""Up to this many people, their names are queried by id."""

Value = int | None
"""What the tickets of a group share: an id or a priority, None for those without a value."""


def list_groups(session: Session, group: str, *, among: Collection[Value] | None = None) -> dict[Value, str]:
    """Return the possible groups as names by value, in their order. With `among`, only those values.

    The group without a value comes first. Archived statuses and categories and people who left are included, because
    they still have tickets.
    """
    field = GROUPED[group]
    found = _values(session, field, among)
    ordered = {None: field.empty, **found} if field.empty else found
    return ordered if among is None else {v: name for v, name in ordered.items() if v in among}


def build_values_column(group: str, values: Collection[Value]) -> Any:
    """Return a column of the values, so that one statement can query each of them."""
    field = GROUPED[group]
    if field.refers:
        id = field.values.id
        return select(id.label("value")).where(col(id).in_(values)).cte("each").c.value
    return (
        union_all(*(select(literal(value, Integer).label("value")) for value in values)).cte("each").c.value
    )


def _values(session: Session, field: TicketField, among: Collection[Value] | None) -> dict[Value, str]:
    if field.type == FieldType.LEVEL:
        return {level.value: level.title for level in reversed(field.values)}
    if field.type == FieldType.PERSON:
        return _list_people(session, field.name, among)
    if field.values is Status:
        return _list_statuses(session)
    return _sort_by_name(session.exec(select(field.values.id, field.values.name)).all())


def _list_statuses(session: Session) -> dict[Value, str]:
    kinds = list(StatusCategory)
    rows = session.exec(select(Status)).all()
    rows = sorted(rows, key=lambda s: (kinds.index(StatusCategory(s.kind)), s.position, s.id))
    return {row.id: row.name for row in rows}


def _list_people(session: Session, group: str, among: Collection[Value] | None) -> dict[Value, str]:
    people = select(Person.id, Person.name)
    if among is not None and len(among) <= MAX_NAMES:
        people = people.where(col(Person.id).in_([id for id in among if id is not None]))
    elif group == "assignee":
        people = people.where(col(Person.id).in_(_select_assignees()))
    return _sort_by_name(session.exec(gate.unscoped(people, "only names, for visible groups")).all())


def _select_assignees() -> Any:
    """Return a select of all assignees. It jumps through the index from one to the next, since they are few."""
    given = col(Ticket.assignee_id)
    each = select(func.min(given).label("id")).cte("each_assignee", recursive=True)
    following = select(func.min(given)).where(given > each.c.id).correlate(each).scalar_subquery()
    each = each.union_all(select(following).where(each.c.id.is_not(None)))
    return select(each.c.id).where(each.c.id.is_not(None))


def _sort_by_name(rows: Any) -> dict[Value, str]:
    return dict(sorted(rows, key=lambda row: (row[1].casefold(), row[0])))
