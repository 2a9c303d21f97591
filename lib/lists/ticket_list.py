"""Lists of tickets: only what the actor may see, page by page after a key, never by counting off rows.

Whoever sees a part of the tickets gets their page from several short index walks, one for each reason for which a
ticket is theirs, so that a page costs the same at a thousand tickets and at a million.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import ColumnElement, Select, bindparam, literal, tuple_, union
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from db.models import Person, Status, Ticket
from db.vocabulary import Permission, Scope, StatusCategory
from lib.access import gate, ticket_versions
from lib.access.gate import Actor
from lib.catalog.ticket_fields import FIELDS, LEVELS, SORTED, TicketRow
from lib.core import settings
from lib.core.errors import Invalid
from lib.lists.filters import EVERYTHING, Narrowed

CAP = 1000
"""Counts stop here and say "1000+"."""
WALKS = 12
"""More teams than this are walked together."""


@dataclass(frozen=True)
class Page:
    """A page of a list; `next` is the cursor of the one after it, or None."""

    rows: tuple[TicketRow, ...]
    next: str | None


After = tuple[Any, int] | None
"""The value and number of the last ticket before a page."""


class Order(NamedTuple):
    """By what a list is sorted, and whether the largest comes first; equal ones go by number."""

    name: str
    column: Any
    down: bool

    @property
    def sorting(self) -> tuple[Any, Any]:
        """The same for ORDER BY."""
        number = col(Ticket.id)
        return (self.column.desc(), number.desc()) if self.down else (self.column, number)

    def past(self, value: object, number: int, *, of: Any = None) -> ColumnElement[bool]:
        """The SQL condition for what comes after a place: on `ticket`, or on `of` with `key` and `id`."""
        key = tuple_(self.column, col(Ticket.id)) if of is None else tuple_(of.key, of.id)
        place = tuple_(literal(value, self.column.type), literal(number))
        return key < place if self.down else key > place


_NAMED = sorted(
    (f for f in FIELDS if f.refers and f.stored in TicketRow._fields), key=lambda f: bool(f.empty)
)
"""The references of a line; those that may be empty come last, so that the others are joined first."""
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
"""Where a line holds a member of an enumeration, and its members by what is stored."""


def page(
    session: Session,
    actor: Actor,
    narrowed: Narrowed = EVERYTHING,
    *,
    sort: str = "-updated",
    cursor: str | None = None,
    limit: int = 50,
) -> Page:
    """Return up to `limit` tickets the actor may see, sorted by one of SORTED (`-` first: the largest first).

    Raises Invalid for an unknown sort or a cursor that was not made here for this sort.
    """
    after = _after(cursor, sort)
    top = narrowed.usual and after is None
    found = (
        _top(actor, narrowed, sort, limit) if top else _found(actor, narrowed, sort, after=after, limit=limit)
    )
    rows = session.execute(found).all()
    cards = tuple(_row(actor, r) for r in rows[:limit])
    more = len(rows) > limit
    return Page(cards, signed(sort, key(sort, cards[-1]), cards[-1].number) if more else None)


def one(session: Session, actor: Actor, ticket: Ticket) -> TicketRow:
    """Return a ticket that was found through the gate as a line of the actor's list."""
    return _row(actor, session.execute(_ONE, {"number": ticket.id}).one())


def rows(session: Session, actor: Actor, numbers: Iterable[int]) -> dict[int, TicketRow]:
    """Return tickets that were found through the gate as lines of the actor's list, by number."""
    chosen = _LINES.where(col(Ticket.id).in_(list(numbers)))
    return {r[0]: _row(actor, r) for r in session.execute(chosen).all()}


def ranked(actor: Actor, narrowed: Narrowed, *, limit: int) -> Any:
    """Return a select of the numbers of the first `limit` tickets in the order of the board."""
    return _ids(actor, narrowed, Order("rank", col(Ticket.rank), down=False), after=None, limit=limit)


def count(
    session: Session,
    actor: Actor,
    narrowed: Narrowed = EVERYTHING,
    *,
    most: int = CAP,
) -> int:
    """Count the tickets the actor may see, up to one more than `most`."""
    counted = _usual_count(actor, narrowed, most) if narrowed.usual else _count(actor, narrowed, most)
    return session.execute(counted).scalar_one()


def _count(actor: Actor, narrowed: Narrowed, most: int) -> Any:
    return gate.counted(gate.visible(actor, literal(1)).where(*narrowed.indexed).limit(most + 1))


_usual_count = lru_cache(maxsize=gate.KEPT)(_count)


