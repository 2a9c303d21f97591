"""The audit, for those who may read it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import (
    MAX_ID,
    Cursor,
    Limit,
    Page,
    Reference,
    ResponseSchema,
    StorableText,
    json_response,
    to_reference,
)
from lib.audit import audit_log
from lib.core import pagination
from lib.transactions import see

router = APIRouter(tags=["audit"])


class AuditEntry(ResponseSchema):
    """One entry of the audit log. No actor means nobody was signed in, or Docket itself."""

    id: int
    at: datetime
    action: str
    subject: str
    field: str | None
    old: str | None
    new: str | None
    actor: Reference | None
    channel: str
    address: str | None


@router.get("/audit", response_model=Page[AuditEntry])
def list_audit_entries(
    me: Me,
    action: Annotated[StorableText | None, Query(max_length=60)] = None,
    person: Annotated[int | None, Query(ge=1, le=MAX_ID)] = None,
    limit: Annotated[Limit, Query()] = 50,
    cursor: Annotated[Cursor, Query()] = None,
) -> Response:
    """List administration, sign-ins and refusals, newest first; of one action, or by one person."""
    with see() as session:
        before = pagination.parse_id_cursor("audit", cursor)
        found = audit_log.list_entries(
            session, me, action=action, person_id=person, before=before, limit=limit + 1
        )
    items = [
        AuditEntry(
            id=e.id,
            at=e.at,
            action=e.action,
            subject=e.subject,
            field=e.field,
            old=e.old,
            new=e.new,
            actor=to_reference(e.actor_id, e.actor),
            channel=e.channel,
            address=e.address,
        )
        for e in found[:limit]
    ]
    more = pagination.format_cursor("audit", items[-1].id) if len(found) > limit else None
    return json_response(Page(items=items, next_cursor=more))
