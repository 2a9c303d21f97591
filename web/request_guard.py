"""Request guard: blocks Streamlit paths, hosts and origins that Docket does not serve, and logs requests."""

import ipaddress
import time
from urllib.parse import urlsplit

import structlog
from anyio import to_thread
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from db.vocabulary import Source
from lib import transactions
from lib.core import settings
from lib.core.errors import Unavailable
from lib.identity import client_info, sessions
from web import websocket_guard
from web.connection_limits import SignedOutPages

BLOCKED_PATHS = (
    "/_stcore/upload_file", "/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check",
    "/auth/login", "/auth/logout", "/oauth2callback", "/media",
)  # fmt: skip
"""Docket has its own routes for files and sign-in; metrics and remote control are not served at all.

Streamlit keeps what it puts under /media in one process, and the next request may reach another.
"""
LIVE_PATH = "/live"
"""The only WebSocket that does not run a page."""
LOGGED_PATHS = ("/api/", "/auth/", "/t/")

log = structlog.get_logger("docket.web")


class RequestGuard:
    """Refuses requests by path, host and origin before Streamlit sees them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.strangers = SignedOutPages()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request or pass it on."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await _refuse(refusal, scope, receive, send)
        elif scope["type"] == "websocket" and scope["path"] != LIVE_PATH:
            await self._page(scope, receive, send)
        else:
            await self.app(scope, receive, _wrap_with_logging(scope, send))

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            signed_in = await to_thread.run_sync(_is_signed_in, Headers(scope=scope).get("cookie", ""))
        except Unavailable as away:  # the page reconnects automatically
            await _refuse(PlainTextResponse(away.sentence, away.status), scope, receive, send)
            return
        with self.strangers.place(None if signed_in else websocket_guard.client_address(scope)) as room:
            if room:
                await self.app(
                    await to_thread.run_sync(websocket_guard.bind_to_user, scope),
                    websocket_guard.filter_messages(receive),
                    send,
                )
            else:
                log.warning("too many signed-out pages from one address")
                await _refuse(PlainTextResponse("Please try again later.", 503), scope, receive, send)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        path, headers = scope["path"], Headers(scope=scope)
        if not _is_known_host(headers.get("host", "")):
            return PlainTextResponse(f"Docket is at {settings.current().base_url}.", 421)
        if scope["type"] == "websocket" and not websocket_guard.is_own_origin(headers):
            return PlainTextResponse("This connection comes from another site.", 403)
        if path.startswith(BLOCKED_PATHS):
            return PlainTextResponse("Page not found.", 404)
        return None


async def _refuse(refusal: PlainTextResponse, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await refusal(scope, receive, send)
        return
    await receive()
    await send({"type": "websocket.close", "code": 1008})


def _is_known_host(host: str) -> bool:
    """Accept the base URL's host, localhost, and bare IP addresses, which are safe from DNS rebinding."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name in (urlsplit(settings.current().base_url).hostname, "localhost"):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_signed_in(cookies: str) -> bool:
    secret = cookie_parser(cookies).get(client_info.cookie_name())
    with transactions.see() as session:
        return sessions.authenticate(session, secret, channel=Source.PAGE) is not None


def _wrap_with_logging(scope: Scope, send: Send) -> Send:
    if scope["type"] != "http":
        return send
    began = time.perf_counter()

    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            status = message["status"]
            probe = "/_stcore/" in scope["path"]  # Streamlit looks for its server below each page first
            if (status >= 400 and not probe) or scope["path"].startswith(LOGGED_PATHS):
                took = round((time.perf_counter() - began) * 1000, 1)
                log.info("request", method=scope["method"], path=scope["path"], status=status, ms=took)
        await send(message)

    return tell
