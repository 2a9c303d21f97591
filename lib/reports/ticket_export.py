"""Lists of tickets as files: CSV and XLSX, read in batches, with nothing in them that a spreadsheet would calculate."""

import csv
import io
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain
from operator import attrgetter
from typing import IO
from zoneinfo import ZoneInfo

from sqlmodel import Session

from db.vocabulary import Permission
from lib.access import gate
from lib.access.gate import Actor
from lib.catalog import custom_field_values, tags
from lib.catalog.custom_fields import FieldCard
from lib.catalog.ticket_fields import FIELDS, FieldType, TicketField, TicketRow
from lib.lists import filters, ticket_list
from lib.lists.filters import TicketFilter

MAX_TICKETS = 100_000
"""Tickets in one export."""
BATCH_SIZE = 500
EXPORTED = [field for field in FIELDS if field.export]
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""What a file of each format is called on the way."""
TRUNCATED_NOTE = f"Only the first {MAX_TICKETS:,} tickets are here. Narrow the list to export the rest."
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet take a cell for a formula, full-width forms too."""

_INVISIBLE = " \u00a0\u3000\u200c\u200d"
"""What may stand before it unseen."""

_NEGATIVE_NUMBER = re.compile("-[0-9.,]*[0-9][0-9.,]*(?:[eE][+-]?[0-9]+)?%?")
"""A negative number, with a decimal point or a decimal comma: no formula."""
_WORKBOOK_OPTIONS = {"remove_timezone": True, "constant_memory": True, "in_memory": False}
"""How workbooks are written: XLSX knows no time zones, so times stand there as the person's clock shows them."""

