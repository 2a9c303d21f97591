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
from api.shared.schemas import ResponseSchema, json_response, no_content
from lib.access.gate import Actor
from lib.conversation import attachments
from lib.conversation.attachments import Attachment
from lib.core import file_names
from lib.core.errors import Invalid, NotFound, OutcomeUnknown, TooLarge, Unavailable
from lib.integrations import storage
from lib.transactions import act, see

router = APIRouter(tags=["attachments"])

CHUNK_BYTES = 1024 * 1024
SAFE_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Content-Encoding": "identity",  # so that nothing on the way compresses, and ranges work
    "Cross-Origin-Resource-Policy": "same-origin",
}
UPLOAD_BODY = {
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
UPLOAD_AGAIN = (
    "The connection to the database broke while this file was being saved, so Docket can't tell whether it was saved. "
    "Upload it again. Unused copies are deleted automatically."
)
_examine_lock = Lock()


class UploadedFile(ResponseSchema):
    """An upload. Only you can see it until a ticket or comment uses it. `preview`: it has a preview image."""

    id: str
    name: str
    type: str
    size: int
    preview: bool


class _Parser(MultiPartParser):
    """Keeps no more than this many bytes of an upload in memory; the rest waits on disk."""

    spool_max_size = 64 * 1024


@router.post(
    "/attachments", status_code=201, response_model=UploadedFile, openapi_extra={"requestBody": UPLOAD_BODY}
)
async def upload_attachment(me: Me, request: Request) -> Response:
    """Upload a file of at most 25 MB, in the field `file`."""
    try:
        form = await _Parser(request.headers, request.stream(), max_files=1, max_fields=0).parse()
    except (MultiPartException, KeyError):
        raise _build_missing_file() from None
    except OSError as error:  # what doesn't fit into memory waits on the disk
        raise storage.to_unavailable(error) from error
    try:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise _build_missing_file()
        return await run_in_threadpool(_store, me, file)
    finally:
        await form.close()


def _build_missing_file() -> Invalid:
    return Invalid("Send one file, in the field “file”.", fields={"file": "This is missing."})


def _store(me: Actor, file: UploadFile) -> Response:
    if (file.size or 0) > attachments.MAX_BYTES:
        raise TooLarge("A file can have at most 25 MB.")
    rate_limits.count_upload(me.id, file.size or 0)
    with _examine_lock:  # a large picture takes a lot of memory while it is examined
        data = file.file.read()
        found = attachments.examine(file_names.decode_form_name(file.filename or ""), data)
    try:
        storage.put(found.path, data)
        if found.thumbnail is not None:
            storage.put(attachments.thumbnail_path(found.path), found.thumbnail)
        with act() as session:
            row = attachments.create(session, me, found)
    except OutcomeUnknown:
        raise OutcomeUnknown(
            UPLOAD_AGAIN
        ) from None  # its row may be there; bytes without one go with the stray ones
    except Exception:
        for path in (found.path, attachments.thumbnail_path(found.path)):
            with suppress(Unavailable):  # what stays goes with the stray ones
                storage.delete(path)
        raise
    location = {"Location": f"/api/v1/attachments/{row.id}"}
    return json_response(_to_uploaded_file(row), 201, location)


def _to_uploaded_file(row: Attachment) -> UploadedFile:
    return UploadedFile(id=row.id, name=row.name, type=row.type, size=row.size, preview=row.preview)


@router.get("/attachments/{id}", response_class=Response, responses={206: {"description": "A part"}})
def download_attachment(me: Me, request: Request, id: str) -> Response:
    """Download a file; `Range` gets a part of it."""
    with see() as session:
        row = attachments.get(session, me, id)
    headers = SAFE_HEADERS | {
        "Content-Disposition": _format_disposition("attachment", row.name),
        "Accept-Ranges": "bytes",
    }
    try:
        span = _parse_range(request.headers.get("range"), row.size)
    except ValueError:
        return problems.build_problem(
            416, "The file has no such range.", headers={"Content-Range": f"bytes */{row.size}"}
        )
    start, end = span or (0, row.size)
    if span:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{row.size}"
    headers["Content-Length"] = str(end - start)
    first = _read_part(row.path, start, min(start + CHUNK_BYTES, end))
    return StreamingResponse(
        _iterate_chunks(first, row.path, start + CHUNK_BYTES, end),
        206 if span else 200,
        headers=headers,
        media_type=row.type,
    )


@router.get("/attachments/{id}/preview", response_class=Response)
def get_attachment_preview(me: Me, id: str) -> Response:
    """Get a small preview of an image, which Docket creates itself."""
    with see() as session:
        row = attachments.get(session, me, id)
    picture = storage.get(attachments.thumbnail_path(row.path)) if row.preview else None
    if picture is None:
        raise NotFound(problems.NOT_FOUND)
    headers = SAFE_HEADERS | {"Content-Disposition": _format_disposition("inline", "preview.webp")}
    return Response(picture, headers=headers, media_type="image/webp")


@router.delete("/attachments/{id}", status_code=204)
def delete_attachment(me: Me, id: str) -> Response:
    """Delete a file. Its name stays in the history."""
    with act() as session:
        attachments.remove(session, me, attachments.get(session, me, id))
    return no_content()


def _read_part(path: str, start: int, end: int) -> bytes:
    found = storage.get_range(path, start=start, end=end)
    if found is None:
        raise NotFound("The file's content is missing. Tell an administrator.")
    return found


def _iterate_chunks(first: bytes, path: str, start: int, end: int) -> Iterator[bytes]:
    yield first
    for here in range(start, end, CHUNK_BYTES):
        yield _read_part(path, here, min(here + CHUNK_BYTES, end))


def _format_disposition(kind: str, name: str) -> str:
    """Return the header for any name: plain letters for old programs, all in UTF-8 (RFC 6266, 5987)."""
    plain = re.sub(r'[^\x20-\x7e]|["\\%]', "_", name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _parse_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Return where a single range begins and ends; None for all, as for what isn't understood.

    Raises ValueError when the file has no such range.
    """
    found = re.fullmatch(r"bytes=(\d{0,15})-(\d{0,15})", header or "")
    if not found or not any(found.groups()):
        return None
    first, last = found.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last) + 1, size) if first and last else size
    if start >= size or start >= end:
        raise ValueError("no such range")
    return start, end
