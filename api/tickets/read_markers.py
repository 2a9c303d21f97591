"""What is new on a ticket since you looked."""

from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import PathNumber, ResponseSchema, json_response, no_content
from lib.conversation import read_markers
from lib.tickets import tickets
from lib.transactions import act, see

router = APIRouter(tags=["tickets"])


class ReadMarker(ResponseSchema):
    """When you last read a ticket, and whether others added something that you may see since then."""

    seen: datetime | None
    unread: bool


@router.get("/tickets/{number}/seen", response_model=ReadMarker)
def get_read_marker(me: Me, number: PathNumber) -> Response:
    """Get when you last read a ticket, and whether it has new activity."""
    with see() as session:
        found = read_markers.get(session, me, tickets.find(session, me, number))
        return json_response(
            ReadMarker(seen=found.at, unread=number in read_markers.find_unread(session, me, [number]))
        )


@router.put("/tickets/{number}/seen", status_code=204)
def mark_ticket_read(me: Me, number: PathNumber) -> Response:
    """Mark a ticket as read."""
    with act() as session:
        ticket = tickets.find(session, me, number)
        read_markers.mark_read(session, me, ticket, event_id=read_markers.get(session, me, ticket).newest)
    return no_content()


@router.delete("/tickets/{number}/seen", status_code=204)
def mark_ticket_unread(me: Me, number: PathNumber) -> Response:
    """Mark a ticket as unread."""
    with act() as session:
        read_markers.mark_unread(session, me, tickets.find(session, me, number))
    return no_content()
