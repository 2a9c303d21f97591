"""What the OpenAPI document says that there is: which methods and parameters a path takes, and no others."""

import re
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.shared import openapi, problems, scopes

METHODS = ("get", "put", "post", "patch", "delete")
FORM, JSON = "multipart/form-data", "application/json"


class RouteMap:
    """The routes of the API; empty until `draw` is given the document."""

    def __init__(self) -> None:
        self._places: list[tuple[re.Pattern[str], Mapping[str, Mapping[str, Any]]]] = []

    def draw(self, document: Mapping[str, Any]) -> None:
        """Learn the routes from an OpenAPI document."""
        for path, operations in document["paths"].items():
            place = re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + "$")
            self._places.append((place, {m.upper(): o for m, o in operations.items() if m in METHODS}))

    def options(self, request: Request) -> Response:
        """Answer what may be done at a path."""
        place = self._place(request)
        if place is None:
            return problems.build_problem(404, problems.NOT_FOUND)
        return Response(status_code=204, headers={"Allow": _format_allowed_methods(place)})

    def allow(self, request: Request, cap: str | None) -> None:
        """Let a request through that came with a token of scope `cap`. Raises NotPermitted."""
        place, method = self._place(request), "GET" if request.method == "HEAD" else request.method
        if place is not None and method in place:
            scopes.check_scope(cap, place[method][openapi.SCOPE_EXTENSION], self._path(request))

    def unfit(self, request: Request) -> Response | None:
        """Return the answer for a method, parameter or kind of body that the path doesn't take, or None."""
        place = self._place(request)
        if place is None or "\x00" in request.url.path:
            return problems.build_problem(404, problems.NOT_FOUND)
        method = "GET" if request.method == "HEAD" else request.method
        if method not in place:
            headers = {"Allow": _format_allowed_methods(place)}
            return problems.build_problem(405, f"{method} is not allowed here.", headers=headers)
        return _check_parameters(request, place[method]) or _check_body_type(request, place[method])

    def _path(self, request: Request) -> str:
        return request.scope["path"].removeprefix(request.scope.get("root_path", ""))

    def _place(self, request: Request) -> Mapping[str, Mapping[str, Any]] | None:
        path = self._path(request)
        return next((operations for place, operations in self._places if place.match(path)), None)


def _format_allowed_methods(place: Mapping[str, Any]) -> str:
    return ", ".join(sorted({*place, "OPTIONS", *(["HEAD"] if "GET" in place else [])}))


def _check_parameters(request: Request, operation: Mapping[str, Any]) -> Response | None:
    known = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "query"}
    strange = [name for name in request.query_params if name not in known]
    if strange:
        fields = dict.fromkeys(strange, "There is no such parameter.")
        return problems.build_problem(422, f"There is no parameter {strange[0][:60]!r} here.", fields=fields)
    return None


def _check_body_type(request: Request, operation: Mapping[str, Any]) -> Response | None:
    wanted = next(iter(operation.get("requestBody", {}).get("content", ())), None)
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if wanted is None or given == wanted:
        return None
    return problems.build_problem(415, f"Send this as {wanted}.")
