"""What helps while somebody writes: how their text will look, and which open tickets resemble it."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import Form, Page, Shape, Words, shown
from lib.core import text
from lib.markdown import rendering
from lib.search_index import index
from lib.transactions import see

router = APIRouter(tags=["writing"])


class Text(Form):
    """Markdown to be shown."""

    text: Annotated[Words, Field(max_length=text.BODY_LIMIT)]


class Html(Shape):
    """HTML that is safe to show."""

    html: str


class Alike(Shape):
    """An open ticket with a similar title."""

    number: int
    title: str
    status: str


@router.post("/preview", response_model=Html)
def preview(form: Text) -> Response:
    """Render Markdown as tickets and comments will show it."""
    return shown(Html(html=rendering.to_html(form.text)))


@router.get("/similar", response_model=Page[Alike])
def similar(me: Me, title: Annotated[Words, Query(max_length=1000)]) -> Response:
    """List open tickets that you may see whose titles resemble this one, best first."""
    with see() as session:
        found = index.similar(session, me, title)
    return shown(Page(items=[Alike(number=s.number, title=s.title, status=s.status) for s in found]))