_NUMBER_FORMATS: dict[type, str] = {date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm:ss", Decimal: "0.00"}
_FIRST_YEAR = 1900
"""Workbooks know no earlier days: those are written as text."""

Cell = str | int | float | Decimal | date | datetime
"""Text, a number, a day or a time: both formats write each as what it is."""
TableRow = tuple[Cell, ...]


@dataclass(frozen=True)
class Export:
    """What is to be exported, permitted and narrowed; read it with `build_heading` and `read_batch`."""

    actor: Actor
    narrowed: TicketFilter
    sort: str
    fields: tuple[FieldCard, ...] = ()
    """The desk's own, each a column at the end."""
    notes: tuple[str, ...] = ()
    """What was not understood of the search, a sentence each: they are the last lines."""


@dataclass(frozen=True)
class ExportPosition:
    """How far an export has got."""

    cursor: str | None = None
    done: int = 0


@dataclass(frozen=True)
class Batch:
    """Some lines, and the place after them, or None at the end: read each batch in a transaction of its own."""

    lines: tuple[TableRow, ...]
    next: ExportPosition | None


def prepare(
    actor: Actor,
    narrowed: TicketFilter,
    *,
    sort: str = "-updated",
    fields: Sequence[FieldCard] = (),
    notes: Sequence[str] = (),
) -> Export:
    """Return the export of a list, of the tickets that the permission to export reaches. Raises NotPermitted.

    `fields` are those of the desk's own that `custom_field_values.list_columns` gave for the actor.
    """
    gate.require(actor, Permission.EXPORT_TICKETS)
    reach = gate.scope_condition(actor, Permission.EXPORT_TICKETS)
    return Export(actor, filters.combine(narrowed, TicketFilter((reach,))), sort, tuple(fields), tuple(notes))


def build_heading(export: Export) -> Batch:
    """Return what an export begins with."""
    return Batch(
        ((*(field.export for field in EXPORTED), *(card.name for card in export.fields)),), ExportPosition()
    )


def read_batch(session: Session, export: Export, place: ExportPosition) -> Batch:
    """Return the lines that follow a place; the last ones are sentences on tickets beyond MOST and on the search."""
    notes = tuple((note,) for note in export.notes)
    if place.done >= MAX_TICKETS:
        return Batch(((TRUNCATED_NOTE,), *notes), None)
    limit = min(BATCH_SIZE, MAX_TICKETS - place.done)
    page = ticket_list.get_page(
        session, export.actor, export.narrowed, sort=export.sort, cursor=place.cursor, limit=limit
    )
    zone = export.actor.zone
    numbers = [row.number for row in page.rows]
    borne = tags.get_for_tickets(session, numbers)
    held = custom_field_values.get_for_tickets(session, export.actor, export.fields, numbers)
    lines = tuple(
        (
            *_build_row(row, zone, borne.get(row.number, ())),
            *(held.get(row.number, {}).get(card.id, "") for card in export.fields),
        )
        for row in page.rows
    )
    return (
        Batch(lines, ExportPosition(page.next, place.done + limit))
        if page.next
        else Batch(lines + notes, None)
    )


def to_csv(lines: Iterable[Sequence[TableRow]]) -> Iterator[bytes]:
    """Yield lines as CSV (UTF-8 with a mark, so that spreadsheets know), guarded against formulas."""
    yield "\ufeff".encode()
    for batch in lines:
        held = io.StringIO()
        csv.writer(held).writerows(
            [[escape_formula(_to_plain_value(cell)) for cell in line] for line in batch]
        )
        yield held.getvalue().encode()


def to_xlsx(lines: Iterable[Sequence[TableRow]]) -> IO[bytes]:
    """Return lines as an XLSX file, kept on disk while it is written; every text in it is text. Close it."""
    import xlsxwriter

    file = tempfile.TemporaryFile()  # noqa: SIM115 - handed on
    book = xlsxwriter.Workbook(file, _WORKBOOK_OPTIONS)
    sheet = book.add_worksheet("Tickets")
    shapes = {kind: book.add_format({"num_format": f}) for kind, f in _NUMBER_FORMATS.items()}
    sheet.freeze_panes(1, 0)
    for place, line in enumerate(chain.from_iterable(lines)):
        for column, cell in enumerate(line):
            if isinstance(cell, date) and cell.year >= _FIRST_YEAR:
                at = cell if isinstance(cell, datetime) else datetime.combine(cell, time())
                sheet.write_datetime(place, column, at, shapes[type(cell)])
            elif isinstance(cell, int | float | Decimal):
                sheet.write_number(place, column, float(cell), shapes.get(type(cell)))
            else:
                sheet.write_string(place, column, str(_to_plain_value(cell)))
    book.close()
    file.seek(0)
    return file


def _to_plain_value(cell: Cell) -> Cell:
    """Return a cell as CSV has it: a time with its offset, a number without needless digits."""
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else cell
    return cell.isoformat() if isinstance(cell, date) else cell


def escape_formula(cell: Cell) -> Cell:
    """Return a cell so that a spreadsheet takes it for text: an apostrophe stands before what could be a formula."""
    if not isinstance(cell, str):
        return cell
    seen = cell.strip(_INVISIBLE)
    return f"'{cell}" if seen.startswith(_FORMULA_STARTS) and not _NEGATIVE_NUMBER.fullmatch(seen) else cell


def _build_cell_reader(field: TicketField) -> Callable[[TicketRow, ZoneInfo, Sequence[str]], Cell]:
    """Return what reads a cell: made once, as an export has many."""
    if field.type == FieldType.TAGS:
        return lambda _row, _zone, borne: ", ".join(borne)
    shown = attrgetter(field.shown)
    match field.type:
        case FieldType.FLAG:
            return lambda row, _zone, _borne: "yes" if shown(row) else "no"
        case FieldType.LEVEL:
            return lambda row, _zone, _borne: shown(row).label
        case FieldType.MOMENT:
            return lambda row, zone, _borne: at.astimezone(zone) if (at := shown(row)) else ""
    return lambda row, _zone, _borne: "" if (value := shown(row)) is None else value


_CELL_READERS = [_build_cell_reader(field) for field in EXPORTED]


def _build_row(row: TicketRow, zone: ZoneInfo, borne: Sequence[str]) -> TableRow:
    return tuple([cell(row, zone, borne) for cell in _CELL_READERS])
