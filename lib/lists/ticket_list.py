"""Ticket lists: the tickets that the actor can see, with keyset pagination, never by offset.

For actors who see only some tickets, a page is merged from several short index walks, one for each reason why they
see a ticket, so that a page costs the same with a thousand tickets as with a million.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy
from sqlalchemy import ColumnElement, Select, bindparam, literal, tuple_, union
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from db.models import Person, Status, Ticket
from db.vocabulary import Permission, Scope, StatusCategory
from lib.access import gate, ticket_versions
from lib.access.gate import Actor
from lib.catalog.ticket_fields import FIELDS, LEVELS, SORTED, TicketRow
from lib.core import pagination
from lib.core.errors import Invalid
from lib.lists.filters import EVERYTHING, TicketFilter

MAX_COUNT = 1000
"""Counts stop here and show "1000+"."""
MAX_TEAM_WALKS = 12
"""With more teams than this, they share one walk."""


@dataclass(frozen=True)
class Page:
    """A page of a list. `next` is the cursor of the next page, or None."""

    rows: tuple[TicketRow, ...]
    next: str | None


After = tuple[Any, int] | None
"""The sort value and number of the last ticket before a page."""


class Order(NamedTuple):
    """What a list is sorted by, and whether descending. Equal values are sorted by number."""

    name: str
    column: Any
    down: bool

    @property
    def sorting(self) -> tuple[Any, Any]:
        """The columns for ORDER BY."""
        number = col(Ticket.id)
        return (self.column.desc(), number.desc()) if self.down else (self.column, number)

    def past(self, value: object, number: int, *, of: Any = None) -> ColumnElement[bool]:
        """SQL condition for what comes after a position: on `ticket`, or on `of` with columns `key` and `id`."""
        key = tuple_(self.column, col(Ticket.id)) if of is None else tuple_(of.key, of.id)
        place = tuple_(literal(value, self.column.type), literal(number))
        return key < place if self.down else key > place


_NAMED = sorted(
    (f for f in FIELDS if f.refers and f.stored in TicketRow._fields), key=lambda f: bool(f.empty)
)
"""The references in a row. Those that may be empty come last, so that the others are joined first."""
_TABLES = {f.name: aliased(f.values) if f.values is Person else f.values for f in _NAMED}
_SELECTED: dict[str, Any] = {
    **{f.stored: f.column for f in FIELDS if f.column is not None},
    **{name: table.name for name, table in _TABLES.items()},
    "kind": Status.kind,
    "version": Ticket.version,
}
_MEMBERS = [
    (TicketRow._fields.index(name), {member.value: member for member in values})
    for name, values in (("kind", StatusCategory), *((f.stored, f.values) for f in LEVELS.values()))
]
"""The positions in a row that hold an enum member, each with its members by stored value."""


def get_page(
    session: Session,
    actor: Actor,
    narrowed: TicketFilter = EVERYTHING,
    *,
    sort: str = "-updated",
    cursor: str | None = None,
    limit: int = 50,
) -> Page:
    """Return up to `limit` tickets that the actor can see, sorted by one of SORTED, with a leading `-` descending.

    Raises Invalid for an unknown sort or a cursor that was not made here for this sort.
    """
    after = _parse_position(cursor, sort)
    top = narrowed.usual and after is None
    found = (
        _select_first_page(actor, narrowed, sort, limit)
        if top
        else _select_page(actor, narrowed, sort, after=after, limit=limit)
    )
    rows = session.execute(found).all()
    cards = tuple(_build_row(actor, r) for r in rows[:limit])
    more = len(rows) > limit
    if not more:
        return Page(cards, None)
    last = cards[-1]
    return Page(cards, pagination.format_cursor(_cursor_name(sort), sort_key(sort, last), last.number))


def get_row(session: Session, actor: Actor, ticket: Ticket) -> TicketRow:
    """Return a ticket as a row of the actor's list. The caller has found it through the gate."""
    return _build_row(actor, session.execute(_ROW_STATEMENT, {"number": ticket.id}).one())


def get_rows(session: Session, actor: Actor, numbers: Iterable[int]) -> dict[int, TicketRow]:
    """Return tickets as rows of the actor's list, by number. The caller has found them through the gate."""
    chosen = _ROWS_STATEMENT.where(col(Ticket.id).in_(list(numbers)))
    return {r[0]: _build_row(actor, r) for r in session.execute(chosen).all()}


def select_by_rank(actor: Actor, narrowed: TicketFilter, *, limit: int) -> Any:
    """Return a select of the numbers of the first `limit` tickets in the order of the board."""
    return _select_ids(actor, narrowed, Order("rank", col(Ticket.rank), down=False), after=None, limit=limit)


