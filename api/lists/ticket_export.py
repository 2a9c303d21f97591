"""The filtered list as a file."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import StorableText
from api.shared.table_files import FileType, build_file_response
from api.tickets.field_schemas import SortName
from api.tickets.tickets import TicketFilters
from lib.catalog import custom_field_values
from lib.core import clock
from lib.lists import filters, query_language
from lib.reports import ticket_export
from lib.reports.ticket_export import Export, TableRow
from lib.transactions import see

router = APIRouter(tags=["tickets"])


class ExportQuery(TicketFilters):
    """The tickets, filtered as in `GET /tickets`, and the file format. `zone` is for times, by default your own."""

    format: FileType = "csv"
    sort: SortName = "-updated"
    zone: StorableText | None = Field(None, max_length=60, description="a time zone such as Europe/Berlin")


@router.get("/tickets/export", response_class=Response)
def export_tickets(me: Me, asked: Annotated[ExportQuery, Query()]) -> Response:
    """Export the tickets of a list, as far as the permission `export.tickets` reaches, 100,000 at most.

    Sentences on what was not understood of `q` are the last lines.
    """
    me = replace(me, timezone=me.timezone or asked.zone)
    with see() as session:
        given = {name: getattr(asked, name) for name in filters.FIELDS}
        found, own = (
            query_language.parse_parameters(session, me, given),
            custom_field_values.list_columns(session, me),
        )
        chosen = ticket_export.prepare(me, found.narrowed, sort=asked.sort, fields=own, notes=found.puzzled)
    return build_file_response(
        _iterate_lines(chosen), name=f"tickets-{clock.now().astimezone(me.zone):%Y-%m-%d}", kind=asked.format
    )


def _iterate_lines(chosen: Export) -> Iterator[tuple[TableRow, ...]]:
    """Yield all lines, each batch read in a transaction of its own, so that a slow client holds none open."""
    batch = ticket_export.build_heading(chosen)
    yield batch.lines
    while batch.next:
        with see() as session:
            batch = ticket_export.read_batch(session, chosen, batch.next)
        yield batch.lines
