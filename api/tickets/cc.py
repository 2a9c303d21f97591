"""Who is in copy of a ticket, and so sees it as its requester does."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.problems import NOT_FOUND
from api.shared.schemas import MAX_ID, Page, PathNumber, Reference, json_response, no_content
from lib.access.gate import Actor
from lib.conversation import cc
from lib.core.errors import NotFound
from lib.people import accounts
from lib.tickets import tickets
from lib.transactions import act, see

router = APIRouter(tags=["tickets"])

PersonOrMe = Annotated[Annotated[int, Path(ge=1, le=MAX_ID)] | Literal["me"], Path()]


def _get_person_id(me: Actor, person: int | str) -> int:
    return me.person_id if isinstance(person, str) else person


@router.get("/tickets/{number}/participants", response_model=Page[Reference])
def list_participants(me: Me, number: PathNumber) -> Response:
    """List the people in CC."""
    with see() as session:
        found = cc.list_for_ticket(session, me, tickets.find(session, me, number))
    return json_response(Page(items=[Reference(id=p.id, name=p.name) for p in found]))


@router.get("/tickets/{number}/participants/{person}", response_model=Reference)
def get_participant(me: Me, number: PathNumber, person: PersonOrMe) -> Response:
    """Check whether a person, or `me`, is in CC. 404 if not."""
    with see() as session:
        found = cc.list_for_ticket(session, me, tickets.find(session, me, number))
    for card in found:
        if card.id == _get_person_id(me, person):
            return json_response(Reference(id=card.id, name=card.name))
    raise NotFound(NOT_FOUND)


@router.put("/tickets/{number}/participants/{person}", status_code=204)
def add_participant(me: Me, number: PathNumber, person: PersonOrMe) -> Response:
    """Add a person, or `me`, to CC."""
    with act() as session:
        ticket = tickets.find(session, me, number, to_change=True)
        tickets.add_cc(session, me, ticket, accounts.get(session, me, _get_person_id(me, person)))
    return no_content()


@router.delete("/tickets/{number}/participants/{person}", status_code=204)
def remove_participant(me: Me, number: PathNumber, person: PersonOrMe) -> Response:
    """Remove a person, or `me`, from CC."""
    with act() as session:
        ticket = tickets.find(session, me, number, to_change=True)
        tickets.remove_cc(session, me, ticket, accounts.get(session, me, _get_person_id(me, person)))
    return no_content()
