"""The OpenAPI document: the routes' own words, and the answers that all of them may give."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.shared import scopes
from api.shared.problems import MEDIA_TYPE

DESCRIPTION = (
    "Everything that Docket's pages can do. Authenticate with `Authorization: Bearer <token>`. "
    "Lists return `items` and `next_cursor`. Errors are problem documents with a sentence in `detail`."
)
PROBLEM_SCHEMA = {
    "type": "object",
    "title": "Problem",
    "description": "A refusal (RFC 9457)",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "a sentence to show to people"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
        "current": {"type": "object", "description": "with 409: the current values"},
        "reference": {"type": "string", "description": "with 500: a reference for the administrator"},
        "outcome": {"type": "string", "description": "with 503: `unknown` when it may have been saved"},
    },
}
RESPONSE_DESCRIPTIONS = {
    400: "The body can't be read",
    401: "Not signed in, or the token is no longer valid",
    403: "Not permitted. `detail` names the permission",
    404: "It does not exist, or you can't see it",
    405: "This method is not allowed",
    409: "Somebody else changed it. `current` holds the current values",
    410: "It was used already",
    413: "Too large",
    415: "This content type is not supported",
    416: "This range does not exist",
    422: "A field or parameter is wrong or unknown",
    429: "Too many requests. Try again after `Retry-After` seconds",
    500: "Internal error. `detail` holds a reference",
    503: "The database or disk is unavailable, busy or full. Nothing was saved unless `outcome` is `unknown`",
}
SCOPE_EXTENSION = "x-token-scope"
"""Where an operation says which scope a token needs for it."""
COMMON_STATUSES = (401, 404, 422, 429, 500, 503)
CHANGE_STATUSES = (400, 403, 409, 410, 413, 415)


def build_document(app: FastAPI) -> dict[str, Any]:
    """Return the app's OpenAPI 3.1 document."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=DESCRIPTION,
        routes=app.routes,
        servers=[{"url": "/api/v1"}],
    )
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            operation[SCOPE_EXTENSION] = scopes.get_required_scope(method, path)
            for status in (*COMMON_STATUSES, 403, *(() if method == "get" else CHANGE_STATUSES)):
                operation["responses"][str(status)] = _build_response(status)
            if method == "get" and "206" in operation["responses"]:
                operation["responses"]["416"] = _build_response(416)
    parts = document.setdefault("components", {})
    parts["schemas"] = {
        name: schema
        for name, schema in parts.get("schemas", {}).items()
        if name not in ("HTTPValidationError", "ValidationError")
    } | {"Problem": PROBLEM_SCHEMA}
    parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{"token": []}]
    return document


def _build_response(status: int) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": RESPONSE_DESCRIPTIONS[status], "content": content}
