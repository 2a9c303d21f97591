"""Who may work a ticket, the best fit first."""

from datetime import date

from fastapi import APIRouter
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import Page, PathNumber, Reference, ResponseSchema, json_response
from lib.assignment import candidates
from lib.tickets import tickets
from lib.transactions import see

router = APIRouter(tags=["tickets"])


class AssigneeCandidate(ResponseSchema):
    """A person who can be assigned, with the `reason` why they fit.

    `knows` is the category for which they do; `open` counts their open tickets that you may see.
    """

    person: Reference
    knows: str | None
    open: int
    away_until: date | None
    reason: str


@router.get("/tickets/{number}/assignees", response_model=Page[AssigneeCandidate])
def list_assignee_candidates(me: Me, number: PathNumber) -> Response:
    """List who can be assigned to a ticket, best fit first."""
    with see() as session:
        found = candidates.list_for_ticket(session, me, tickets.find(session, me, number))
    items = [
        AssigneeCandidate(
            person=Reference(id=c.id, name=c.name),
            knows=c.knows,
            open=c.open,
            away_until=c.away_until,
            reason=c.reason,
        )
        for c in found
    ]
    return json_response(Page(items=items))
