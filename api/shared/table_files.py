"""Tables as files to keep, in which a spreadsheet finds no formula."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from starlette.responses import Response, StreamingResponse

from lib.reports import ticket_export
from lib.reports.ticket_export import TableRow

FileType = Literal["csv", "xlsx"]
CHUNK_BYTES = 64 * 1024
"""Bytes of a file that are sent at once."""


def build_file_response(batches: Iterable[Sequence[TableRow]], *, name: str, kind: FileType) -> Response:
    """Return lines as a file, sent while they are read."""
    kept = {"Content-Disposition": f'attachment; filename="{name}.{kind}"', "Content-Encoding": "identity"}
    return StreamingResponse(
        _iterate_bytes(batches, kind), media_type=ticket_export.CONTENT_TYPES[kind], headers=kept
    )


def _iterate_bytes(batches: Iterable[Sequence[TableRow]], kind: FileType) -> Iterator[bytes]:
    if kind == "csv":
        yield from ticket_export.to_csv(batches)
        return
    with ticket_export.to_xlsx(batches) as file:
        while piece := file.read(CHUNK_BYTES):
            yield piece
