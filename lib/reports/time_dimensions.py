"""Dimensions of the time report. Each has exactly one value per time entry, so that groups add up to the total."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy
from sqlmodel import Session, col, select

from db.models import Activity, Category, Person, Status, Tag, Team, Ticket, TicketTag, TimeEntry
from db.vocabulary import Priority
from lib.access import gate
from lib.core import text

NO_VALUE = "none"
MAX_IDS = 10_000
"""Up to this many, names are queried by id. With more it is faster to load all."""
Names = Mapping[Any, str]


@dataclass(frozen=True)
class Dimension:
    """What time entries are grouped by, how its values are named, and whether the ticket alone determines it."""

    column: Any
    names: Callable[[Session, set[Any]], Names]
    of_ticket: bool = True

    @property
    def joins(self) -> bool:
        """Whether the ticket's row must be joined."""
        return self.column.class_ is Ticket


def _build_name_lookup(model: Any) -> Callable[[Session, set[Any]], Names]:
    apart = model.email if model is Person else model.id

    def names(session: Session, ids: set[Any]) -> Names:
        chosen = sqlalchemy.select(model.id, model.name, apart)
        if len(ids) < MAX_IDS:
            chosen = chosen.where(model.id.in_(ids - {None}))
        found = session.execute(chosen).all()
        named = {id: (name, _format_distinction(mark)) for id, name, mark in found if id in ids}
        return {None: NO_VALUE} | text.disambiguate(named, taken=(NO_VALUE,))

    return names


def _format_distinction(mark: Any) -> str:
    return mark if isinstance(mark, str) else f"#{mark}"


def _load_tag_names(session: Session, tickets: set[Any]) -> Names:
    """Return each ticket's tags, joined into one value."""
    chosen = select(TicketTag.ticket_id, Tag.id, Tag.name).join(Tag, col(Tag.id) == TicketTag.tag_id)
    if len(tickets) < MAX_IDS:
        chosen = chosen.where(col(TicketTag.ticket_id).in_(tickets))
    held: dict[int, list[tuple[int, str]]] = {}
    for ticket, id, name in session.execute(
        gate.unscoped(chosen.order_by(Tag.name), "only tickets found through the gate are kept")
    ).all():
        if ticket in tickets:
            held.setdefault(ticket, []).append((id, name))
    sets = {
        tuple(id for id, _name in tags): (
            " + ".join(name for _id, name in tags), ", ".join(f"#{id}" for id, _name in tags)
        )
        for tags in held.values()
    }  # fmt: skip
    names = text.disambiguate(sets, taken=(NO_VALUE,))
    return {
        ticket: names[tuple(id for id, _name in held[ticket])] if ticket in held else NO_VALUE
        for ticket in tickets
    }


def _format_with(say: Callable[[Any], str]) -> Callable[[Session, set[Any]], Names]:
    return lambda _session, values: {value: say(value) for value in values}


DIMENSIONS: dict[str, Dimension] = {
    "person": Dimension(TimeEntry.worker_id, _build_name_lookup(Person), of_ticket=False),
    "team": Dimension(Ticket.team_id, _build_name_lookup(Team)),
    "ticket": Dimension(TimeEntry.ticket_id, _format_with(lambda number: f"#{number}")),
    "category": Dimension(Ticket.category_id, _build_name_lookup(Category)),
    "priority": Dimension(Ticket.priority, _format_with(lambda level: Priority(level).label)),
    "status": Dimension(Ticket.status_id, _build_name_lookup(Status)),
    "tag": Dimension(TimeEntry.ticket_id, _load_tag_names),
    "activity": Dimension(TimeEntry.activity_id, _build_name_lookup(Activity), of_ticket=False),
    "requester": Dimension(Ticket.requester_id, _build_name_lookup(Person)),
    "billable": Dimension(
        TimeEntry.billable, _format_with(lambda it: "billable" if it else "not billable"), of_ticket=False
    ),
}
"""By name, in the order in which they are offered."""


def load_names(session: Session, by: Iterable[str], rows: Iterable[Any]) -> list[Names]:
    """Return, for each dimension in `by`, the names of the values in its column of the rows."""
    rows = list(rows)
    return [DIMENSIONS[name].names(session, {row[place] for row in rows}) for place, name in enumerate(by)]
