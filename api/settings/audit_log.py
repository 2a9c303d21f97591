"""The audit, for those who may read it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import HIGHEST, Cursor, Limit, Named, Page, Shape, Words, named, shown
from lib.audit import audit_log
from lib.core import pagination
from lib.transactions import see

router = APIRouter(tags=["audit"])


class Entry(Shape):
    """One line of the audit; no actor means nobody signed in, or Docket itself."""

    id: int
    at: datetime
    action: str
    subject: str
    field: str | None
    old: str | None
    new: str | None
    actor: Named | None
    channel: str
    address: str | None


@router.get("/audit", response_model=Page[Entry])
def read(
    me: Me,
    action: Annotated[Words | None, Query(max_length=60)] = None,
    person: Annotated[int | None, Query(ge=1, le=HIGHEST)] = None,
    limit: Annotated[Limit, Query()] = 50,
    cursor: Annotated[Cursor, Query()] = None,
) -> Response:
    """List administration, sign-ins and refusals, newest first; of one action, or by one person."""
    with see() as session:
        before = pagination.read("audit", cursor)
        found = audit_log.read(session, me, action=action, person_id=person, before=before, limit=limit + 1)
    items = [
        Entry(
            id=e.id,
            at=e.at,
            action=e.action,
            subject=e.subject,
            field=e.field,
            old=e.old,
            new=e.new,
            actor=named(e.actor_id, e.actor),
            channel=e.channel,
            address=e.address,
        )
        for e in found[:limit]
    ]
    more = pagination.make("audit", items[-1].id) if len(found) > limit else None
    return shown(Page(items=items, next_cursor=more))
