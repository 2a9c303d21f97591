"""Ticket lists grouped by a field, with keyset pagination over the whole list, as `ticket_list` does without groups.

A short list is loaded and sorted at once. For a long one, the next groups are looked up a few at a time and the page
is filled from them along indexes, so that a page costs the same with a thousand tickets as with a million.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy
from sqlalchemy import CTE, ColumnElement, FromClause, Select, func, or_, true, union
from sqlmodel import Session, col, select

from db.models import Ticket
from db.vocabulary import Permission, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.catalog.ticket_fields import GROUPED, GroupBy, TicketRow
from lib.core import pagination
from lib.core.errors import Invalid
from lib.lists import group_by, ticket_list
from lib.lists.filters import TicketFilter, combine
from lib.lists.group_by import Value
from lib.lists.ticket_list import MAX_COUNT
from lib.search_index import backends

MAX_GATHERED = 10_000
"""Maximum number of tickets sorted at once, for one person's own tickets or a filter that leaves few."""
MAX_SORTED = MAX_COUNT
"""Up to this size, all tickets of a group are sorted. Larger ones are walked in the list's order."""
FIRST_CHUNK, LARGEST_CHUNK = 4, 256
"""How many groups are checked first to fill a page. The number doubles each time, up to LARGEST_CHUNK."""


@dataclass(frozen=True)
class Group:
    """The part of a group that is on a page.

    `value` is the id or priority that its tickets share, None for those without. `count` is its number of tickets in
    the whole list, up to one more than MAX_COUNT, or None if counting would take long. `continued` means that it
    began on an earlier page.
    """

    value: Value
    name: str
    rows: tuple[TicketRow, ...]
    count: int | None
    continued: bool = False


@dataclass(frozen=True)
class Page:
    """A page of a grouped list. `next` is the cursor of the next page, or None."""

    groups: tuple[Group, ...]
    next: str | None

    @property
    def rows(self) -> tuple[TicketRow, ...]:
        """The tickets of all groups, in order."""
        return tuple(row for group in self.groups for row in group.rows)


@dataclass(frozen=True)
class _Position:
    """Where a page starts: in this group, after the ticket with this sort key and number."""

    value: Value
    key: Any
    number: int


@dataclass(frozen=True)
class _GroupSlice:
    """The ticket numbers of a group from where the page starts in it, and the size of the whole group."""

    value: Value
    numbers: Sequence[int]
    count: int | None