def _lines() -> Select:
    """Return the select for lines, with what tells them from those of people who may not know every change."""
    public: tuple[Any, ...] = (Ticket.public_updated_at, Ticket.public_version)
    columns: tuple[Any, ...] = (*(_SELECTED[name] for name in TicketRow._fields), *public)
    lines = sqlalchemy.select(*columns).select_from(Ticket)
    for field in _NAMED:
        table = _TABLES[field.name]
        lines = lines.join(table, col(table.id) == field.column, isouter=bool(field.empty))
    return gate.unscoped(lines, "found through the gate")


_LINES = _lines()
_ONE = _LINES.where(col(Ticket.id) == bindparam("number"))


@lru_cache(maxsize=gate.KEPT)
def _top(actor: Actor, narrowed: Narrowed, sort: str, limit: int) -> Select:
    """Return the select for the first page of a usual list, kept because most pages are just that."""
    return _found(actor, narrowed, sort, after=None, limit=limit)


def _found(actor: Actor, narrowed: Narrowed, sort: str, *, after: After, limit: int) -> Select:
    """Return the select for the lines of a page and one more, which tells whether there is a next page."""
    by = order(actor, sort)
    chosen = _ids(actor, narrowed, by, after=after, limit=limit + 1)
    return _LINES.where(col(Ticket.id).in_(chosen)).order_by(*by.sorting)


def _row(actor: Actor, r: Any) -> TicketRow:
    values = list(r[:-2])
    for at, members in _MEMBERS:
        values[at] = members[values[at]]
    row = TicketRow(*values)
    if ticket_versions.all_known(actor, row):
        return row
    updated, version = r[-2:]
    return row._replace(updated_at=updated, version=version)


def _ids(actor: Actor, narrowed: Narrowed, by: Order, *, after: After, limit: int) -> Any:
    if narrowed.few or actor.reach(Permission.TICKET_READ) in (Scope.ALL, Scope.NONE):
        conditions = narrowed.indexed if narrowed.few else narrowed.conditions
        whole = _walk(actor, conditions, by, after=after, limit=limit)
        return select(whole.subquery().c.id)
    number = col(Ticket.id) + 0  # else PostgreSQL goes through all numbers for somebody who has no ticket
    apart = (number.desc() if by.down else number,) if by.name == "number" else None
    walks = [
        _walk(actor, (*narrowed.conditions, reason, *where), along, after=after, limit=limit, sorting=apart)
        for reason in _theirs(actor)
        for along, *where in _parts(actor, narrowed, by)
    ]
    along, *bounds = _known(narrowed, by) if ticket_versions.in_part(actor) is not None else (by,)
    walks += [
        _walk(actor, (*narrowed.conditions, team, *bounds), along, after=after, limit=limit)
        for team in _teams(actor)
    ]
    return _first_of(walks, by, limit=limit)


