"""Who you are, what you may do, and where you are signed in."""

from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from api.people.roles import Reach, reach
from api.shared.auth import Me
from api.shared.schemas import Named, Number, Page, Shape, done, shown
from lib.identity import sessions
from lib.people import teams
from lib.transactions import act, see

router = APIRouter(tags=["me"])


class Myself(Shape):
    """You, with your permissions and how far each reaches: `own`, `team` or `all`."""

    id: int
    name: str
    email: str
    role: Named
    teams: list[Named]
    timezone: str | None
    permissions: Reach


class SignedIn(Shape):
    """A browser in which you are signed in; `here` is the one that asks."""

    id: int
    browser: str
    address: str
    created: datetime
    seen: datetime
    here: bool


@router.get("/me", response_model=Myself)
def read(me: Me) -> Response:
    """Read who you are; through a token, what that lets you do."""
    with see() as session:
        mine = [Named(id=t.id, name=t.name) for t in teams.every(session, me) if t.id in me.teams]
    return shown(
        Myself(
            id=me.person_id,
            name=me.name,
            email=me.email,
            role=Named(id=me.role_id or 0, name=me.role),
            teams=mine,
            timezone=me.timezone,
            permissions=reach(dict(me.scopes)),
        )
    )


@router.get("/me/sessions", response_model=Page[SignedIn])
def where(me: Me) -> Response:
    """List the browsers in which you are signed in, last used first."""
    with see() as session:
        found = sessions.mine(session, me)
    items = [
        SignedIn(
            id=s.id, browser=s.browser, address=s.address, created=s.created_at, seen=s.seen_at, here=s.here
        )
        for s in found
    ]
    return shown(Page(items=items))


@router.delete("/me/sessions/{id}", status_code=204)
def end(me: Me, id: Number) -> Response:
    """Sign a browser out."""
    with act() as session:
        sessions.revoke(session, me, id)
    return done()
