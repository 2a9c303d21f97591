"""What is new on a ticket since you looked."""

from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import Number, Shape, done, shown
from lib.conversation import read_markers
from lib.tickets import tickets
from lib.transactions import act, see

router = APIRouter(tags=["tickets"])


class Look(Shape):
    """When you looked at a ticket last, and whether others did something since that you may see."""

    seen: datetime | None
    unread: bool


@router.get("/tickets/{number}/seen", response_model=Look)
def read(me: Me, number: Number) -> Response:
    """Tell when you looked at a ticket last, and whether something is new."""
    with see() as session:
        found = read_markers.last(session, me, tickets.find(session, me, number))
        return shown(Look(seen=found.at, unread=number in read_markers.fresh(session, me, [number])))


@router.put("/tickets/{number}/seen", status_code=204)
def look(me: Me, number: Number) -> Response:
    """Note that you have seen a ticket as it is now."""
    with act() as session:
        ticket = tickets.find(session, me, number)
        read_markers.look(session, me, ticket, event_id=read_markers.last(session, me, ticket).newest)
    return done()


@router.delete("/tickets/{number}/seen", status_code=204)
def mark(me: Me, number: Number) -> Response:
    """Let the last thing that others did there be new again."""
    with act() as session:
        read_markers.mark(session, me, tickets.find(session, me, number))
    return done()
