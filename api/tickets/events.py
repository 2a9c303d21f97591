"""A ticket's history."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import (
    Cursor,
    Limit,
    Page,
    PathNumber,
    Reference,
    ResponseSchema,
    json_response,
    to_reference,
)
from lib.conversation import history
from lib.core import pagination
from lib.tickets import tickets
from lib.transactions import see

router = APIRouter(tags=["tickets"])


class TicketEvent(ResponseSchema):
    """One event. `sentence` follows the actor's name. No actor means Docket itself."""

    id: int
    action: str
    field: str | None
    old: str | None
    new: str | None
    actor: Reference | None
    at: datetime
    sentence: str


@router.get("/tickets/{number}/events", response_model=Page[TicketEvent])
def list_ticket_events(
    me: Me,
    number: PathNumber,
    limit: Annotated[Limit, Query()] = 50,
    cursor: Annotated[Cursor, Query()] = None,
) -> Response:
    """List what happened to a ticket, oldest first."""
    place = f"events:{number}"
    with see() as session:
        ticket = tickets.find(session, me, number)
        after = pagination.parse_id_cursor(place, cursor) or 0
        lines = history.list_for_ticket(session, me, ticket, after=after, limit=limit + 1)
    items = [
        TicketEvent(
            id=line.id,
            action=line.action,
            field=line.field,
            old=line.old,
            new=line.new,
            actor=to_reference(line.actor_id, line.actor),
            at=line.at,
            sentence=line.sentence,
        )
        for line in lines[:limit]
    ]
    more = pagination.format_cursor(place, items[-1].id) if len(lines) > limit else None
    return json_response(Page(items=items, next_cursor=more))
