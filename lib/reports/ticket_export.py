"""Ticket export: lists of tickets as CSV or XLSX, read in batches and protected against spreadsheet formulas."""

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
"""Maximum number of tickets in one export."""
BATCH_SIZE = 500
EXPORTED = [field for field in FIELDS if field.export]
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The content type of each format."""
TRUNCATED_NOTE = f"Only the first {MAX_TICKETS:,} tickets are here. Narrow the list to export the rest."
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Characters that make a spreadsheet read a cell as a formula, including full-width forms."""

_INVISIBLE = " \u00a0\u3000\u200c\u200d"
"""Invisible characters that may come before them."""

_NEGATIVE_NUMBER = re.compile("-[0-9.,]*[0-9][0-9.,]*(?:[eE][+-]?[0-9]+)?%?")
"""A negative number with a decimal point or comma, which is not a formula."""
_WORKBOOK_OPTIONS = {"remove_timezone": True, "constant_memory": True, "in_memory": False}
"""XLSX has no time zones, so times are written as the person's clock shows them."""

_NUMBER_FORMATS: dict[type, str] = {date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm:ss", Decimal: "0.00"}
_FIRST_YEAR = 1900
"""Workbooks support no earlier dates. Those are written as text."""

Cell = str | int | float | Decimal | date | datetime
"""Text, a number, a date or a time. Both formats keep the type."""
TableRow = tuple[Cell, ...]


@dataclass(frozen=True)
class Export:
    """An export that was permitted and filtered. Read it with `build_heading` and `read_batch`."""

    actor: Actor
    narrowed: TicketFilter
    sort: str
    fields: tuple[FieldCard, ...] = ()
    """Custom fields, each a column at the end."""
    notes: tuple[str, ...] = ()
    """A sentence for each part of the search that was not understood, written as the last rows."""


@dataclass(frozen=True)
class ExportPosition:
    """How far an export has got."""

    cursor: str | None = None
    done: int = 0


@dataclass(frozen=True)
class Batch:
    """Some rows and the position after them, None at the end. Read each batch in its own transaction."""

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
    """Return the export of a list, limited to the scope of the export permission. Raises NotPermitted.

    `fields` are the custom fields that `custom_field_values.list_columns` returned for the actor.
    """
    gate.require(actor, Permission.EXPORT_TICKETS)
    reach = gate.scope_condition(actor, Permission.EXPORT_TICKETS)
    return Export(actor, filters.combine(narrowed, TicketFilter((reach,))), sort, tuple(fields), tuple(notes))


def build_heading(export: Export) -> Batch:
    """Return the heading row of an export."""
    return Batch(
        ((*(field.export for field in EXPORTED), *(card.name for card in export.fields)),), ExportPosition()
    )


def read_batch(session: Session, export: Export, place: ExportPosition) -> Batch:
    """Return the rows after a position. The last rows are notes on tickets beyond MAX_TICKETS and on the search."""
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
    """Yield rows as CSV, protected against formulas. UTF-8 with a byte order mark, so that spreadsheets detect it."""
    yield "\ufeff".encode()
    for batch in lines:
        held = io.StringIO()
        csv.writer(held).writerows(
            [[escape_formula(_to_plain_value(cell)) for cell in line] for line in batch]
        )
        yield held.getvalue().encode()


def to_xlsx(lines: Iterable[Sequence[TableRow]]) -> IO[bytes]:
    """Return rows as an XLSX file, kept on disk while it is written. Texts are never formulas. The caller closes it."""
    import xlsxwriter

    file = tempfile.TemporaryFile()  # noqa: SIM115 - returned to the caller
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
    """Return a cell as written to CSV: times with their UTC offset, whole numbers without decimals."""
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else cell
    return cell.isoformat() if isinstance(cell, date) else cell


def escape_formula(cell: Cell) -> Cell:
    """Return a cell that a spreadsheet reads as text: an apostrophe is put before what could be a formula."""
    if not isinstance(cell, str):
        return cell
    seen = cell.strip(_INVISIBLE)
    return f"'{cell}" if seen.startswith(_FORMULA_STARTS) and not _NEGATIVE_NUMBER.fullmatch(seen) else cell


def _build_cell_reader(field: TicketField) -> Callable[[TicketRow, ZoneInfo, Sequence[str]], Cell]:
    """Return a function that reads a cell. It is built once per field, because an export has many cells."""
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
