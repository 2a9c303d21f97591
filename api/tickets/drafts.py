"""Drafts: what you have begun to write, by the place where you write it."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import AfterValidator, JsonValue
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import Form, Shape, Words, done, shown
from lib.conversation import drafts
from lib.core import text
from lib.transactions import act, see

router = APIRouter(tags=["drafts"])


def _storable(value: dict[str, JsonValue]) -> dict[str, JsonValue]:
    json.dumps(value, allow_nan=False)
    if not all(text.storable(words) for words in _words(value)):
        raise ValueError("Holds a character that can't be stored")
    return value


def _words(value: JsonValue) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for part in value:
                yield from _words(part)
        case dict():
            for name, part in value.items():
                yield name
                yield from _words(part)


class Kept(Form):
    """Some values of a form; null takes one out."""

    token: Words
    values: Annotated[dict[str, JsonValue], AfterValidator(_storable)]


class Draft(Shape):
    """A draft; `token` is used up by its one submission."""

    token: str
    values: dict[str, Any]
    updated: datetime | None


@router.get("/drafts/{slot}", response_model=Draft)
def read(me: Me, slot: str) -> Response:
    """Read your draft for a place (`new-ticket`, `ticket-12`), or begin one."""
    with see() as session:
        draft = drafts.open(session, me, slot)
    return shown(Draft(token=draft.token, values=dict(draft.values), updated=draft.updated_at))


@router.patch("/drafts/{slot}", status_code=204)
def keep(me: Me, slot: str, form: Kept) -> Response:
    """Keep some values of a draft; 410 when its token was used up already."""
    with act() as session:
        drafts.save(session, me, slot, token=form.token, values=form.values)
    return done()


@router.delete("/drafts/{slot}", status_code=204)
def discard(me: Me, slot: str) -> Response:
    """Throw your draft for a place away."""
    with act() as session:
        drafts.discard(session, me, slot)
    return done()
