"""Statuses: where a ticket may stand."""

from fastapi import APIRouter
from starlette.responses import Response

from api.shapes import Page, shown
from api.ticket_shapes import StatusName
from lib.desk import statuses
from lib.transactions import see

router = APIRouter(tags=["statuses"])


class Status(StatusName):
    """A status; `counts` tells whether a ticket done this way counts as resolved."""

    counts: bool


@router.get("/statuses", response_model=Page[Status])
def read() -> Response:
    """List the statuses, in the desk's order."""
    with see() as session:
        found = statuses.every(session)
    return shown(Page(items=[Status(id=s.id, name=s.name, kind=s.kind, counts=s.counts) for s in found]))
