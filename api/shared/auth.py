"""The door before every route: who is it, may such a request be made, and what every answer bears."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import structlog
from fastapi import Depends
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.shared import problems, rate_limits
from api.shared.route_map import RouteMap
from db.vocabulary import Source
from lib.access.gate import Actor
from lib.conversation.attachments import MAX_BYTES
from lib.core.errors import NotPermitted, NotSignedIn, Refusal
from lib.identity import api_tokens, client_info, sessions
from lib.transactions import see, try_act

log = structlog.get_logger(__name__)
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
MAX_JSON_BYTES = 1024 * 1024
"""Bytes of a JSON body."""
MAX_FORM_OVERHEAD = 64 * 1024
"""Bytes around the file in an upload."""
SECURITY_HEADERS = {
    b"cache-control": b"no-store",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
}


@dataclass(frozen=True)
class Caller:
    """Who is at the door: the actor, and the token or session through which they came."""

    actor: Actor
    token: int | None

    @property
    def key(self) -> str:
        """The name under which requests are counted."""
        return f"token:{self.token}" if self.token else f"session:{self.actor.sign_in_id}"

    def touch(self) -> None:
        """Note that the session or token was used."""
        with try_act() as session:
            if self.token:
                api_tokens.touch(session, self.token)
            else:
                sessions.touch(session, self.actor)


class AuthMiddleware:
    """Middleware around the whole API, so that a route can't forget it."""

    def __init__(self, app: ASGIApp, known: RouteMap) -> None:
        self.app = app
        self.known = known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request, answer = Request(scope), AnswerSender(send, head=scope["method"] == "HEAD")
        try:
            caller = await run_in_threadpool(_authenticate, request)
            scope.setdefault("state", {})["me"] = caller.actor
            if scope["method"] == "HEAD":
                scope = {**scope, "method": "GET"}
            early = self._unfit(request, caller)
            if early is None:
                await self.app(scope, _limit_body(request, receive), answer.send)
            else:
                await early(scope, receive, answer.send)
            if rate_limits.is_touch_due(caller.key):
                await run_in_threadpool(caller.touch)
        except Refusal as refused:
            await answer.send_instead(problems.build_refusal_problem(refused), scope, receive)
        except ClientDisconnect:
            log.debug("api.left", method=request.method)
        except Exception:
            await answer.send_instead(problems.log_failure(), scope, receive)

    def _unfit(self, request: Request, caller: Caller) -> Response | None:
        rate_limits.count_request(caller.key)
        if request.method == "OPTIONS":
            return self.known.options(request)
        if request.method not in SAFE_METHODS:
            _check_change_allowed(request, caller)
        self.known.allow(request, caller.actor.cap)
        return self.known.unfit(request)


class AnswerSender:
    """Sends an answer with the headers that every one bears, without its body to a HEAD."""

    def __init__(self, send: Send, *, head: bool) -> None:
        self._send = send
        self.head = head
        self.begun = False

    async def send_instead(self, response: Response, scope: Scope, receive: Receive) -> None:
        """Send another answer, unless one has begun: a request has one answer, and one broken off says so itself."""
        if not self.begun:
            await response(scope, receive, self.send)

    async def send(self, message: Message) -> None:
        """Pass one ASGI message on."""
        if message["type"] == "http.response.start":
            self.begun = True
            borne = {name.lower() for name, _ in message["headers"]}
            added = [pair for pair in SECURITY_HEADERS.items() if pair[0] not in borne]
            message = {**message, "headers": [*message["headers"], *added]}
        elif self.head:
            message = {**message, "body": b""}
        await self._send(message)


def client_address(request: Request) -> str:
    """Return where a request came from."""
    peer = request.client.host if request.client else None
    return client_info.resolve_address(peer, request.headers.get("x-forwarded-for"))


def is_same_origin(headers: Mapping[str, str]) -> bool:
    """Tell whether a request comes from Docket's own pages, or from no browser at all."""
    return client_info.is_same_origin(site=headers.get("sec-fetch-site"), origin=headers.get("origin"))


def _authenticate(request: Request) -> Caller:
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    cookie = request.cookies.get(client_info.cookie_name())
    with see() as session:
        if scheme.lower() == "bearer":
            found = api_tokens.authenticate(session, bearer.strip(), address=client_address(request))
            if found is not None:
                return Caller(*found)
        else:
            actor = sessions.authenticate(
                session, cookie, channel=Source.API, address=client_address(request)
            )
            if actor is not None:
                return Caller(actor, None)
    rate_limits.count_anonymous_request(client_address(request))
    raise NotSignedIn("Sign in or send a valid token.")


def _check_change_allowed(request: Request, caller: Caller) -> None:
    if caller.token is None and not is_same_origin(request.headers):
        raise NotPermitted("This request comes from another site and was refused.", permission="")
    if caller.actor.cap == "read":
        raise NotPermitted("This token's scope is read, so it can't change anything.", permission="")


def _limit_body(request: Request, receive: Receive) -> Receive:
    form = request.headers.get("content-type", "").startswith("multipart/form-data")
    most = MAX_BYTES + MAX_FORM_OVERHEAD if form else MAX_JSON_BYTES
    got = 0

    async def read() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        if got > most:
            raise HTTPException(413, f"The request is larger than {most // 1024**2} MB.")
        return message

    return read


async def _get_current_actor(request: Request) -> Actor:
    # async, though it waits for nothing: FastAPI takes a plain function to another thread and back
    return request.state.me


Me = Annotated[Actor, Depends(_get_current_actor)]
"""Who makes this request, as the database knew them when it came in."""
