"""How a ticket stands to others."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.idempotency import Creating, Made
from api.shared.schemas import HIGHEST, Form, Id, Number, Page, done, shown
from api.tickets.ticket_schemas import Link, LinkName, linked
from lib.tickets import links, tickets
from lib.transactions import Session, act, see

router = APIRouter(tags=["links"])


class NewLink(Form):
    """What the ticket of the path does to the other: `blocks` it, has it as `parent`, `duplicates` it."""

    kind: LinkName
    ticket: Id


@router.get("/tickets/{number}/links", response_model=Page[Link])
def read(me: Me, number: Number) -> Response:
    """List a ticket's links to tickets you may see."""
    with see() as session:
        return shown(Page(items=linked(session, me, tickets.find(session, me, number))))


@router.post("/tickets/{number}/links", status_code=201, response_model=Link)
def add(creating: Creating, number: Number, form: NewLink) -> Response:
    """Link two tickets; never in a circle."""

    def deed(session: Session) -> Made:
        ticket = tickets.find(session, creating.me, number, to_change=True)
        other = tickets.find(session, creating.me, form.ticket)
        links.link(session, creating.me, ticket, name=form.kind, other=other)
        made = next(
            each
            for each in linked(session, creating.me, ticket)
            if each.kind == form.kind and each.ticket == form.ticket
        )
        return Made(f"/tickets/{number}/links", made)

    return creating.once(form, deed)


@router.delete("/tickets/{number}/links", status_code=204)
def remove(
    me: Me, number: Number, kind: LinkName, ticket: Annotated[int, Query(ge=1, le=HIGHEST)]
) -> Response:
    """Take a link away; none there is fine."""
    with act() as session:
        own = tickets.find(session, me, number, to_change=True)
        links.unlink(session, me, own, name=kind, other=tickets.find(session, me, ticket))
    return done()
