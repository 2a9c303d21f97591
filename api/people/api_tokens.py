"""Your own API tokens."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.idempotency import CreateDependency, CreatedResource
from api.shared.schemas import (
    Page,
    PathNumber,
    RequestSchema,
    ResponseSchema,
    StorableText,
    json_response,
    no_content,
)
from lib.identity import api_tokens
from lib.transactions import Session, act, see

router = APIRouter(tags=["tokens"])

TokenScope = Literal["read", "write", "admin"]


class NewToken(RequestSchema):
    """A token to create. Without `days` it works until it is revoked."""

    name: StorableText
    scope: TokenScope = "read"
    days: Annotated[int, Field(strict=True, ge=1, le=3650)] | None = None


class Token(ResponseSchema):
    """A token; its secret can't be shown again."""

    id: int
    name: str
    prefix: str
    scope: str
    created: datetime
    used: datetime | None
    expires: datetime | None


class CreatedToken(Token):
    """A new token with its secret, which is shown this once; a repeated request gets null."""

    secret: str | None


@router.get("/tokens", response_model=Page[Token])
def list_tokens(me: Me) -> Response:
    """List your working tokens, newest first."""
    with see() as session:
        found = api_tokens.list_own(session, me)
    items = [
        Token(
            id=t.id,
            name=t.name,
            prefix=t.prefix,
            scope=t.scope,
            created=t.created_at,
            used=t.used_at,
            expires=t.expires_at,
        )
        for t in found
    ]
    return json_response(Page(items=items))


@router.post("/tokens", status_code=201, response_model=CreatedToken)
def create_token(creating: CreateDependency, form: NewToken) -> Response:
    """Create a token. If you use a token for this, its scope must be `admin`."""

    def create(session: Session) -> CreatedResource:
        row, secret = api_tokens.create(
            session, creating.me, name=form.name, scope=form.scope, days=form.days
        )
        shape = CreatedToken(
            id=row.id,
            name=row.name,
            prefix=row.prefix,
            scope=form.scope,
            created=row.created_at,
            used=None,
            expires=row.expires_at,
            secret=secret,
        )
        return CreatedResource(f"/tokens/{row.id}", shape, kept=shape.model_copy(update={"secret": None}))

    return creating.once(form, create)


@router.delete("/tokens/{id}", status_code=204)
def revoke_token(me: Me, id: PathNumber) -> Response:
    """Revoke a token."""
    with act() as session:
        api_tokens.revoke(session, me, id)
    return no_content()
