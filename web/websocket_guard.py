"""WebSocket guard: limits which session a page's WebSocket may resume and which messages it may send.

Streamlit resumes a session for anybody who names its id, unless the trusted headers of the two connections differ. So
every connection gets the hash of its sign-in cookie in one (`server.trustedUserHeaders`) that no client can send.
"""

import secrets

import structlog
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Message, Receive, Scope

from db.vocabulary import Action, Source
from lib import transactions
from lib.access.gate import Actor
from lib.audit import events
from lib.core import settings
from lib.identity import client_info, one_time_tokens, sessions
from ui import streamlit_internals

USER_HEADER, USER_KEY = b"x-docket-who", "who"
PROTOCOL_HEADER = b"sec-websocket-protocol"
ALLOWED_MESSAGES = {"rerun_script", "stop_script", "app_heartbeat"}
"""Messages that pages send. Others would reveal the server's files and checkout, or return data without the gate."""

log = structlog.get_logger("docket.web")


def is_own_origin(headers: Headers) -> bool:
    """Return whether a connection comes from Docket's own pages, or not from a browser at all."""
    origin, scheme = headers.get("origin"), "https" if settings.current().secure else "http"
    return origin in (None, settings.current().base_url, f"{scheme}://{headers.get('host')}")


def client_address(scope: Scope) -> str:
    """Return the client's address."""
    peer = scope["client"][0] if scope.get("client") else None
    return client_info.resolve_address(peer, Headers(scope=scope).get("x-forwarded-for"))


def bind_to_user(scope: Scope) -> Scope:
    """Return the connection with its user's header, and without a request to resume somebody else's session."""
    headers = Headers(scope=scope)
    secret = cookie_parser(headers.get("cookie", "")).get(client_info.cookie_name())
    # Signed-out visitors get a random value: they have nothing to resume, least of all a half-done sign-in.
    who = one_time_tokens.digest(secret) if secret else secrets.token_hex(32)
    kept = [(name, value) for name, value in scope["headers"] if name != USER_HEADER]
    wanted = [part.strip() for part in headers.get("sec-websocket-protocol", "").split(",")]
    owner = _find_owner(wanted[2]) if len(wanted) > 2 else None
    if owner is not None and owner != who:
        kept = [(name, value) for name, value in kept if name != PROTOCOL_HEADER]
        kept.append((PROTOCOL_HEADER, ", ".join(wanted[:2]).encode("latin-1")))
        _record_misuse(owner, secret, client_address(scope))
    return {**scope, "headers": [*kept, (USER_HEADER, who.encode())]}


def _find_owner(session_id: str) -> str | None:
    mark = (streamlit_internals.session_user(session_id) or {}).get(USER_KEY)
    return str(mark) if mark else None


def _record_misuse(owner: str, secret: str | None, address: str) -> None:
    """Record the attempt in the audit log, unless the session has ended or belongs to the same person."""
    with transactions.see() as session:
        here = sessions.authenticate(session, secret, channel=Source.PAGE, address=address)
        person = sessions.find_person_id(session, owner)
    if person is None or (here is not None and here.id == person):
        return
    nobody = Actor(id=None, name="", role="", scopes={}, address=address)
    with transactions.act() as session:
        events.record(session, here or nobody, Action.SESSION_MISUSED, subject=f"person:{person}")


def filter_messages(receive: Receive) -> Receive:
    """Drop all messages that pages don't send."""

    async def next_asked() -> Message:
        while True:
            message = await receive()
            if message["type"] != "websocket.receive" or _is_allowed(message.get("bytes") or b""):
                return message

    return next_asked


def _is_allowed(data: bytes) -> bool:
    try:
        return streamlit_internals.message_type(data) in ALLOWED_MESSAGES
    except ValueError:
        log.debug("page sent what is no message", size=len(data))
        return False
