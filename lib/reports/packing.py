"""Minutes by facts of tickets together with who worked and how, where the database sorts whatever it groups.

SQLite takes more than a second to sort a million entries. Along an index of the tickets it has only those to sort: it
gives the entries of each fact's tickets as one text, a few characters an entry, and they are added up here.
"""

from collections.abc import Sequence
from typing import Any

import numpy
import sqlalchemy
from sqlalchemy import ColumnElement, func, literal_column
from sqlmodel import Session, col

from db.models import Activity, Person, Ticket, TimeEntry
from lib.access import gate

BITS = 15
"""Of a number in one character, so that none is one of those that UTF-8 has no place for; the rest is in another."""
ENTRY_COLUMNS: dict[str, Any] = {"worker_id": Person.id, "activity_id": Activity.id, "billable": None}
"""What an entry may be told apart by here, and where its numbers come from."""


def sum_minutes(
    session: Session, asked: Sequence[Any], conditions: Sequence[ColumnElement[bool]]
) -> list[Any]:
    """Return the minutes for each value of the columns asked: some of OWN, and columns of the ticket."""
    own = [column for column in asked if column.class_ is TimeEntry]
    facts = [column for column in asked if column.class_ is Ticket]
    wide = [_is_wide(session, column) for column in own]
    letters = [
        letter for column, two in zip(own, wide, strict=True) for letter in _to_characters(column, two=two)
    ]
    ticket: Any = TimeEntry.ticket_id
    each: Any = sqlalchemy.select(
        ticket, _concatenate(func.char(*letters, TimeEntry.minutes)).label("entries")
    )
    each = each.where(*conditions).group_by(ticket).subquery()
    told: Any = sqlalchemy.select(*facts, _concatenate(each.c.entries)).select_from(each)
    told = told.join(Ticket, col(Ticket.id) == each.c.ticket_id).group_by(*facts)
    found = []
    for *values, entries in session.execute(gate.unscoped(told, "only time the actor may read")):
        for held, minutes in _add_up(entries, wide):
            of_ticket, of_entry = iter(values), iter(held)
            told_apart = [next(of_entry if column.class_ is TimeEntry else of_ticket) for column in asked]
            found.append((*told_apart, minutes))
    return found


def _concatenate(texts: Any) -> Any:
    return func.group_concat(texts, literal_column("''"))


def _is_wide(session: Session, column: Any) -> bool:
    """Tell whether a column's numbers take two characters."""
    numbered = ENTRY_COLUMNS[column.key]
    most = session.execute(sqlalchemy.select(func.max(numbered))).scalar_one() if numbered is not None else 1
    return (most or 0) + 1 >= 1 << BITS


def _to_characters(column: Any, *, two: bool) -> list[Any]:
    """A number as one character or two, none of them the one that ends a text."""
    number = sqlalchemy.type_coerce(column, sqlalchemy.Integer)
    one, low = literal_column("1"), literal_column(str((1 << BITS) - 1))
    if two:
        return [number.op(">>")(literal_column(str(BITS))) + one, number.op("&")(low) + one]
    return [number + one]


def _add_up(text: str, wide: Sequence[bool]) -> list[tuple[list[int], int]]:
    """Return the minutes for each of the numbers that stand before them in a text, by how many characters they take."""
    read = numpy.frombuffer(text.encode("utf-32-le"), dtype="<u4").reshape(-1, len(wide) + sum(wide) + 1)
    place, known = 0, []
    key = numpy.zeros(1, dtype="i8")
    for two in wide:
        numbers = read[:, place].astype("i8" if two else "u2") - 1  # the shorter are sorted in less time
        if two:
            place += 1
            numbers = (numbers << BITS) | (read[:, place].astype("i8") - 1)
        place += 1
        distinct, which = numpy.unique(numbers, return_inverse=True)
        key = key * len(distinct) + which
        known.append(distinct.tolist())
    used, which = (
        (numpy.arange(len(known[0])), key) if len(known) == 1 else numpy.unique(key, return_inverse=True)
    )
    minutes = numpy.bincount(which, weights=read[:, -1])
    return [
        (_split_key(each, known), int(sum_))
        for each, sum_ in zip(used.tolist(), minutes.tolist(), strict=True)
    ]


def _split_key(key: int, known: list[list[int]]) -> list[int]:
    found = []
    for distinct in reversed(known):
        key, place = divmod(key, len(distinct))
        found.append(distinct[place])
    return found[::-1]
