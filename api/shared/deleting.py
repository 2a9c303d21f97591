"""Deleting what others may use: only what it would do, or all of it, with a successor that takes its place."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from api.shared.schemas import MAX_ID, RequestSchema, ResponseSchema, json_response, no_content
from lib.transactions import Session, act, see

SeenVersion = Annotated[int | None, Query(ge=1, le=MAX_ID, description="the version that you read last")]


class DeleteQuery(RequestSchema):
    """With a `successor` for what is in use. Refused if it changed since `version`."""

    successor: int | None = Field(None, ge=1, le=MAX_ID)
    dry_run: bool = Field(False, description="only preview the effects")
    version: int | None = Field(None, ge=1, le=MAX_ID, description="the version that you read last")


DeleteParameters = Annotated[DeleteQuery, Query()]


def delete_or_preview(
    asked: DeleteQuery,
    shape: Callable[..., ResponseSchema],
    *,
    preview: Callable[[Session], Any],
    verb: Callable[[Session], None],
) -> Response:
    """Answer with the `shape` of what `preview` returns in a dry run, or let `verb` delete."""
    if asked.dry_run:
        with see() as session:
            found = preview(session)
            return json_response(shape(**asdict(found), needs_successor=found.needs_successor))
    with act() as session:
        verb(session)
    return no_content()
