"""What helps while somebody writes: how their text will look, and which open tickets resemble it."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import Page, RequestSchema, ResponseSchema, StorableText, json_response
from lib.core import text
from lib.markdown import rendering
from lib.search_index import index
from lib.transactions import see

router = APIRouter(tags=["writing"])


class MarkdownText(RequestSchema):
    """Markdown to be shown."""

    text: Annotated[StorableText, Field(max_length=text.BODY_LIMIT)]


class RenderedHtml(ResponseSchema):
    """HTML that is safe to show."""

    html: str


class SimilarTicket(ResponseSchema):
    """An open ticket with a similar title."""

    number: int
    title: str
    status: str


@router.post("/preview", response_model=RenderedHtml)
def render_preview(form: MarkdownText) -> Response:
    """Render Markdown as tickets and comments will show it."""
    return json_response(RenderedHtml(html=rendering.to_html(form.text)))


@router.get("/similar", response_model=Page[SimilarTicket])
def list_similar_tickets(me: Me, title: Annotated[StorableText, Query(max_length=1000)]) -> Response:
    """List open tickets that you may see whose titles resemble this one, best first."""
    with see() as session:
        found = index.find_similar(session, me, title)
    return json_response(
        Page(items=[SimilarTicket(number=s.number, title=s.title, status=s.status) for s in found])
    )
