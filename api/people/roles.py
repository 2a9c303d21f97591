"""Roles: who may do what."""

from fastapi import APIRouter
from starlette.responses import Response

from api.shared.schemas import Page, ResponseSchema, json_response
from db.vocabulary import Permission, Scope
from lib.access import roles
from lib.transactions import see

router = APIRouter(tags=["people"])

PermissionScopes = dict[str, str]
"""A permission's name, and how far it reaches: `own`, `team` or `all`."""


class Role(ResponseSchema):
    """A role, with its permissions and how far each reaches: `own`, `team` or `all`."""

    id: int
    name: str
    built_in: bool
    permissions: PermissionScopes


def to_permission_scopes(scopes: dict[Permission, Scope]) -> PermissionScopes:
    """Return permissions by name, without those that reach nothing, or that nothing asks for yet."""
    return {p.value: s.name.lower() for p, s in sorted(scopes.items()) if s and p not in roles.PLANNED}


@router.get("/roles", response_model=Page[Role])
def list_roles() -> Response:
    """List the roles."""
    with see() as session:
        found = roles.list_all(session)
    items = [
        Role(id=r.id, name=r.name, built_in=r.built_in, permissions=to_permission_scopes(dict(r.scopes)))
        for r in found
    ]
    return json_response(Page(items=items))
