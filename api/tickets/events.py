"""A ticket's history."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import Cursor, Limit, Named, Number, Page, Shape, named, shown
from lib.conversation import history
from lib.core import pagination
from lib.tickets import tickets
from lib.transactions import see

router = APIRouter(tags=["tickets"])


class Event(Shape):
    """One deed; `sentence` goes on after the doer's name, and no actor means Docket itself."""

    id: int
    action: str
    field: str | None
    old: str | None
    new: str | None
    actor: Named | None
    at: datetime
    sentence: str


@router.get("/tickets/{number}/events", response_model=Page[Event])
def read(
    me: Me, number: Number, limit: Annotated[Limit, Query()] = 50, cursor: Annotated[Cursor, Query()] = None
) -> Response:
    """List what happened to a ticket, oldest first."""
    place = f"events:{number}"
    with see() as session:
        ticket = tickets.find(session, me, number)
        after = pagination.read(place, cursor) or 0
        lines = history.of(session, me, ticket, after=after, limit=limit + 1)
    items = [
        Event(
            id=line.id,
            action=line.action,
            field=line.field,
            old=line.old,
            new=line.new,
            actor=named(line.actor_id, line.actor),
            at=line.at,
            sentence=line.sentence,
        )
        for line in lines[:limit]
    ]
    more = pagination.make(place, items[-1].id) if len(lines) > limit else None
    return shown(Page(items=items, next_cursor=more))
