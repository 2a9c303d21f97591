"""Who watches a ticket, and whether you do."""

from fastapi import APIRouter
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.problems import NOT_FOUND
from api.shared.schemas import Page, PathNumber, Reference, json_response, no_content
from lib.conversation import watchers
from lib.core.errors import NotFound
from lib.tickets import tickets
from lib.transactions import act, see

router = APIRouter(tags=["tickets"])


@router.get("/tickets/{number}/watchers", response_model=Page[Reference])
def list_watchers(me: Me, number: PathNumber) -> Response:
    """List who watches a ticket. People who don't work on it see only themselves."""
    with see() as session:
        found = watchers.list_for_ticket(session, me, tickets.find(session, me, number))
    return json_response(Page(items=[Reference(id=p.id, name=p.name) for p in found]))


@router.get("/tickets/{number}/watchers/me", response_model=Reference)
def get_own_watch(me: Me, number: PathNumber) -> Response:
    """Check whether you watch a ticket. 404 if not."""
    with see() as session:
        found = watchers.list_for_ticket(session, me, tickets.find(session, me, number))
    for card in found:
        if card.id == me.id:
            return json_response(Reference(id=card.id, name=card.name))
    raise NotFound(NOT_FOUND)


@router.put("/tickets/{number}/watchers/me", status_code=204)
def watch_ticket(me: Me, number: PathNumber) -> Response:
    """Watch a ticket."""
    with act() as session:
        watchers.watch(session, me, tickets.find(session, me, number))
    return no_content()


@router.delete("/tickets/{number}/watchers/me", status_code=204)
def unwatch_ticket(me: Me, number: PathNumber) -> Response:
    """Stop watching a ticket."""
    with act() as session:
        watchers.unwatch(session, me, tickets.find(session, me, number))
    return no_content()
