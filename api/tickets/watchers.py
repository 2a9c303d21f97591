"""Who watches a ticket, and whether you do."""

from fastapi import APIRouter
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.problems import NOTHING
from api.shared.schemas import Named, Number, Page, done, shown
from lib.conversation import watchers
from lib.core.errors import NotFound
from lib.tickets import tickets
from lib.transactions import act, see

router = APIRouter(tags=["tickets"])


@router.get("/tickets/{number}/watchers", response_model=Page[Named])
def read(me: Me, number: Number) -> Response:
    """List who watches a ticket; those who don't work it see only themselves."""
    with see() as session:
        found = watchers.of(session, me, tickets.find(session, me, number))
    return shown(Page(items=[Named(id=p.id, name=p.name) for p in found]))


@router.get("/tickets/{number}/watchers/me", response_model=Named)
def show(me: Me, number: Number) -> Response:
    """Tell whether you watch a ticket; 404 when not."""
    with see() as session:
        found = watchers.of(session, me, tickets.find(session, me, number))
    for card in found:
        if card.id == me.id:
            return shown(Named(id=card.id, name=card.name))
    raise NotFound(NOTHING)


@router.put("/tickets/{number}/watchers/me", status_code=204)
def watch(me: Me, number: Number) -> Response:
    """Watch a ticket."""
    with act() as session:
        watchers.watch(session, me, tickets.find(session, me, number))
    return done()


@router.delete("/tickets/{number}/watchers/me", status_code=204)
def stop(me: Me, number: Number) -> Response:
    """Watch a ticket no longer."""
    with act() as session:
        watchers.stop(session, me, tickets.find(session, me, number))
    return done()