@dataclass(frozen=True)
class _ListQuery:
    """A request for one grouped list, starting at a position."""

    actor: Actor
    narrowed: TicketFilter
    group: str
    sort: str
    place: _Position | None
    lite: bool

    @property
    def by(self) -> ticket_list.Order:
        """The order of tickets within their groups."""
        return ticket_list.parse_order(self.actor, self.sort)

    @property
    def how(self) -> GroupBy:
        """How lists are grouped by that field."""
        return GROUPED[self.group].group or GroupBy()

    @property
    def fact(self) -> Any:
        """The column whose value the tickets of a group share."""
        return col(GROUPED[self.group].column)

    @property
    def by_index(self) -> bool:
        """Whether an index has a group's tickets in the list's order, or groups are small."""
        sorts = self.how.sorts
        return sorts is None or self.sort.removeprefix("-") in sorts

    def inside(self, value: Any) -> ColumnElement[bool]:
        """SQL condition: the ticket is in a group."""
        fact = self.fact
        return fact.is_(None) if value is None else fact == value

    def among(self, values: Sequence[Value]) -> ColumnElement[bool]:
        """SQL condition: the ticket is in one of several groups."""
        if len(values) == 1:
            return self.inside(values[0])
        given = self.fact.in_([value for value in values if value is not None])
        return or_(given, self.inside(None)) if None in values else given

    def ways(self, values: Sequence[Value]) -> list[tuple[Sequence[Value], list[ColumnElement[bool]]]]:
        """Return groups, each with the conditions (one index each) of which any lets the actor see a ticket."""
        actor = self.actor
        reach = actor.reach(Permission.TICKET_READ)
        if reach in (Scope.ALL, Scope.NONE):
            return [(values, [true()])]
        if reach == Scope.OWN:
            return [(values, [ticket_list.takes_part_condition(actor, in_teams=True)])]
        asked = ticket_list.takes_part_condition(actor, in_teams=False)
        if self.how.behind_team:
            return [(values, [asked, *ticket_list.team_conditions(actor)])]
        if self.group != "team":
            return [(values, [true()])]
        mine = [value for value in values if value in actor.teams]
        return [(mine, [true()]), ([value for value in values if value not in mine], [asked])]

    def along(self, value: Value) -> ColumnElement[bool]:
        """Like `inside`, for a walk along the list's order.

        `+ 0` keeps SQLite off an index that would make it sort everything.
        """
        fact = self.fact
        if not self.lite or self.by_index:
            return self.inside(value)
        return (fact + 0).is_(None) if value is None else fact + 0 == value

    def begins(self, value: Value) -> _Position | None:
        """Return the position where the page starts within a group, or None for its top."""
        return self.place if self.place and self.place.value == value else None

    def rest(self, known: Mapping[Value, str]) -> list[Value]:
        """Return the groups from the position on. Raises Invalid if its group no longer exists."""
        values = list(known)
        if self.place is None:
            return values
        if self.place.value not in known:
            raise pagination.build_cursor_error()
        return values[values.index(self.place.value) :]


def get_page(
    session: Session,
    actor: Actor,
    narrowed: TicketFilter = TicketFilter(),  # noqa: B008 - frozen
    *,
    group: str,
    sort: str = "-updated",
    cursor: str | None = None,
    limit: int = 50,
    count: int | None = None,
) -> Page:
    """Return up to `limit` tickets that the actor can see, in the order of their groups, in each group by `sort`.

    `group` is one of GROUPED. `count` is the result of `ticket_list.count` for the same list, None if it was not
    counted.

    Raises Invalid for an unknown group or sort, or a cursor that was not made here for both.
    """
    if group not in GROUPED:
        raise Invalid(
            "A list can't be grouped by that.", fields={"group": f"Use one of {', '.join(GROUPED)}."}
        )
    ticket_list.parse_order(actor, sort)
    place = _parse_position(group, sort, cursor)
    asked = _ListQuery(actor, narrowed, group, sort, place, backends.is_sqlite(session))
    gathered = _load_small_list(session, asked, count=count)
    if gathered is None:
        known = group_by.list_groups(session, group)
        parts = _load_next_groups(session, asked, asked.rest(known), limit=limit + 1)
    else:
        among = {*gathered, *([asked.place.value] if asked.place else [])}
        known = group_by.list_groups(session, group, among=among)
        parts = [gathered[value] for value in asked.rest(known) if value in gathered]
    return _build_page(session, asked, parts, known=known, limit=limit)


def _build_page(
    session: Session,
    asked: _ListQuery,
    parts: Iterable[_GroupSlice],
    *,
    known: Mapping[Value, str],
    limit: int,
) -> Page:
    taken: list[tuple[_GroupSlice, Sequence[int]]] = []
    room, more = limit, False
    for part in parts:
        more = len(part.numbers) > room
        if part.numbers and room:
            taken.append((part, part.numbers[:room]))
        room -= len(part.numbers[:room])
        if more:
            break
    lines = ticket_list.get_rows(session, asked.actor, [number for _, numbers in taken for number in numbers])
    found = tuple(
        Group(part.value, known[part.value], rows, part.count, continued=asked.begins(part.value) is not None)
        for part, numbers in taken
        if (rows := tuple(lines[n] for n in numbers if n in lines))
    )
    if not more or not found:
        return Page(found, None)
    last = found[-1].rows[-1]
    place = (found[-1].value, ticket_list.sort_key(asked.sort, last), last.number)
    return Page(found, pagination.format_cursor(_cursor_name(asked.group, asked.sort), *place))


