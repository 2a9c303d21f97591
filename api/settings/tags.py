"""Tags: which there are, and keeping them."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.idempotency import CreateDependency, CreatedResource
from api.shared.schemas import (
    MAX_ID,
    Page,
    PathNumber,
    RequestSchema,
    ResponseSchema,
    StorableText,
    json_response,
    no_content,
)
from lib.access.gate import Actor
from lib.catalog import tags
from lib.transactions import Session, act, see

router = APIRouter(tags=["tags"])


class Tag(ResponseSchema):
    """A tag, and the number of tickets with it that you may see."""

    id: int
    name: str
    tickets: int


class TagName(RequestSchema):
    """The name of a tag. Case and accents are ignored."""

    name: StorableText


def _load_tags(session: Session, me: Actor) -> list[Tag]:
    session.flush()
    return [Tag(id=card.id, name=card.name, tickets=card.count) for card in tags.list_all(session, me)]


def _load_tag(session: Session, me: Actor, id: int, *, name: str) -> Tag:
    return next((tag for tag in _load_tags(session, me) if tag.id == id), None) or Tag(
        id=id, name=name, tickets=0
    )


@router.get("/tags", response_model=Page[Tag])
def list_tags(me: Me) -> Response:
    """List the tags on tickets that you may see. Administrators of tags get all."""
    with see() as session:
        return json_response(Page(items=_load_tags(session, me)))


@router.post("/tags", status_code=201, response_model=Tag)
def create_tag(creating: CreateDependency, form: TagName) -> Response:
    """Create a tag. Tagging a ticket with a new word creates one too."""

    def create(session: Session) -> CreatedResource:
        row = tags.create(session, creating.me, name=form.name)
        return CreatedResource(
            f"/tags/{row.id}", _load_tag(session, creating.me, row.id, name=tags.clean_name(form.name))
        )

    return creating.once(form, create)


@router.patch("/tags/{id}", response_model=Tag)
def rename_tag(me: Me, id: PathNumber, form: TagName) -> Response:
    """Rename a tag on every ticket."""
    with act() as session:
        tags.rename(session, me, tags.get(session, me, id), name=form.name)
        return json_response(_load_tag(session, me, id, name=tags.clean_name(form.name)))


@router.delete("/tags/{id}", status_code=204)
def delete_tag(
    me: Me, id: PathNumber, successor: Annotated[int | None, Query(ge=1, le=MAX_ID)] = None
) -> Response:
    """Delete a tag on every ticket, or merge it into a `successor`."""
    with act() as session:
        tag = tags.get(session, me, id)
        if successor is None:
            tags.remove(session, me, tag)
        else:
            tags.merge(session, me, tag, into=tags.get(session, me, successor))
    return no_content()
