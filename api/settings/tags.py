"""Tags: which there are, and keeping them."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.idempotency import Creating, Made
from api.shared.schemas import HIGHEST, Form, Number, Page, Shape, Words, done, shown
from lib.access.gate import Actor
from lib.catalog import tags
from lib.transactions import Session, act, see

router = APIRouter(tags=["tags"])


class Tag(Shape):
    """A tag, and how many tickets that you may see bear it."""

    id: int
    name: str
    tickets: int


class TagName(Form):
    """What a tag is called; case and accents tell no tags apart."""

    name: Words


def _all(session: Session, me: Actor) -> list[Tag]:
    session.flush()
    return [Tag(id=card.id, name=card.name, tickets=card.count) for card in tags.every(session, me)]


def _one(session: Session, me: Actor, id: int, *, name: str) -> Tag:
    return next((tag for tag in _all(session, me) if tag.id == id), None) or Tag(id=id, name=name, tickets=0)


@router.get("/tags", response_model=Page[Tag])
def read(me: Me) -> Response:
    """List the tags on tickets that you may see; whoever keeps them gets all."""
    with see() as session:
        return shown(Page(items=_all(session, me)))


@router.post("/tags", status_code=201, response_model=Tag)
def add(creating: Creating, form: TagName) -> Response:
    """Keep a tag ready; tagging a ticket with a new word makes one too."""

    def deed(session: Session) -> Made:
        row = tags.create(session, creating.me, name=form.name)
        return Made(f"/tags/{row.id}", _one(session, creating.me, row.id, name=tags.clean(form.name)))

    return creating.once(form, deed)


@router.patch("/tags/{id}", response_model=Tag)
def change(me: Me, id: Number, form: TagName) -> Response:
    """Give a tag another name, on every ticket."""
    with act() as session:
        tags.rename(session, me, tags.find(session, me, id), name=form.name)
        return shown(_one(session, me, id, name=tags.clean(form.name)))


@router.delete("/tags/{id}", status_code=204)
def remove(me: Me, id: Number, successor: Annotated[int | None, Query(ge=1, le=HIGHEST)] = None) -> Response:
    """Take a tag from every ticket; with `successor`, that one stands in its place."""
    with act() as session:
        tag = tags.find(session, me, id)
        if successor is None:
            tags.remove(session, me, tag)
        else:
            tags.merge(session, me, tag, into=tags.find(session, me, successor))
    return done()
