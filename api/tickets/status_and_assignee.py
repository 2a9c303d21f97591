"""A ticket's status and assignee, each with a route of its own."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import (
    MAX_ID,
    Flag,
    Id,
    PathNumber,
    RequestSchema,
    ResponseSchema,
    StorableText,
    Version,
    json_response,
    no_content,
)
from api.tickets.conflicts import attach_current_ticket
from api.tickets.ticket_schemas import TicketFull, to_full_ticket
from lib.access.gate import Actor
from lib.catalog import statuses
from lib.core.errors import Invalid
from lib.lists import board
from lib.markdown import rendering
from lib.tickets import duplicates, tickets
from lib.tickets.tickets import Ticket
from lib.transactions import Session, act

router = APIRouter(tags=["tickets"])


class TicketMove(RequestSchema):
    """The new status, by id or name."""

    status: Id | StorableText
    version: Version
    reason: StorableText = Field("", description="the reason, if the workflow requires one")
    duplicates: Flag = Field(False, description="also complete its open duplicates, with the same reply")
    answer: StorableText = Field("", description="with `duplicates`: a public reply on each")


class OpenDuplicate(ResponseSchema):
    """A duplicate that stays open, with the reason."""

    number: int
    detail: str


class MovedTicket(TicketFull):
    """The changed ticket. `left_open` lists duplicates that could not be completed with it."""

    left_open: list[OpenDuplicate] = Field(default_factory=list)


class Assignment(RequestSchema):
    """The new assignee."""

    assignee: Id | Literal["me"]
    version: Version
    reason: StorableText = Field("", description="the reason, which staff can read in the history")


@router.put("/tickets/{number}/status", response_model=MovedTicket)
def move_ticket(me: Me, number: PathNumber, form: TicketMove) -> Response:
    """Change a ticket's status. Can complete its duplicates too."""
    if form.answer and not form.duplicates:
        sentence = "`answer` is for duplicates. For one ticket, add a comment."
        raise Invalid(sentence, fields={"answer": sentence})
    rendering.prerender(form.answer)
    with attach_current_ticket(me, number), act() as session:
        if form.duplicates:
            ticket, left = duplicates.complete(
                session, me, number, to=statuses.get(session, form.status), seen=form.version,
                reason=form.reason, answer=form.answer,
            )  # fmt: skip
            return _build_moved_response(session, me, ticket, left)
        ticket = tickets.find(session, me, number, to_change=True)
        to = statuses.get(session, form.status)
        tickets.move(session, me, ticket, to=to, seen=form.version, reason=form.reason)
        return _build_moved_response(session, me, ticket, [])


def _build_moved_response(
    session: Session, me: Actor, ticket: Ticket, left: list[duplicates.SkippedDuplicate]
) -> Response:
    facts = to_full_ticket(session, me, ticket).model_dump()
    return json_response(
        MovedTicket(**facts, left_open=[OpenDuplicate(number=each.number, detail=each.why) for each in left])
    )


@router.put("/tickets/{number}/assignee", response_model=TicketFull)
def assign_ticket(me: Me, number: PathNumber, form: Assignment) -> Response:
    """Assign a ticket to a member of its team."""
    with attach_current_ticket(me, number), act() as session:
        ticket = tickets.find(session, me, number, to_change=True)
        to = me.person_id if form.assignee == "me" else form.assignee
        tickets.assign(session, me, ticket, to=to, seen=form.version, reason=form.reason)
        return json_response(to_full_ticket(session, me, ticket))


@router.delete("/tickets/{number}/assignee", response_model=TicketFull)
def unassign_ticket(
    me: Me,
    number: PathNumber,
    version: Annotated[int, Query(ge=1, le=MAX_ID)],
    reason: Annotated[
        StorableText, Query(description="the reason, which staff can read in the history")
    ] = "",
) -> Response:
    """Unassign a ticket."""
    with attach_current_ticket(me, number), act() as session:
        ticket = tickets.find(session, me, number, to_change=True)
        tickets.unassign(session, me, ticket, seen=version, reason=reason)
        return json_response(to_full_ticket(session, me, ticket))


class BoardPlace(RequestSchema):
    """The ticket of the same status that it comes before on the board, or null for the end."""

    before: Id | None


@router.put("/tickets/{number}/place", status_code=204)
def place_ticket_on_board(me: Me, number: PathNumber, form: BoardPlace) -> Response:
    """Set a ticket's position in its column of the board."""
    with act() as session:
        board.place(session, me, tickets.find(session, me, number, to_change=True), before=form.before)
    return no_content()


@router.post("/tickets/{number}/take", response_model=TicketFull)
def assign_ticket_to_me(me: Me, number: PathNumber) -> Response:
    """Assign an unassigned ticket to yourself. 409 names the person who was first."""
    with attach_current_ticket(me, number), act() as session:
        ticket = tickets.find(session, me, number, to_change=True)
        tickets.claim(session, me, ticket)
        return json_response(to_full_ticket(session, me, ticket))
