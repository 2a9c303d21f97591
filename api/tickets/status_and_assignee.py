"""A ticket's status and assignee, each with a route of its own."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import HIGHEST, Flag, Form, Id, Number, Shape, Version, Words, done, shown
from api.tickets.conflicts import facing
from api.tickets.ticket_schemas import TicketFull, full
from lib.access.gate import Actor
from lib.catalog import statuses
from lib.core.errors import Invalid
from lib.lists import board
from lib.markdown import rendering
from lib.tickets import duplicates, tickets
from lib.tickets.tickets import Ticket
from lib.transactions import Session, act

router = APIRouter(tags=["tickets"])


class Move(Form):
    """Where the ticket is to stand, by the status' id or name."""

    status: Id | Words
    version: Version
    reason: Words = Field("", description="why, where the workflow asks it")
    duplicates: Flag = Field(False, description="complete its open duplicates too, with the same answer")
    answer: Words = Field("", description="with `duplicates`: a public reply on each")


class Left(Shape):
    """A duplicate that stays open, and why."""

    number: int
    detail: str


class Moved(TicketFull):
    """The ticket as it is now; `left_open` holds the duplicates that could not be completed with it."""

    left_open: list[Left] = Field(default_factory=list)


class Assignment(Form):
    """Who is to be accountable."""

    assignee: Id | Literal["me"]
    version: Version
    reason: Words = Field("", description="why; colleagues read it in the history")


@router.put("/tickets/{number}/status", response_model=Moved)
def move(me: Me, number: Number, form: Move) -> Response:
    """Move a ticket to another status; when it is completed, its duplicates too, if asked."""
    if form.answer and not form.duplicates:
        sentence = "An answer goes with duplicates; for one ticket, add a comment."
        raise Invalid(sentence, fields={"answer": sentence})
    rendering.ahead(form.answer)
    with facing(me, number), act() as session:
        if form.duplicates:
            ticket, left = duplicates.complete(
                session, me, number, to=statuses.find(session, form.status), seen=form.version,
                reason=form.reason, answer=form.answer,
            )  # fmt: skip
            return _moved(session, me, ticket, left)
        ticket = tickets.find(session, me, number, to_change=True)
        to = statuses.find(session, form.status)
        tickets.move(session, me, ticket, to=to, seen=form.version, reason=form.reason)
        return _moved(session, me, ticket, [])


def _moved(session: Session, me: Actor, ticket: Ticket, left: list[duplicates.Left]) -> Response:
    facts = full(session, me, ticket).model_dump()
    return shown(Moved(**facts, left_open=[Left(number=each.number, detail=each.why) for each in left]))


@router.put("/tickets/{number}/assignee", response_model=TicketFull)
def assign(me: Me, number: Number, form: Assignment) -> Response:
    """Make one person of the ticket's team accountable for it."""
    with facing(me, number), act() as session:
        ticket = tickets.find(session, me, number, to_change=True)
        to = me.person_id if form.assignee == "me" else form.assignee
        tickets.assign(session, me, ticket, to=to, seen=form.version, reason=form.reason)
        return shown(full(session, me, ticket))


@router.delete("/tickets/{number}/assignee", response_model=TicketFull)
def unassign(
    me: Me,
    number: Number,
    version: Annotated[int, Query(ge=1, le=HIGHEST)],
    reason: Annotated[Words, Query(description="why; colleagues read it in the history")] = "",
) -> Response:
    """Let nobody be accountable for a ticket."""
    with facing(me, number), act() as session:
        ticket = tickets.find(session, me, number, to_change=True)
        tickets.unassign(session, me, ticket, seen=version, reason=reason)
        return shown(full(session, me, ticket))


class Place(Form):
    """Before which ticket of the same status it is to stand on the board; null puts it at the end."""

    before: Id | None


@router.put("/tickets/{number}/place", status_code=204)
def place(me: Me, number: Number, form: Place) -> Response:
    """Give a ticket its place in its column of the board."""
    with act() as session:
        board.place(session, me, tickets.find(session, me, number, to_change=True), before=form.before)
    return done()


@router.post("/tickets/{number}/take", response_model=TicketFull)
def take(me: Me, number: Number) -> Response:
    """Take an unassigned ticket; 409 names who was first."""
    with facing(me, number), act() as session:
        ticket = tickets.find(session, me, number, to_change=True)
        tickets.take(session, me, ticket)
        return shown(full(session, me, ticket))
