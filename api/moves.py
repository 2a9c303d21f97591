"""A ticket's status and assignee, each with a route of its own."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.door import Me
from api.facing import facing
from api.shapes import HIGHEST, Form, Id, Number, Version, Words, shown
from api.ticket_shapes import TicketFull, full
from lib.desk import statuses, tickets
from lib.transactions import act

router = APIRouter(tags=["tickets"])


class Move(Form):
    """Where the ticket is to stand, by the status' id or name."""

    status: Id | Words
    version: Version


class Assignment(Form):
    """Who is to be accountable."""

    assignee: Id | Literal["me"]
    version: Version


@router.put("/tickets/{number}/status", response_model=TicketFull)
def move(me: Me, number: Number, form: Move) -> Response:
    """Move a ticket to another status."""
    with facing(me, number), act() as session:
        ticket = tickets.find(session, me, number, to_change=True)
        tickets.move(session, me, ticket, to=statuses.find(session, form.status), seen=form.version)
        return shown(full(session, me, ticket))


@router.put("/tickets/{number}/assignee", response_model=TicketFull)
def assign(me: Me, number: Number, form: Assignment) -> Response:
    """Make one person of the ticket's team accountable for it."""
    with facing(me, number), act() as session:
        ticket = tickets.find(session, me, number, to_change=True)
        to = me.id or 0 if form.assignee == "me" else form.assignee
        tickets.assign(session, me, ticket, to=to, seen=form.version)
        return shown(full(session, me, ticket))


@router.delete("/tickets/{number}/assignee", response_model=TicketFull)
def unassign(me: Me, number: Number, version: Annotated[int, Query(ge=1, le=HIGHEST)]) -> Response:
    """Let nobody be accountable for a ticket."""
    with facing(me, number), act() as session:
        ticket = tickets.find(session, me, number, to_change=True)
        tickets.unassign(session, me, ticket, seen=version)
        return shown(full(session, me, ticket))


@router.post("/tickets/{number}/take", response_model=TicketFull)
def take(me: Me, number: Number) -> Response:
    """Take an unassigned ticket; 409 names who was first."""
    with facing(me, number), act() as session:
        ticket = tickets.find(session, me, number, to_change=True)
        tickets.take(session, me, ticket)
        return shown(full(session, me, ticket))
