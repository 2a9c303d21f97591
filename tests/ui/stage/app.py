"""A small real server for the components: Docket's content policy, simple answers where the API would be."""

import base64
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit
import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.ui.stage import desk, kept
from ui import components

HERE = Path(__file__).parent
TICKET = "good-ticket"
SIMILAR = [{"number": 7, "title": "Printer on floor 2 jams", "status": "In Progress"}]


def policy() -> str:
    """The strict content policy, with the hash of Streamlit's one inline script."""
    index = (Path(streamlit.__file__).parent / "static" / "index.html").read_text()
    hashes = [
        "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"
        for script in re.findall(r"<script>(.*?)</script>", index, re.DOTALL)
    ]
    return (
        f"default-src 'none'; script-src 'self' {' '.join(hashes)}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; media-src 'self'; "
        "worker-src 'none'; frame-src 'self'; manifest-src 'self'; base-uri 'self'; form-action 'self'; "
        "frame-ancestors 'self'; object-src 'none'"
    )


class Policy:
    """Puts the content policy on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.header = (b"content-security-policy", policy().encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def out(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], self.header]
            await send(message)

        await self.app(scope, receive, out)


def problem(status: int, detail: str) -> JSONResponse:
    return JSONResponse({"status": status, "detail": detail}, status, media_type="application/problem+json")


async def session(request: Request) -> Response:
    ticket = (await request.json()).get("ticket")
    kept.calls.append(["session", str(ticket)])
    if ticket != TICKET:
        return problem(401, "This ticket was already used.")
    answer = Response(status_code=204)
    answer.set_cookie("docket", "signed-in", httponly=True, samesite="lax")
    return answer


async def sign_out(request: Request) -> Response:
    kept.calls.append(["sign-out", ""])
    answer = Response(status_code=204)
    answer.delete_cookie("docket")
    return answer


async def draft(request: Request) -> Response:
    body = await request.json()
    kept.calls.append(["draft", body["values"].get("body", "")])
    if kept.switches["signed_out"]:
        return problem(401, "Please sign in.")
    if body["token"] in kept.used:
        return problem(410, "This draft was already sent.")
    kept.save(request.path_params["slot"], body["token"], body["values"])
    return Response(status_code=204)


async def preview(request: Request) -> Response:
    asked = await request.json()
    text = asked.get("text", asked.get("body", ""))
    hostile = "<img src=x alt='' onerror='window.hurt=1'><a href='javascript:window.hurt=1'>hurt</a>"
    return JSONResponse({"html": f"<p><strong>{len(text)}</strong> characters</p>{hostile}"})


async def attach(request: Request) -> Response:
    async with request.form() as form:
        file = form["file"]
        if isinstance(file, str) or not file.filename:
            return problem(422, "There is no file.")
        if file.filename.endswith(".exe"):
            return problem(415, "Programs cannot be attached.")
        made = kept.attach(file.filename, file.content_type or "", len(await file.read()))
    return JSONResponse({"id": made.id, "name": made.name, "type": made.type, "size": made.size}, 201)


async def detach(request: Request) -> Response:
    kept.files.pop(request.path_params["id"], None)
    return Response(status_code=204)


async def similar(request: Request) -> Response:
    title = request.query_params["title"]
    kept.calls.append(["similar", title])
    return JSONResponse({"items": SIMILAR if "printer" in title.lower() else []})


async def control(request: Request) -> Response:
    """What the tests see and set from outside."""
    if request.method == "POST":
        body: dict[str, Any] = await request.json()
        if body.get("forget"):
            kept.forget()
        kept.used.update(body.get("used", []))
        kept.switches.update({name: body[name] for name in kept.switches if name in body})
    drafts = {slot: {"token": card.token, **card.values} for slot, card in kept.rows.items()}
    files = [card.name for card in kept.files.values()]
    return JSONResponse({"calls": kept.calls, "drafts": drafts, "files": files, "sent": kept.sent})


async def healthy(request: Request) -> Response:
    return JSONResponse({"status": "ok"})


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
    components.register()
    yield {}


app = st.App(
    str(HERE / "main.py"),
    routes=[
        Route("/auth/session", session, methods=["POST"]),
        Route("/auth/sign-out", sign_out, methods=["POST"]),
        Route("/api/v1/drafts/{slot}", draft, methods=["PATCH"]),
        Route("/api/v1/preview", preview, methods=["POST"]),
        Route("/api/v1/tickets/{number}/mentions", preview, methods=["POST"]),
        Route("/api/v1/attachments", attach, methods=["POST"]),
        Route("/api/v1/attachments/{id}", detach, methods=["DELETE"]),
        Route("/api/v1/similar", similar),
        *desk.routes,
        Route("/control", control, methods=["GET", "POST"]),
        Route("/healthz", healthy),
    ],
    lifespan=lifespan,
    middleware=[Middleware(Policy)],
)
