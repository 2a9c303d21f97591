"""Drafts: what you have begun to write, by the place where you write it."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import AfterValidator, JsonValue
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import RequestSchema, ResponseSchema, StorableText, json_response, no_content
from lib.conversation import drafts
from lib.core import text
from lib.transactions import act, see

router = APIRouter(tags=["drafts"])


def _check_storable(value: dict[str, JsonValue]) -> dict[str, JsonValue]:
    json.dumps(value, allow_nan=False)
    if not all(text.is_storable(words) for words in _iterate_texts(value)):
        raise ValueError("Contains a character that can't be stored")
    return value


def _iterate_texts(value: JsonValue) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for part in value:
                yield from _iterate_texts(part)
        case dict():
            for name, part in value.items():
                yield name
                yield from _iterate_texts(part)


class DraftChange(RequestSchema):
    """Some values of a form; null takes one out."""

    token: StorableText
    values: Annotated[dict[str, JsonValue], AfterValidator(_check_storable)]


class Draft(ResponseSchema):
    """A draft; `token` is used up by its one submission."""

    token: str
    values: dict[str, Any]
    updated: datetime | None


@router.get("/drafts/{slot}", response_model=Draft)
def get_draft(me: Me, slot: str) -> Response:
    """Get your draft for a form (`new-ticket`, `ticket-12`), or start one."""
    with see() as session:
        draft = drafts.load(session, me, slot)
    return json_response(Draft(token=draft.token, values=dict(draft.values), updated=draft.updated_at))


@router.patch("/drafts/{slot}", status_code=204)
def update_draft(me: Me, slot: str, form: DraftChange) -> Response:
    """Save values of a draft. 410 if it was already sent."""
    with act() as session:
        drafts.save(session, me, slot, token=form.token, values=form.values)
    return no_content()


@router.delete("/drafts/{slot}", status_code=204)
def discard_draft(me: Me, slot: str) -> Response:
    """Discard your draft for a form."""
    with act() as session:
        drafts.discard(session, me, slot)
    return no_content()
