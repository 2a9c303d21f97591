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
    """When you looked at a ticket last, and whether others did something since that you may see."""

    seen: datetime | None
    unread: bool


@router.get("/tickets/{number}/seen", response_model=ReadMarker)
def get_read_marker(me: Me, number: PathNumber) -> Response:
    """Tell when you looked at a ticket last, and whether something is new."""
    with see() as session:
        found = read_markers.get(session, me, tickets.find(session, me, number))
        return json_response(
            ReadMarker(seen=found.at, unread=number in read_markers.find_unread(session, me, [number]))
        )


@router.put("/tickets/{number}/seen", status_code=204)
def mark_ticket_read(me: Me, number: PathNumber) -> Response:
    """Note that you have seen a ticket as it is now."""
    with act() as session:
        ticket = tickets.find(session, me, number)
        read_markers.mark_read(session, me, ticket, event_id=read_markers.get(session, me, ticket).newest)
    return no_content()


@router.delete("/tickets/{number}/seen", status_code=204)
def mark_ticket_unread(me: Me, number: PathNumber) -> Response:
    """Let the last thing that others did there be new again."""
    with act() as session:
        read_markers.mark_unread(session, me, tickets.find(session, me, number))
    return no_content()