def count(
    session: Session,
    actor: Actor,
    narrowed: TicketFilter = EVERYTHING,
    *,
    most: int = MAX_COUNT,
) -> int:
    """Return the number of tickets that the actor can see, up to one more than `most`."""
    counted = (
        _select_usual_count(actor, narrowed, most) if narrowed.usual else _select_count(actor, narrowed, most)
    )
    return session.execute(counted).scalar_one()


def _select_count(actor: Actor, narrowed: TicketFilter, most: int) -> Any:
    return gate.select_count(gate.visible(actor, literal(1)).where(*narrowed.indexed).limit(most + 1))


_select_usual_count = lru_cache(maxsize=gate.CACHED_STATEMENTS)(_select_count)


def _lines() -> Select:
    """Return the select for rows, with the public time and version for actors who may not know of every change."""
    public: tuple[Any, ...] = (Ticket.public_updated_at, Ticket.public_version)
    columns: tuple[Any, ...] = (*(_SELECTED[name] for name in TicketRow._fields), *public)
    lines = sqlalchemy.select(*columns).select_from(Ticket)
    for field in _NAMED:
        table = _TABLES[field.name]
        lines = lines.join(table, col(table.id) == field.column, isouter=bool(field.empty))
    return gate.unscoped(lines, "found through the gate")


_ROWS_STATEMENT = _lines()
_ROW_STATEMENT = _ROWS_STATEMENT.where(col(Ticket.id) == bindparam("number"))


@lru_cache(maxsize=gate.CACHED_STATEMENTS)
def _select_first_page(actor: Actor, narrowed: TicketFilter, sort: str, limit: int) -> Select:
    """Return the cached select for the first page of a usual list, since most pages are just that."""
    return _select_page(actor, narrowed, sort, after=None, limit=limit)


def _select_page(actor: Actor, narrowed: TicketFilter, sort: str, *, after: After, limit: int) -> Select:
    """Return the select for the rows of a page and one more, which shows whether there is a next page."""
    by = parse_order(actor, sort)
    chosen = _select_ids(actor, narrowed, by, after=after, limit=limit + 1)
    return _ROWS_STATEMENT.where(col(Ticket.id).in_(chosen)).order_by(*by.sorting)


def _build_row(actor: Actor, r: Any) -> TicketRow:
    values = list(r[:-2])
    for at, members in _MEMBERS:
        values[at] = members[values[at]]
    row = TicketRow(*values)
    if ticket_versions.can_see_all_changes(actor, row):
        return row
    updated, version = r[-2:]
    return row._replace(updated_at=updated, version=version)


def _select_ids(actor: Actor, narrowed: TicketFilter, by: Order, *, after: After, limit: int) -> Any:
    if narrowed.few or actor.reach(Permission.TICKET_READ) in (Scope.ALL, Scope.NONE):
        conditions = narrowed.indexed if narrowed.few else narrowed.conditions
        whole = _select_walk(actor, conditions, by, after=after, limit=limit)
        return select(whole.subquery().c.id)
    number = col(Ticket.id) + 0  # otherwise PostgreSQL scans all numbers for people without tickets
    apart = (number.desc() if by.down else number,) if by.name == "number" else None
    walks = [
        _select_walk(
            actor, (*narrowed.conditions, reason, *where), along, after=after, limit=limit, sorting=apart
        )
        for reason in _own_conditions(actor)
        for along, *where in _plan_own_walks(actor, narrowed, by)
    ]
    along, *bounds = (
        _plan_known_walk(narrowed, by) if ticket_versions.all_changes_condition(actor) is not None else (by,)
    )
    walks += [
        _select_walk(actor, (*narrowed.conditions, team, *bounds), along, after=after, limit=limit)
        for team in _visible_team_conditions(actor)
    ]
    return _merge_walks(walks, by, limit=limit)


def _select_walk(
    actor: Actor,
    conditions: Iterable[ColumnElement[bool]],
    by: Order,
    *,
    after: After,
    limit: int,
    sorting: Any = None,
) -> Any:
    place = [] if after is None else [by.past(*after)]
    seen = gate.visible(actor, Ticket.id, by.column.label("key")).where(*conditions, *place)
    return seen.order_by(*(sorting or by.sorting)).limit(limit)


def _merge_walks(walks: Iterable[Any], by: Order, *, limit: int) -> Any:
    """Return a select of the numbers of the first tickets of several walks together."""
    each = [walk.subquery() for walk in walks]
    merged = union(*(select(w.c.id, w.c.key) for w in each)).subquery()
    best = (merged.c.key.desc(), merged.c.id.desc()) if by.down else (merged.c.key, merged.c.id)
    return select(select(merged.c.id).order_by(*best).limit(limit).subquery().c.id)


