"""The facts by which hours are told apart: each has one value for an entry, so that the groups add up to the total."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy
from sqlmodel import Session, col, select

from db.models import Activity, Category, Person, Status, Tag, Team, Ticket, TicketTag, TimeEntry
from db.vocabulary import Priority
from lib.access import gate
from lib.core import text

NONE = "none"
MANY = 10_000
"""Ids that are asked for one by one; with more it is quicker to ask for all."""
Names = Mapping[Any, str]


@dataclass(frozen=True)
class Fact:
    """What an entry is grouped by, how its values are called, and whether the ticket alone decides it."""

    column: Any
    names: Callable[[Session, set[Any]], Names]
    of_ticket: bool = True

    @property
    def joins(self) -> bool:
        """Whether it takes the ticket's own row to know."""
        return self.column.class_ is Ticket


def _called(model: Any) -> Callable[[Session, set[Any]], Names]:
    apart = model.email if model is Person else model.id

    def names(session: Session, ids: set[Any]) -> Names:
        chosen = sqlalchemy.select(model.id, model.name, apart)
        if len(ids) < MANY:
            chosen = chosen.where(model.id.in_(ids - {None}))
        found = session.execute(chosen).all()
        named = {id: (name, _apart(mark)) for id, name, mark in found if id in ids}
        return {None: NONE} | text.distinct(named, taken=(NONE,))

    return names


def _apart(mark: Any) -> str:
    return mark if isinstance(mark, str) else f"#{mark}"


def _tags(session: Session, tickets: set[Any]) -> Names:
    """Return the tags that each ticket has, all of them together as one value."""
    chosen = select(TicketTag.ticket_id, Tag.id, Tag.name).join(Tag, col(Tag.id) == TicketTag.tag_id)
    if len(tickets) < MANY:
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
    names = text.distinct(sets, taken=(NONE,))
    return {
        ticket: names[tuple(id for id, _name in held[ticket])] if ticket in held else NONE
        for ticket in tickets
    }


def _said(say: Callable[[Any], str]) -> Callable[[Session, set[Any]], Names]:
    return lambda _session, values: {value: say(value) for value in values}


FACTS: dict[str, Fact] = {
    "person": Fact(TimeEntry.worker_id, _called(Person), of_ticket=False),
    "team": Fact(Ticket.team_id, _called(Team)),
    "ticket": Fact(TimeEntry.ticket_id, _said(lambda number: f"#{number}")),
    "category": Fact(Ticket.category_id, _called(Category)),
    "priority": Fact(Ticket.priority, _said(lambda level: Priority(level).label)),
    "status": Fact(Ticket.status_id, _called(Status)),
    "tag": Fact(TimeEntry.ticket_id, _tags),
    "activity": Fact(TimeEntry.activity_id, _called(Activity), of_ticket=False),
    "requester": Fact(Ticket.requester_id, _called(Person)),
    "billable": Fact(
        TimeEntry.billable, _said(lambda it: "billable" if it else "not billable"), of_ticket=False
    ),
}
"""By name, in the order in which they are offered."""


def named(session: Session, by: Iterable[str], rows: Iterable[Any]) -> list[Names]:
    """Return for each fact how the values in its column of the rows are called."""
    rows = list(rows)
    return [FACTS[name].names(session, {row[place] for row in rows}) for place, name in enumerate(by)]