def _walk(
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


def _first_of(walks: Iterable[Any], by: Order, *, limit: int) -> Any:
    """Return a select of the numbers of the first tickets of several walks together."""
    each = [walk.subquery() for walk in walks]
    merged = union(*(select(w.c.id, w.c.key) for w in each)).subquery()
    best = (merged.c.key.desc(), merged.c.id.desc()) if by.down else (merged.c.key, merged.c.id)
    return select(select(merged.c.id).order_by(*best).limit(limit).subquery().c.id)


def _parts(actor: Actor, narrowed: Narrowed, by: Order) -> list[tuple[Any, ...]]:
    """Return how to walk along the actor's own tickets: by what, and further conditions.

    In the order of their last change, the tickets of which they may not know every change have a walk of their own; the
    others are their teams', and found there if they see those.
    """
    known = ticket_versions.in_part(actor)
    if by.name != "updated" or known is None:
        return [(by,)]
    public = by._replace(column=col(Ticket.public_updated_at))
    parts: list[tuple[Any, ...]] = [(public, ~known, *narrowed.bounds(public.column))]
    return parts if _sees_teams(actor) else [*parts, (*_known(narrowed, by), known)]


def _known(narrowed: Narrowed, by: Order) -> tuple[Any, ...]:
    """Return how to walk along tickets of which the actor may know every change."""
    if by.name != "updated":
        return (by,)
    full = by._replace(column=col(Ticket.updated_at))
    return (full, *narrowed.bounds(full.column))


def _theirs(actor: Actor) -> list[ColumnElement[bool]]:
    """Return the reasons for which a ticket may be the actor's own, each with an index of its own."""
    asked, copied, assigned = gate.parts(actor)
    return [asked, copied] if _sees_teams(actor) else [asked, copied, assigned]


def _teams(actor: Actor) -> list[ColumnElement[bool]]:
    """Return the same for what is their teams'."""
    return of_teams(actor) if _sees_teams(actor) else []


def _sees_teams(actor: Actor) -> bool:
    return actor.reach(Permission.TICKET_READ) == Scope.TEAM


def of_teams(actor: Actor) -> list[ColumnElement[bool]]:
    """Return the SQL conditions that a ticket is with a team of the actor's, one a team unless they are many."""
    teams = sorted(actor.teams)
    return (
        [col(Ticket.team_id).in_(teams)] if len(teams) > WALKS else [col(Ticket.team_id) == t for t in teams]
    )


def takes_part(actor: Actor, *, in_teams: bool) -> ColumnElement[bool]:
    """The SQL condition that the actor asked for a ticket or is in copy, with `in_teams` also that they work on it.

    As `gate.takes_part`, but looked up part by part.
    """
    parts = gate.parts(actor)[: None if in_teams else 2]
    return col(Ticket.id).in_(union(*(select(Ticket.id).where(part) for part in parts)))


def order(actor: Actor, sort: str) -> Order:
    """Return what a list of the actor's is sorted by. Raises Invalid."""
    name = sort.removeprefix("-")
    if name not in SORTED:
        raise Invalid(
            "The list can't be sorted by that.", fields={"sort": f"Use one of {', '.join(SORTED)}."}
        )
    column = ticket_versions.updated(actor) if name == "updated" else col(SORTED[name].sort_column)
    return Order(name, column, down=sort.startswith("-"))


def walked(actor: Actor, narrowed: Narrowed, sort: str, *, after: After = None, limit: int) -> Any:
    """Return a select of the numbers of a list's first `limit` tickets, found by one walk along its order.

    That is for a list of which the actor sees many. Their own tickets are found along indexes where they see no others,
    or may not know of every change.
    """
    by = order(actor, sort)
    if actor.reach(Permission.TICKET_READ) == Scope.OWN:
        return gate.unscoped(_ids(actor, narrowed, by, after=after, limit=limit), "among visible tickets")
    # No database looks up what is compared with true, be it a reason or a team.
    readable, known = gate.readable(actor).is_(True), ticket_versions.in_part(actor)
    if by.name != "updated" or known is None:
        walk = _walk(actor, (readable, *narrowed.conditions), by, after=after, limit=limit)
        return gate.unscoped(select(walk.subquery().c.id), "among visible tickets")
    along, *bounds = _known(narrowed, by)
    where = (readable, known.is_(True), *narrowed.conditions, *bounds)
    walks = [_walk(actor, where, along, after=after, limit=limit)]
    walks += [
        _walk(actor, (reason, *narrowed.conditions, *where), along, after=after, limit=limit)
        for reason in (_theirs(actor) if _sees_teams(actor) else [readable])
        for along, *where in _parts(actor, narrowed, by)[:1]
    ]
    return gate.unscoped(_first_of(walks, by, limit=limit), "among visible tickets")


def signed(made_for: str, *place: object) -> str:
    """Return a cursor for one list: where its next page begins, so that nobody else can have made it up."""
    return str(_serializer().dumps([made_for, *(_shown(each) for each in place)]))


def unsigned(made_for: str, cursor: str) -> list[Any]:
    """Return the place that a cursor tells. Raises Invalid for one that was not made here for this list."""
    try:
        named, *place = _serializer().loads(cursor)
        if named != made_for:
            raise ValueError("made for another order")
        return [_place(v) if isinstance(v, str) else v for v in place]
    except (BadSignature, ValueError, TypeError):
        raise gone() from None


def _place(written: str) -> date:
    if len(written) == len("2026-01-31"):
        return date.fromisoformat(written)
    return datetime.fromisoformat(written).astimezone(UTC)


def gone() -> Invalid:
    """Return the refusal of a cursor."""
    return Invalid(
        "This page of the list is no longer there. Begin again at the top.",
        fields={"cursor": "Not valid here."},
    )


def key(sort: str, row: TicketRow) -> Any:
    """Return the value by which a line of a list is sorted."""
    field = SORTED[sort.removeprefix("-")]
    value = getattr(row, field.stored)
    return field.sort.empty if value is None and field.sort else value


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(settings.current().key(), salt="cursor")


def _shown(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _after(cursor: str | None, sort: str) -> After:
    if not cursor:
        return None
    place = unsigned(sort, cursor)
    if len(place) != 2:
        raise gone()
    return place[0], place[1]