def _cursor_name(group: str, sort: str) -> str:
    return f"tickets by {group} {sort}"


def _parse_position(group: str, sort: str, cursor: str | None) -> _Position | None:
    position = pagination.parse_cursor(_cursor_name(group, sort), cursor, length=3)
    return _Position(*position) if position else None


def _build_tickets_cte(asked: _ListQuery, values: Sequence[Value] | None = None) -> tuple[CTE, Any]:
    """Return a CTE with number, group and sort key of all tickets in the groups, and its ORDER BY.

    Without `values` it holds the whole list. Tickets are collected first and sorted afterwards.
    """
    by = asked.by
    fact = asked.fact
    seen = gate.visible(asked.actor, Ticket.id, fact.label("value"), by.column.label("key"))
    seen = seen.where(*asked.narrowed.indexed)
    if values is not None:
        found = [
            seen.where(asked.among(some), way) for some, ways in asked.ways(values) for way in ways if some
        ]
    elif asked.actor.may(Permission.TICKET_READ, least=Scope.TEAM):
        found = [seen]
    else:
        found = [seen.where(ticket_list.takes_part_condition(asked.actor, in_teams=True))]
    held = (union(*found) if len(found) > 1 else found[0]).cte("held").prefix_with("MATERIALIZED")
    return held, (held.c.key.desc(), held.c.id.desc()) if by.down else (held.c.key, held.c.id)


def _load_small_list(
    session: Session, asked: _ListQuery, *, count: int | None
) -> dict[Value, _GroupSlice] | None:
    """Return all groups of a short list, each from the position on. Return None for a long list."""
    own = asked.narrowed.few or not asked.actor.may(Permission.TICKET_READ, least=Scope.TEAM)
    if not own and (count is None or count > MAX_COUNT):
        return None
    held, order = _build_tickets_cte(asked)
    place = asked.place
    left = asked.by.past(place.key, place.number, of=held.c) if place else sqlalchemy.true()
    chosen = sqlalchemy.select(held.c.id, held.c.value, left.label("left")).order_by(*order)
    rows = session.execute(gate.unscoped(chosen.limit(MAX_GATHERED + 1), "among visible tickets")).all()
    if len(rows) > MAX_GATHERED:
        return None
    found: dict[Value, list[Any]] = {}
    for row in rows:
        found.setdefault(row.value, []).append(row)
    return {
        value: _GroupSlice(value, [r.id for r in inside if r.left or not asked.begins(value)], len(inside))
        for value, inside in found.items()
    }


def _load_next_groups(
    session: Session, asked: _ListQuery, values: Sequence[Value], *, limit: int
) -> list[_GroupSlice]:
    """Return the next groups of a long list, up to `limit` tickets."""
    parts: list[_GroupSlice] = []
    if asked.place:
        begun, *values = values
        count = _count_groups(session, asked, [begun]).get(begun)
        parts.append(
            _GroupSlice(begun, _list_first_numbers(session, asked, begun, count=count, limit=limit), count)
        )
        limit -= len(parts[0].numbers)
    sizes = _find_next_groups(session, asked, values, limit=limit)
    counts = _count_groups(session, asked, list(sizes))
    whole = []
    for value, size in sizes.items():
        if size >= limit:
            rest = _GroupSlice(
                value,
                _list_first_numbers(session, asked, value, count=counts[value], limit=limit),
                counts[value],
            )
            return [*parts, *_load_whole_groups(session, asked, whole), rest]
        whole.append(value)
        limit -= size
    return [*parts, *_load_whole_groups(session, asked, whole)]


