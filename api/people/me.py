"""Who you are, what you may do, and where you are signed in."""

from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from api.people.roles import PermissionScopes, to_permission_scopes
from api.shared.auth import Me
from api.shared.schemas import Page, PathNumber, Reference, ResponseSchema, json_response, no_content
from lib.identity import sessions
from lib.people import teams
from lib.transactions import act, see

router = APIRouter(tags=["me"])


class Myself(ResponseSchema):
    """You, with your permissions and how far each reaches: `own`, `team` or `all`."""

    id: int
    name: str
    email: str
    role: Reference
    teams: list[Reference]
    timezone: str | None
    permissions: PermissionScopes


class BrowserSession(ResponseSchema):
    """A browser in which you are signed in; `here` is the one that asks."""

    id: int
    browser: str
    address: str
    created: datetime
    seen: datetime
    here: bool


@router.get("/me", response_model=Myself)
def get_me(me: Me) -> Response:
    """Get your account, and with a token its permissions."""
    with see() as session:
        mine = [Reference(id=t.id, name=t.name) for t in teams.list_all(session, me) if t.id in me.teams]
    return json_response(
        Myself(
            id=me.person_id,
            name=me.name,
            email=me.email,
            role=Reference(id=me.role_id or 0, name=me.role),
            teams=mine,
            timezone=me.timezone,
            permissions=to_permission_scopes(dict(me.scopes)),
        )
    )


@router.get("/me/sessions", response_model=Page[BrowserSession])
def list_sessions(me: Me) -> Response:
    """List the browsers in which you are signed in, most recently used first."""
    with see() as session:
        found = sessions.list_own(session, me)
    items = [
        BrowserSession(
            id=s.id, browser=s.browser, address=s.address, created=s.created_at, seen=s.seen_at, here=s.here
        )
        for s in found
    ]
    return json_response(Page(items=items))


@router.delete("/me/sessions/{id}", status_code=204)
def revoke_session(me: Me, id: PathNumber) -> Response:
    """Sign a browser out."""
    with act() as session:
        sessions.revoke(session, me, id)
    return no_content()
