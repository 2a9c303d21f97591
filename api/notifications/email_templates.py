"""Mails to look at: each template with made-up contents, as text and as HTML, light and dark."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import HTMLResponse, Response

from api.shared.auth import Me
from api.shared.schemas import Page, Shape, done, shown
from lib.access.gate import Actor
from lib.notifications.email import renderer, samples
from lib.transactions import act, see

router = APIRouter(tags=["notifications"])
POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
Name = Annotated[str, Path(pattern="^[a-z]{1,40}$")]


class Template(Shape):
    """A template's name, and what it is called."""

    name: str
    title: str


class Letter(Template):
    """A template with made-up contents."""

    subject: str
    text: str
    html: str


@router.get("/mail-templates", response_model=Page[Template])
def every(me: Me) -> Response:
    """List the templates of mails."""
    with see():
        found = samples.every(me)
    return shown(Page(items=[Template(name=each.name, title=each.title) for each in found]))


@router.get("/mail-templates/{name}", response_model=Letter)
def show(me: Me, name: Name) -> Response:
    """Look at a template with made-up contents."""
    subject, text, html = _look(me, name, dark=False)
    return shown(
        Letter(name=name, title=samples.TITLES[samples.find(name)], subject=subject, text=text, html=html)
    )


@router.get("/mail-templates/{name}/html", response_class=HTMLResponse)
def page(me: Me, name: Name, scheme: Annotated[Literal["light", "dark"], Query()] = "light") -> Response:
    """Look at a template as a page, as a light or a dark mail program shows it."""
    html = _look(me, name, dark=scheme == "dark")[2]
    return HTMLResponse(html, headers={"Content-Security-Policy": POLICY})


@router.post("/mail-templates/{name}/test", status_code=204)
def send(me: Me, name: Name) -> Response:
    """Mail yourself a template with made-up contents."""
    with act() as session:
        samples.send(session, me, name)
    return done()


def _look(me: Actor, name: str, *, dark: bool) -> tuple[str, str, str]:
    with see() as session:
        mail = renderer.sample(session, me, name)
    return (mail.subject, *renderer.looked_at(mail, dark=dark))
