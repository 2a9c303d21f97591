"""Every "no" as `application/problem+json` (RFC 9457), with a sentence for the person in `detail`."""

import json
import secrets
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from lib.core.errors import (
    Conflict,
    Invalid,
    NotFound,
    NotSignedIn,
    OutcomeUnknown,
    Refusal,
    TooMany,
    Unavailable,
)

MEDIA_TYPE = "application/problem+json"
NOT_FOUND = "This doesn't exist, or you don't have access to it."
UNREADABLE_BODY = "The request body can't be read."
SENTENCES = {"missing": "This is missing.", "extra_forbidden": "There is no such field."}

log = structlog.get_logger(__name__)


def build_problem(
    status: int,
    detail: str,
    *,
    fields: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    """Return an answer of this status; `fields` maps a field's name to its own sentence."""
    errors = [{"field": field, "message": message} for field, message in (fields or {}).items()]
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "errors": errors,
        **more,
    }
    return Response(json.dumps(body), status, media_type=MEDIA_TYPE, headers=headers)


def build_refusal_problem(refused: Refusal) -> Response:
    """Return the answer for a refusal of the desk."""
    match refused:
        case Invalid():
            return build_problem(refused.status, refused.sentence, fields=refused.fields)
        case Conflict():
            return build_problem(refused.status, refused.sentence, current=refused.current)
        case OutcomeUnknown():
            return build_problem(refused.status, refused.sentence, outcome="unknown")
    return build_problem(refused.status, refused.sentence, headers=_build_headers(refused))


def _build_headers(refused: Refusal) -> dict[str, str]:
    match refused:
        case TooMany():
            return {"Retry-After": str(refused.seconds)}
        case Unavailable():
            return {"Retry-After": "5"}
        case NotSignedIn():
            return {"WWW-Authenticate": 'Bearer realm="Docket"'}
    return {}


def log_failure() -> Response:
    """Log the exception being handled and return an answer that tells nothing of it but a reference."""
    reference = secrets.token_hex(4)
    log.exception("api.failed", reference=reference)
    return build_problem(500, f"Something went wrong (ref {reference}). Try again.", reference=reference)


def build_validation_problem(errors: Iterable[Mapping[str, Any]]) -> Response:
    """Return the answer for input of the wrong form; a wrong path is a place that isn't there."""
    fields: dict[str, str] = {}
    for error in errors:
        where, *names = error["loc"]
        if where == "path":
            return build_problem(404, NOT_FOUND)
        field = ".".join(map(str, names)) if error["type"] != "json_invalid" else ""
        fields[field or where] = (
            SENTENCES.get(error["type"]) or f"{error['msg'].removeprefix('Value error, ')}."
        )
    told = "; ".join(f"{field}: {message}" for field, message in fields.items())
    return build_problem(422, f"This request can't be used. {told}", fields=fields)


async def on_refusal(_request: Request, error: Exception) -> Response:
    """Answer a Refusal."""
    return build_refusal_problem(error) if isinstance(error, Refusal) else log_failure()


async def on_validation_error(_request: Request, error: Exception) -> Response:
    """Answer input that FastAPI refused."""
    return (
        build_validation_problem(error.errors())
        if isinstance(error, RequestValidationError)
        else log_failure()
    )


async def on_http_error(_request: Request, error: Exception) -> Response:
    """Answer what the framework itself refuses."""
    if not isinstance(error, HTTPException):
        return log_failure()
    if error.status_code == 404:
        return build_refusal_problem(NotFound(NOT_FOUND))
    detail = UNREADABLE_BODY if error.status_code == 400 else error.detail
    return build_problem(error.status_code, detail, headers=error.headers)
