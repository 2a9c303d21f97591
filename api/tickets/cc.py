"""Who is in copy of a ticket, and so sees it as its requester does."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.problems import NOTHING
from api.shared.schemas import HIGHEST, Named, Number, Page, done, shown
from lib.access.gate import Actor
from lib.conversation import cc
from lib.core.errors import NotFound
from lib.people import accounts
from lib.tickets import tickets
from lib.transactions import act, see

router = APIRouter(tags=["tickets"])

Whom = Annotated[Annotated[int, Path(ge=1, le=HIGHEST)] | Literal["me"], Path()]


def _id(me: Actor, person: int | str) -> int:
    return me.person_id if isinstance(person, str) else person


@router.get("/tickets/{number}/participants", response_model=Page[Named])
def read(me: Me, number: Number) -> Response:
    """List who is in copy."""
    with see() as session:
        found = cc.of(session, me, tickets.find(session, me, number))
    return shown(Page(items=[Named(id=p.id, name=p.name) for p in found]))


@router.get("/tickets/{number}/participants/{person}", response_model=Named)
def show(me: Me, number: Number, person: Whom) -> Response:
    """Tell whether somebody, or `me`, is in copy; 404 when not."""
    with see() as session:
        found = cc.of(session, me, tickets.find(session, me, number))
    for card in found:
        if card.id == _id(me, person):
            return shown(Named(id=card.id, name=card.name))
    raise NotFound(NOTHING)


@router.put("/tickets/{number}/participants/{person}", status_code=204)
def add(me: Me, number: Number, person: Whom) -> Response:
    """Put somebody, or `me`, in copy."""
    with act() as session:
        ticket = tickets.find(session, me, number, to_change=True)
        tickets.copy_in(session, me, ticket, accounts.find(session, me, _id(me, person)))
    return done()


@router.delete("/tickets/{number}/participants/{person}", status_code=204)
def remove(me: Me, number: Number, person: Whom) -> Response:
    """Take somebody, or `me`, out of the copy."""
    with act() as session:
        ticket = tickets.find(session, me, number, to_change=True)
        tickets.copy_out(session, me, ticket, accounts.find(session, me, _id(me, person)))
    return done()
