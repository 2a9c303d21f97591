"""Reports as files."""

from collections.abc import Sequence
from typing import Literal

from starlette.responses import Response

from lib.insight import exports
from lib.insight.exports import Line

Kind = Literal["csv", "xlsx"]


def sheet(lines: Sequence[Line], *, name: str, kind: Kind) -> Response:
    """Return lines as a file to keep, in which a spreadsheet finds no formula."""
    if kind == "csv":
        body = b"".join(exports.as_csv([lines]))
    else:
        with exports.as_xlsx([lines]) as file:
            body = file.read()
    kept = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(body, media_type=exports.TYPES[kind], headers=kept)
