"""Search: the texts that match, wherever they stand, and the language of the search box explained."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import Cursor, Limit, ResponseSchema, StorableText, json_response
from api.tickets.field_schemas import StatusName
from lib.lists import search_results
from lib.lists.search_results import Hit, MatchLocation
from lib.transactions import see

router = APIRouter(tags=["search"])


class HitTicket(ResponseSchema):
    """The ticket in which something was found."""

    number: int
    title: str
    status: StatusName


class SearchHit(ResponseSchema):
    """A text that matches; `snippet_html` is safe, with the matching words in `<mark>`."""

    ticket: HitTicket
    where: MatchLocation
    comment: int | None
    at: datetime
    snippet_html: str


class SearchResults(ResponseSchema):
    """A page of results. `not_understood` says in sentences which parts of `q` were ignored."""

    items: list[SearchHit]
    next_cursor: str | None
    not_understood: list[str]


@router.get("/search", response_model=SearchResults)
def search_tickets(
    me: Me,
    q: Annotated[StorableText, Query(max_length=2000, description="words and qualifiers")],
    limit: Annotated[Limit, Query()] = 50,
    cursor: Annotated[Cursor, Query()] = None,
) -> Response:
    """Search titles, descriptions, replies and notes that you may read, newest first."""
    with see() as session:
        found = search_results.find(session, me, q, after=cursor, limit=limit)
    return json_response(
        SearchResults(
            items=[_to_hit(h) for h in found.hits],
            next_cursor=found.next,
            not_understood=list(found.asked.puzzled),
        )
    )


def _to_hit(hit: Hit) -> SearchHit:
    status = StatusName(id=hit.status_id, name=hit.status, kind=hit.kind)
    return SearchHit(
        ticket=HitTicket(number=hit.number, title=hit.title, status=status),
        where=hit.where,
        comment=hit.comment_id,
        at=hit.at,
        snippet_html=hit.snippet_html,
    )
