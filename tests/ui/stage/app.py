"""A small real server for the components: Docket's content policy, and simple answers where the API would be."""

import base64
import hashlib
import re
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit
import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui import components

HERE = Path(__file__).parent
TICKET = "good-ticket"
SECRET = "signed-in"

drafts: dict[str, dict] = {}
used: set[str] = set()
files: dict[int, dict] = {}
calls: list[list[str]] = []
switches = {"signed_out": False, "slow": 0}


def policy() -> str:
    index = (Path(streamlit.__file__).parent / "static" / "index.html").read_text()
    hashes = [
        "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"
        for text in re.findall(r"<script>(.*?)</script>", index, re.DOTALL)
    ]
    return (
        f"default-src 'none'; script-src 'self' {' '.join(hashes)}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; media-src 'self'; worker-src 'none'; "
        "frame-src 'self'; manifest-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'; "
        "object-src 'none'"
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
    calls.append(["session", str(ticket)])
    if ticket != TICKET:
        return problem(401, "This ticket was already used.")
    answer = Response(status_code=204)
    answer.set_cookie("docket", SECRET, httponly=True, samesite="lax")
    return answer


async def sign_out(request: Request) -> Response:
    calls.append(["sign-out", ""])
    answer = Response(status_code=204)
    answer.delete_cookie("docket")
    return answer


async def draft(request: Request) -> Response:
    slot = request.path_params["slot"]
    if switches["signed_out"]:
        return problem(401, "Please sign in.")
    if request.method == "GET":
        return JSONResponse(drafts.get(slot, {}))
    body = await request.json()
    calls.append(["draft", slot])
    if body["token"] in used:
        return problem(410, "This was already sent.")
    kept = drafts.setdefault(slot, {"token": body["token"], "values": {}})
    kept["values"].update(body["values"])
    return Response(status_code=204)


async def preview(request: Request) -> Response:
    text = (await request.json())["text"]
    calls.append(["preview", text])
    return JSONResponse({"html": f"<p><strong>{len(text)}</strong> characters</p><img src=x onerror='window.hurt=1'>"})


async def attach(request: Request) -> Response:
    form = await request.form()
    file = form["file"]
    if isinstance(file, str) or not file.filename:
        return problem(422, "There is no file.")
    if file.filename.endswith(".exe"):
        return problem(415, "Programs cannot be attached.")
    number = len(files) + 1
    files[number] = {"id": number, "name": file.filename, "type": file.content_type, "size": len(await file.read())}
    return JSONResponse(files[number], 201)


async def detach(request: Request) -> Response:
    calls.append(["detach", request.path_params["id"]])
    files.pop(int(request.path_params["id"]), None)
    return Response(status_code=204)


async def similar(request: Request) -> Response:
    title = request.query_params["title"]
    calls.append(["similar", title])
    items = [{"number": 7, "title": "Printer on floor 2 jams", "status": "In Progress"}] if "printer" in title.lower() else []
    return JSONResponse({"items": items})


async def control(request: Request) -> Response:
    """What the tests read and set from outside."""
    if request.method == "POST":
        body = await request.json()
        switches.update({name: body[name] for name in switches if name in body})
        used.update(body.get("used", []))
    return JSONResponse({"calls": calls, "drafts": drafts, "files": list(files)})


@asynccontextmanager
async def lifespan(app: st.App):  # noqa: ANN201
    components.register()
    yield {}


app = st.App(
    str(HERE / "main.py"),
    routes=[
        Route("/auth/session", session, methods=["POST"]),
        Route("/auth/sign-out", sign_out, methods=["POST"]),
        Route("/api/v1/drafts/{slot:path}", draft, methods=["GET", "PATCH"]),
        Route("/api/v1/preview", preview, methods=["POST"]),
        Route("/api/v1/attachments", attach, methods=["POST"]),
        Route("/api/v1/attachments/{id}", detach, methods=["DELETE"]),
        Route("/api/v1/similar", similar),
        Route("/control", control, methods=["GET", "POST"]),
    ],
    lifespan=lifespan,
    middleware=[Middleware(Policy)],
)
