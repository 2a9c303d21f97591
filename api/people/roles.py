"""Roles: who may do what."""

from fastapi import APIRouter
from starlette.responses import Response

from api.shared.schemas import Page, Shape, shown
from db.vocabulary import Permission, Scope
from lib.access import roles
from lib.transactions import see

router = APIRouter(tags=["people"])

Reach = dict[str, str]
"""A permission's name, and how far it reaches: `own`, `team` or `all`."""


class Role(Shape):
    """A role, with its permissions and how far each reaches: `own`, `team` or `all`."""

    id: int
    name: str
    built_in: bool
    permissions: Reach


def reach(scopes: dict[Permission, Scope]) -> Reach:
    """Return permissions by name, without those that reach nothing, or that nothing asks for yet."""
    return {p.value: s.name.lower() for p, s in sorted(scopes.items()) if s and p not in roles.PLANNED}


@router.get("/roles", response_model=Page[Role])
def read() -> Response:
    """List the roles."""
    with see() as session:
        found = roles.every(session)
    items = [
        Role(id=r.id, name=r.name, built_in=r.built_in, permissions=reach(dict(r.scopes))) for r in found
    ]
    return shown(Page(items=items))
