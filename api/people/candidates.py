"""Who may work a ticket, the best fit first."""

from datetime import date

from fastapi import APIRouter
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import Named, Number, Page, Shape, shown
from lib.assignment import candidates
from lib.tickets import tickets
from lib.transactions import see

router = APIRouter(tags=["tickets"])


class Assignee(Shape):
    """Somebody who may work the ticket, and in `reason` how they fit.

    `knows` is the category for which they do; `open` counts their open tickets that you may see.
    """

    person: Named
    knows: str | None
    open: int
    away_until: date | None
    reason: str


@router.get("/tickets/{number}/assignees", response_model=Page[Assignee])
def read(me: Me, number: Number) -> Response:
    """List who may work a ticket, the best fit first."""
    with see() as session:
        found = candidates.of(session, me, tickets.find(session, me, number))
    items = [
        Assignee(
            person=Named(id=c.id, name=c.name),
            knows=c.knows,
            open=c.open,
            away_until=c.away_until,
            reason=c.reason,
        )
        for c in found
    ]
    return shown(Page(items=items))