def _plan_own_walks(actor: Actor, narrowed: TicketFilter, by: Order) -> list[tuple[Any, ...]]:
    """Return how to walk along the actor's own tickets: an order and further conditions each.

    When sorted by last change, tickets of which they may not know every change get their own walk. The others belong
    to their teams and are found there if the actor can see those.
    """
    known = ticket_versions.all_changes_condition(actor)
    if by.name != "updated" or known is None:
        return [(by,)]
    public = by._replace(column=col(Ticket.public_updated_at))
    parts: list[tuple[Any, ...]] = [(public, ~known, *narrowed.bounds(public.column))]
    return parts if _can_see_teams(actor) else [*parts, (*_plan_known_walk(narrowed, by), known)]


def _plan_known_walk(narrowed: TicketFilter, by: Order) -> tuple[Any, ...]:
    """Return how to walk along tickets of which the actor may know every change."""
    if by.name != "updated":
        return (by,)
    full = by._replace(column=col(Ticket.updated_at))
    return (full, *narrowed.bounds(full.column))


def _own_conditions(actor: Actor) -> list[ColumnElement[bool]]:
    """Return the reasons why a ticket may be the actor's own. Each has its own index."""
    asked, copied, assigned = gate.participation_conditions(actor)
    return [asked, copied] if _can_see_teams(actor) else [asked, copied, assigned]


def _visible_team_conditions(actor: Actor) -> list[ColumnElement[bool]]:
    """Return the conditions for tickets of the actor's teams, if they can see those."""
    return team_conditions(actor) if _can_see_teams(actor) else []


def _can_see_teams(actor: Actor) -> bool:
    return actor.reach(Permission.TICKET_READ) == Scope.TEAM


def team_conditions(actor: Actor) -> list[ColumnElement[bool]]:
    """Return SQL conditions that a ticket is in the actor's teams: one per team, or one for all if they are many."""
    teams = sorted(actor.teams)
    return (
        [col(Ticket.team_id).in_(teams)]
        if len(teams) > MAX_TEAM_WALKS
        else [col(Ticket.team_id) == t for t in teams]
    )


def takes_part_condition(actor: Actor, *, in_teams: bool) -> ColumnElement[bool]:
    """SQL condition: the actor is the ticket's requester or in CC. With `in_teams`, also if they work on it.

    Same as `gate.participation_condition`, but looked up part by part.
    """
    parts = gate.participation_conditions(actor)[: None if in_teams else 2]
    return col(Ticket.id).in_(union(*(select(Ticket.id).where(part) for part in parts)))


def parse_order(actor: Actor, sort: str) -> Order:
    """Return the order of the actor's list. Raises Invalid."""
    name = sort.removeprefix("-")
    if name not in SORTED:
        raise Invalid(
            "The list can't be sorted by that.", fields={"sort": f"Use one of {', '.join(SORTED)}."}
        )
    column = (
        ticket_versions.updated_at_expression(actor) if name == "updated" else col(SORTED[name].sort_column)
    )
    return Order(name, column, down=sort.startswith("-"))


def select_by_walk(
    actor: Actor, narrowed: TicketFilter, sort: str, *, after: After = None, limit: int
) -> Any:
    """Return a select of the numbers of a list's first `limit` tickets, found by one walk along its order.

    For lists of which the actor sees many. Their own tickets are found along indexes if they see no others, or may
    not know of every change.
    """
    by = parse_order(actor, sort)
    if actor.reach(Permission.TICKET_READ) == Scope.OWN:
        return gate.unscoped(
            _select_ids(actor, narrowed, by, after=after, limit=limit), "among visible tickets"
        )
    # `IS TRUE` keeps databases from using an index for this condition.
    readable, known = gate.visible_condition(actor).is_(True), ticket_versions.all_changes_condition(actor)
    if by.name != "updated" or known is None:
        walk = _select_walk(actor, (readable, *narrowed.conditions), by, after=after, limit=limit)
        return gate.unscoped(select(walk.subquery().c.id), "among visible tickets")
    along, *bounds = _plan_known_walk(narrowed, by)
    where = (readable, known.is_(True), *narrowed.conditions, *bounds)
    walks = [_select_walk(actor, where, along, after=after, limit=limit)]
    walks += [
        _select_walk(actor, (reason, *narrowed.conditions, *where), along, after=after, limit=limit)
        for reason in (_own_conditions(actor) if _can_see_teams(actor) else [readable])
        for along, *where in _plan_own_walks(actor, narrowed, by)[:1]
    ]
    return gate.unscoped(_merge_walks(walks, by, limit=limit), "among visible tickets")


def sort_key(sort: str, row: TicketRow) -> Any:
    """Return the value by which a row of a list is sorted."""
    field = SORTED[sort.removeprefix("-")]
    value = getattr(row, field.stored)
    return field.sort.empty if value is None and field.sort else value


def _parse_position(cursor: str | None, sort: str) -> After:
    position = pagination.parse_cursor(_cursor_name(sort), cursor, length=2)
    return (position[0], position[1]) if position else None


def _cursor_name(sort: str) -> str:
    return f"tickets {sort}"
