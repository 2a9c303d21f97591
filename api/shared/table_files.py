"""Tables as files to keep, in which a spreadsheet finds no formula."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from starlette.responses import Response, StreamingResponse

from lib.reports import ticket_export
from lib.reports.ticket_export import Line

Kind = Literal["csv", "xlsx"]
CHUNK = 64 * 1024
"""Bytes of a file that are sent at once."""


def sheet(batches: Iterable[Sequence[Line]], *, name: str, kind: Kind) -> Response:
    """Return lines as a file, sent while they are read."""
    kept = {"Content-Disposition": f'attachment; filename="{name}.{kind}"', "Content-Encoding": "identity"}
    return StreamingResponse(_pieces(batches, kind), media_type=ticket_export.TYPES[kind], headers=kept)


def _pieces(batches: Iterable[Sequence[Line]], kind: Kind) -> Iterator[bytes]:
    if kind == "csv":
        yield from ticket_export.as_csv(batches)
        return
    with ticket_export.as_xlsx(batches) as file:
        while piece := file.read(CHUNK):
            yield piece