def _find_next_groups(
    session: Session, asked: _ListQuery, values: Sequence[Value], *, limit: int
) -> dict[Value, int]:
    """Return the next groups that together hold `limit` tickets, each with its size, counted no further than needed."""
    found: dict[Value, int] = {}
    size = 1 if asked.narrowed.tried else FIRST_CHUNK
    while values and limit > 0:
        chunk, values = values[:size], values[size:]
        for value, there in _measure_groups(session, asked, chunk, most=limit).items():
            if limit > 0:
                found[value] = there
                limit -= there
        size = min(2 * size, LARGEST_CHUNK)
    return found


def _count_groups(session: Session, asked: _ListQuery, values: Sequence[Value]) -> dict[Value, int | None]:
    """Return the number of tickets per group, or None where each ticket would have to be checked, which takes long."""
    if asked.narrowed.tried:
        return dict.fromkeys(values)
    return {**_measure_groups(session, asked, values, most=MAX_COUNT + 1)}


def _measure_groups(
    session: Session, asked: _ListQuery, values: Sequence[Value], *, most: int
) -> dict[Value, int]:
    """Return the number of tickets per group, up to `most`, in the order of `values`, without empty groups."""
    found: dict[Value, int] = {}
    for some, ways in asked.ways(values):
        if None in some:
            found[None] = session.execute(
                _size_statement(asked, asked.inside(None), ways, most=most)
            ).scalar_one()
        if given := [value for value in some if value is not None]:
            each = group_by.build_values_column(asked.group, given)
            size = _size_statement(
                asked, asked.inside(each), ways, most=most, each=each.table
            ).scalar_subquery()
            counted = gate.unscoped(select(each, size), "among visible tickets")
            found |= {value: n for value, n in session.execute(counted)}
    return {value: n for value in values if (n := found.get(value))}


def _size_statement(
    asked: _ListQuery,
    inside: ColumnElement[bool],
    ways: Sequence[ColumnElement[bool]],
    *,
    most: int,
    each: FromClause | None = None,
) -> Select:
    seen = gate.visible(asked.actor, Ticket.id).where(inside, *asked.narrowed.indexed).limit(most)
    found = [seen.where(way).correlate(each) if each is not None else seen.where(way) for way in ways]
    some = found[0] if len(found) == 1 else union(*(select(f.subquery().c.id) for f in found)).limit(most)
    return gate.unscoped(
        sqlalchemy.select(func.count()).select_from(some.subquery()), "among visible tickets"
    )


def _list_first_numbers(
    session: Session, asked: _ListQuery, value: Value, *, count: int | None, limit: int
) -> Sequence[int]:
    """Return a group's first ticket numbers from the position on. Small groups are sorted, large ones walked."""
    place = asked.begins(value)
    if count is not None and count <= MAX_SORTED:
        held, order = _build_tickets_cte(asked, [value])
        left = [asked.by.past(place.key, place.number, of=held.c)] if place else []
        first = sqlalchemy.select(held.c.id).where(*left).order_by(*order).limit(limit)
        return session.execute(gate.unscoped(first, "among visible tickets")).scalars().all()
    after = (place.key, place.number) if place else None
    # The group is large, so one walk soon finds some. A walk for each reason of access alone might find hardly any.
    narrowed = combine(asked.narrowed, TicketFilter((asked.along(value),)))
    walked = ticket_list.select_by_walk(asked.actor, narrowed, asked.sort, after=after, limit=limit)
    return session.execute(walked).scalars().all()


def _load_whole_groups(session: Session, asked: _ListQuery, values: Sequence[Value]) -> list[_GroupSlice]:
    """Return groups that fit on a page as a whole, all at once."""
    if not values:
        return []
    held, order = _build_tickets_cte(asked, values)
    rows = session.execute(
        gate.unscoped(sqlalchemy.select(held.c.id, held.c.value).order_by(*order), "among visible tickets")
    )
    found: dict[Value, list[int]] = {}
    for number, value in rows:
        found.setdefault(value, []).append(number)
    return [_GroupSlice(value, found[value], len(found[value])) for value in values if value in found]
