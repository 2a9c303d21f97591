"""How a ticket stands to others."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.idempotency import CreateDependency, CreatedResource
from api.shared.schemas import MAX_ID, Id, Page, PathNumber, RequestSchema, json_response, no_content
from api.tickets.ticket_schemas import LinkName, TicketLink, to_links
from lib.tickets import links, tickets
from lib.transactions import Session, act, see

router = APIRouter(tags=["links"])


class NewLink(RequestSchema):
    """The link from the ticket in the path to the other: `blocks`, `parent`, `relates` or `duplicates`."""

    kind: LinkName
    ticket: Id


@router.get("/tickets/{number}/links", response_model=Page[TicketLink])
def list_links(me: Me, number: PathNumber) -> Response:
    """List a ticket's links to tickets you may see."""
    with see() as session:
        return json_response(Page(items=to_links(session, me, tickets.find(session, me, number))))


@router.post("/tickets/{number}/links", status_code=201, response_model=TicketLink)
def create_link(creating: CreateDependency, number: PathNumber, form: NewLink) -> Response:
    """Link two tickets. Links can't form a circle."""

    def create(session: Session) -> CreatedResource:
        ticket = tickets.find(session, creating.me, number, to_change=True)
        other = tickets.find(session, creating.me, form.ticket)
        links.link(session, creating.me, ticket, name=form.kind, other=other)
        made = next(
            each
            for each in to_links(session, creating.me, ticket)
            if each.kind == form.kind and each.ticket == form.ticket
        )
        return CreatedResource(f"/tickets/{number}/links", made)

    return creating.once(form, create)


@router.delete("/tickets/{number}/links", status_code=204)
def delete_link(
    me: Me, number: PathNumber, kind: LinkName, ticket: Annotated[int, Query(ge=1, le=MAX_ID)]
) -> Response:
    """Remove a link. Succeeds if there is none."""
    with act() as session:
        own = tickets.find(session, me, number, to_change=True)
        links.unlink(session, me, own, name=kind, other=tickets.find(session, me, ticket))
    return no_content()
