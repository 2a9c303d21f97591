"""The only places that set and take away the sign-in cookie."""

import json
from collections.abc import Awaitable, Callable

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from api.shared import problems, rate_limits
from api.shared.auth import AnswerSender, client_address, is_same_origin
from db.vocabulary import Purpose
from lib.access import gate
from lib.core import settings
from lib.core.errors import Invalid, NotPermitted, NotSignedIn, Refusal, TooLarge
from lib.identity import client_info, one_time_tokens, sessions
from lib.people import accounts
from lib.transactions import act

MAX_BODY_BYTES = 4096
"""Bytes of a request."""
EXPIRED = "This sign-in has expired. Try again."

log = structlog.get_logger(__name__)


def routes() -> list[Route]:
    """Return the routes for signing in and out, and the short links to tickets."""
    return [
        Route("/auth/session", GuardedRoute(sign_in), methods=["POST"]),
        Route("/auth/sign-out", GuardedRoute(sign_out), methods=["POST"]),
        Route("/t/{number}", GuardedRoute(redirect_to_ticket), methods=["GET"]),
    ]


class GuardedRoute:
    """A route that answers refusals as the API does, and lets no other site change anything."""

    def __init__(self, endpoint: Callable[[Request], Awaitable[Response]]) -> None:
        self.endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        answer = AnswerSender(send, head=scope["method"] == "HEAD")
        try:
            if scope["method"] == "POST" and not is_same_origin(request.headers):
                raise NotPermitted("This request comes from another site and was refused.", permission="")
            response = await self.endpoint(request)
        except Refusal as refused:
            response = problems.build_refusal_problem(refused)
        except ClientDisconnect:
            log.debug("request.left", method=request.method)
            return
        except Exception:
            response = problems.log_failure()
        await response(scope, receive, answer.send)


async def sign_in(request: Request) -> Response:
    """Turn the ticket that the sign-in page handed over into a cookie; a cookie from before ends."""
    rate_limits.count_anonymous_request(client_address(request))
    ticket = _parse_ticket(await _read_body(request))
    before = request.cookies.get(client_info.cookie_name())
    browser = client_info.describe_browser(request.headers.get("user-agent"))
    secret = await run_in_threadpool(
        _open_session, ticket=ticket, before=before, browser=browser, where=client_address(request)
    )
    answer = Response(status_code=204)
    answer.set_cookie(
        client_info.cookie_name(),
        secret,
        max_age=settings.current().session_hours * 3600,
        httponly=True,
        samesite="lax",
        secure=settings.current().secure,
    )
    return answer


def _open_session(*, ticket: str, before: str | None, browser: str, where: str) -> str:
    with act() as session:
        try:
            person_id = one_time_tokens.redeem(session, Purpose.HANDOFF, ticket)
        except Invalid:
            raise NotSignedIn(EXPIRED) from None
        person = accounts.get(session, gate.system_actor("sign-in"), person_id or 0)
        if not person.active:
            raise NotSignedIn(EXPIRED)
        sessions.end(session, before)
        return sessions.start(session, person, browser=browser, address=where)


async def sign_out(request: Request) -> Response:
    """End the session and delete the cookie."""

    def end() -> None:
        with act() as session:
            sessions.end(session, request.cookies.get(client_info.cookie_name()))

    await run_in_threadpool(end)
    answer = Response(status_code=204)
    answer.delete_cookie(
        client_info.cookie_name(), httponly=True, samesite="lax", secure=settings.current().secure
    )
    return answer


async def redirect_to_ticket(request: Request) -> Response:
    """Lead a short link to the ticket's page, which alone knows whether the reader may see it."""
    number = request.path_params["number"]
    if not (number.isascii() and number.isdigit() and len(number) <= 10):
        return problems.build_problem(404, problems.NOT_FOUND)
    return Response(status_code=302, headers={"Location": f"/ticket?id={int(number)}"})


async def _read_body(request: Request) -> bytes:
    got = b""
    async for chunk in request.stream():
        got += chunk
        if len(got) > MAX_BODY_BYTES:
            raise TooLarge("The request is too large.")
    return got


def _parse_ticket(body: bytes) -> str:
    try:
        given = json.loads(body)["ticket"]
    except (ValueError, TypeError, KeyError, RecursionError):
        given = None
    if not isinstance(given, str) or not given.isascii():
        raise NotSignedIn(EXPIRED)
    return given
