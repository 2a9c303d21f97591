"""Files: each request is checked, and what is sent can't do anything in a browser."""

import re
from collections.abc import Iterator
from contextlib import suppress
from threading import Lock
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.responses import Response, StreamingResponse

from api.shared import problems, rate_limits
from api.shared.auth import Me
from api.shared.schemas import Shape, done, shown
from lib.access.gate import Actor
from lib.conversation import attachments
from lib.conversation.attachments import Attachment
from lib.core import file_names
from lib.core.errors import Invalid, NotFound, OutcomeUnknown, TooLarge, Unavailable
from lib.integrations import storage
from lib.transactions import act, see

router = APIRouter(tags=["attachments"])

CHUNK = 1024 * 1024
HARMLESS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Content-Encoding": "identity",  # so that nothing on the way compresses, and ranges work
    "Cross-Origin-Resource-Policy": "same-origin",
}
FORM = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
            }
        }
    },
}
AGAIN = (
    "The connection to the database broke while this file was being saved, so Docket can't tell whether it was saved. "
    "Upload it again: a copy that nothing uses is deleted by itself."
)
_one_at_a_time = Lock()


class Uploaded(Shape):
    """An upload: yours alone until a ticket or comment takes it; `preview` tells whether it has a picture."""

    id: str
    name: str
    type: str
    size: int
    preview: bool


class _Parser(MultiPartParser):
    """Keeps no more than this many bytes of an upload in memory; the rest waits on disk."""

    spool_max_size = 64 * 1024


@router.post("/attachments", status_code=201, response_model=Uploaded, openapi_extra={"requestBody": FORM})
async def upload(me: Me, request: Request) -> Response:
    """Upload a file of at most 25 MB, in the field `file`."""
    try:
        form = await _Parser(request.headers, request.stream(), max_files=1, max_fields=0).parse()
    except (MultiPartException, KeyError):
        raise _no_file() from None
    except OSError as error:  # what doesn't fit into memory waits on the disk
        raise storage.fault(error) from error
    try:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise _no_file()
        return await run_in_threadpool(_keep, me, file)
    finally:
        await form.close()


def _no_file() -> Invalid:
    return Invalid("Send one file, in the field “file”.", fields={"file": "This is missing."})


def _keep(me: Actor, file: UploadFile) -> Response:
    if (file.size or 0) > attachments.LARGEST:
        raise TooLarge("A file may have 25 MB at most.")
    rate_limits.upload(me.id, file.size or 0)
    with _one_at_a_time:  # a large picture takes a lot of memory while it is examined
        data = file.file.read()
        found = attachments.examine(file_names.received(file.filename or ""), data)
    try:
        storage.put(found.path, data)
        if found.thumbnail is not None:
            storage.put(attachments.thumbnail_path(found.path), found.thumbnail)
        with act() as session:
            row = attachments.keep(session, me, found)
    except OutcomeUnknown:
        raise OutcomeUnknown(
            AGAIN
        ) from None  # its row may be there; bytes without one go with the stray ones
    except Exception:
        for path in (found.path, attachments.thumbnail_path(found.path)):
            with suppress(Unavailable):  # what stays goes with the stray ones
                storage.remove(path)
        raise
    location = {"Location": f"/api/v1/attachments/{row.id}"}
    return shown(_uploaded(row), 201, location)


def _uploaded(row: Attachment) -> Uploaded:
    return Uploaded(id=row.id, name=row.name, type=row.type, size=row.size, preview=row.preview)


@router.get("/attachments/{id}", response_class=Response, responses={206: {"description": "A part"}})
def download(me: Me, request: Request, id: str) -> Response:
    """Download a file; `Range` gets a part of it."""
    with see() as session:
        row = attachments.find(session, me, id)
    headers = HARMLESS | {
        "Content-Disposition": _disposition("attachment", row.name),
        "Accept-Ranges": "bytes",
    }
    try:
        span = _span(request.headers.get("range"), row.size)
    except ValueError:
        return problems.problem(
            416, "The file has no such part.", headers={"Content-Range": f"bytes */{row.size}"}
        )
    start, end = span or (0, row.size)
    if span:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{row.size}"
    headers["Content-Length"] = str(end - start)
    first = _part(row.path, start, min(start + CHUNK, end))
    return StreamingResponse(
        _chunks(first, row.path, start + CHUNK, end),
        206 if span else 200,
        headers=headers,
        media_type=row.type,
    )


@router.get("/attachments/{id}/preview", response_class=Response)
def preview(me: Me, id: str) -> Response:
    """Get a small picture of an image, drawn anew."""
    with see() as session:
        row = attachments.find(session, me, id)
    picture = storage.get(attachments.thumbnail_path(row.path)) if row.preview else None
    if picture is None:
        raise NotFound(problems.NOTHING)
    headers = HARMLESS | {"Content-Disposition": _disposition("inline", "preview.webp")}
    return Response(picture, headers=headers, media_type="image/webp")


@router.delete("/attachments/{id}", status_code=204)
def remove(me: Me, id: str) -> Response:
    """Take a file away; its name stays in the history."""
    with act() as session:
        attachments.remove(session, me, attachments.find(session, me, id))
    return done()


def _part(path: str, start: int, end: int) -> bytes:
    found = storage.part(path, start=start, end=end)
    if found is None:
        raise NotFound("The file's content is missing. Please tell an administrator.")
    return found


def _chunks(first: bytes, path: str, start: int, end: int) -> Iterator[bytes]:
    yield first
    for here in range(start, end, CHUNK):
        yield _part(path, here, min(here + CHUNK, end))


def _disposition(kind: str, name: str) -> str:
    """Return the header for any name: plain letters for old programs, all in UTF-8 (RFC 6266, 5987)."""
    plain = re.sub(r'[^\x20-\x7e]|["\\%]', "_", name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _span(header: str | None, size: int) -> tuple[int, int] | None:
    """Return where a single range begins and ends; None for all, as for what isn't understood.

    Raises ValueError when the file has no such part.
    """
    found = re.fullmatch(r"bytes=(\d{0,15})-(\d{0,15})", header or "")
    if not found or not any(found.groups()):
        return None
    first, last = found.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last) + 1, size) if first and last else size
    if start >= size or start >= end:
        raise ValueError("no such part")
    return start, end
