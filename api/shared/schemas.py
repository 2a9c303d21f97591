"""The shapes that all resources share: what comes in is checked to the letter, what goes out is plain."""

from collections.abc import Mapping
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.responses import Response

from db.vocabulary import AssignmentMethod
from lib.core import text

MAX_ID = 2**31 - 1


class RequestSchema(BaseModel):
    """What a client sends: fields it doesn't know of are refused."""

    model_config = ConfigDict(extra="forbid")


class ResponseSchema(BaseModel):
    """What a client gets."""


class Reference(ResponseSchema):
    """A person, category or team, by id and name."""

    id: int
    name: str


def _check_storable(value: str) -> str:
    if not text.is_storable(value):
        raise ValueError("Contains a character that can't be stored")
    return value


StorableText = Annotated[str, AfterValidator(_check_storable)]
Id = Annotated[int, Field(strict=True, ge=1, le=MAX_ID)]
PathNumber = Annotated[int, Path(ge=1, le=MAX_ID)]
"""An id or ticket number in a path."""
Version = Annotated[int, Field(strict=True, ge=1, le=MAX_ID, description="the version that you read last")]
Flag = Annotated[bool, Field(strict=True)]
DryRun = Annotated[bool, Query(description="only preview the effects")]
Limit = Annotated[int, Field(ge=1, le=200, description="maximum number of items")]
Cursor = Annotated[str | None, Field(max_length=500, description="`next_cursor` of the previous page")]

Item = TypeVar("Item")


class Page(ResponseSchema, Generic[Item]):
    """A page of a list; `next_cursor` leads to the next one, if there is one."""

    items: list[Item]
    next_cursor: str | None = None


class VersionedChange(RequestSchema):
    """A change with the `version` that you read. Without it, the change overwrites those of others."""

    version: Version | None = None


class AssignmentRule(RequestSchema):
    """The assignment rule for new tickets. People with `cap` open tickets get no more."""

    way: AssignmentMethod
    cap: Annotated[int, Field(strict=True, ge=1, le=1000)] | None = None


def optional_field() -> Any:
    """Return the default of a field that a change may leave out, which differs from sending null."""
    return Field(default=None, json_schema_extra=_without_default)


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


def to_reference(id: int | None, name: str | None) -> Reference | None:
    """Return a reference, or None for nobody and nothing."""
    return None if id is None or name is None else Reference(id=id, name=name)


def to_assignment_rule(card: Any) -> AssignmentRule | None:
    """Return a rule of assignment as an answer, or None where there is none."""
    return None if card is None else AssignmentRule(way=card.way, cap=card.cap)


def json_response(shape: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a shape as an answer."""
    return Response(shape.model_dump_json(), status, media_type="application/json", headers=headers)


def no_content() -> Response:
    """Return the answer that has nothing more to say."""
    return Response(status_code=204)
