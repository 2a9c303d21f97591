"""Attachments: files on tickets and comments. Their type is detected from their bytes, never from their name."""

import hashlib
import io
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import puremagic
from PIL import Image
from sqlalchemy import bindparam, delete, or_
from sqlmodel import Session, col, select

from db.models import Attachment, Comment, Person, Ticket
from db.vocabulary import Action, Permission
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.core import clock
from lib.core.errors import Invalid, TooLarge
from lib.core.file_names import safe_name

MAX_BYTES = 25 * 1024 * 1024
"""Maximum size of one file, in bytes."""
MAX_FILES = 20
"""Maximum number of files on one ticket description or comment."""
MAX_PIXELS = 40_000_000
THUMBNAIL_SIZE = 640
"""Longest side of a thumbnail, in pixels."""
REMOVAL_WINDOW = timedelta(minutes=15)
"""How long uploaders without a wider permission can remove their own file."""
ORPHAN_AGE = timedelta(days=1)
"""How old stored bytes without a row must be before they are deleted."""
UNUSED_LIFETIME = timedelta(days=7)
"""How long an unused upload is kept, since a draft may still refer to it."""

IMAGE_TYPES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
KNOWN_TYPES = {"application/pdf", "application/zip"} | IMAGE_TYPES
_ID_PATTERN = re.compile(r"[0-9a-f]{32}")
_STORED_NAME_PATTERN = re.compile(r"[0-9a-f]{32}\.bin")


@dataclass(frozen=True)
class Upload:
    """A file that was examined and can be stored. `path` is where its bytes will be stored."""

    name: str
    type: str
    size: int
    sha256: str
    path: str
    thumbnail: bytes | None


@dataclass(frozen=True)
class AttachmentCard:
    """A file as shown by pages and the API."""

    id: str
    name: str
    type: str
    size: int
    preview: bool
    comment_id: int | None
    uploader: str
    created_at: datetime


def examine(name: str, data: bytes) -> Upload:
    """Return a file's safe name, type, size, hash and thumbnail. Raises TooLarge over 25 MB, Invalid if empty."""
    if len(data) > MAX_BYTES:
        raise TooLarge(f"“{safe_name(name)}” is larger than {MAX_BYTES // 1024**2} MB.")
    if not data:
        raise Invalid(f"“{safe_name(name)}” is empty.", fields={"file": "The file is empty."})
    kind = _detect_type(data)
    thumbnail = _render_thumbnail(data) if kind in IMAGE_TYPES else None
    digest = hashlib.sha256(data).hexdigest()
    return Upload(safe_name(name), kind, len(data), digest, f"{secrets.token_hex(16)}.bin", thumbnail)


def _detect_type(data: bytes) -> str:
    try:
        found = puremagic.from_string(data, mime=True)
    except (puremagic.PureError, ValueError):
        found = ""
    if found in KNOWN_TYPES:
        return found
    try:
        head = data[:4096].decode("utf-8")
    except UnicodeDecodeError as error:
        head = data[: error.start].decode("utf-8") if error.start > 4000 else "\x00"
    if "\x00" not in head and "<" not in head:
        return "text/plain"
    return "application/octet-stream"


def _render_thumbnail(data: bytes) -> bytes | None:
    """Render a small copy of an image that holds pixels only, no metadata. Return None if the image is not valid."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > MAX_PIXELS:
                return None
            image.draft("RGB", (THUMBNAIL_SIZE, THUMBNAIL_SIZE))
            image.thumbnail((THUMBNAIL_SIZE, THUMBNAIL_SIZE))
            out = io.BytesIO()
            image.convert("RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB").save(
                out, "WEBP"
            )
    except Exception:
        return None
    return out.getvalue()


def thumbnail_path(path: str) -> str:
    """Return the path of the thumbnail for the file stored at `path`."""
    return f"{path}.preview"


def create(session: Session, actor: Actor, upload: Upload) -> Attachment:
    """Create the row for an upload whose bytes are stored. Only its uploader can see it until it is attached."""
    gate.require(actor, Permission.ATTACHMENT_ADD)
    row = Attachment(
        id=secrets.token_hex(16),
        uploader_id=actor.person_id,
        name=upload.name,
        type=upload.type,
        size=upload.size,
        sha256=upload.sha256,
        path=upload.path,
        preview=upload.thumbnail is not None,
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return row


def attach(
    session: Session, actor: Actor, ids: Iterable[str], *, ticket: Ticket, comment: Comment | None = None
) -> None:
    """Attach the actor's own uploads to a ticket's description or to a comment.

    Raises NotFound for a file that is not the actor's unused upload, NotPermitted, Invalid for too many.
    """
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return
    gate.permit(session, actor, Permission.ATTACHMENT_ADD, ticket)
    if len(wanted) > MAX_FILES:
        raise Invalid(
            f"At most {MAX_FILES} files at a time.", fields={"attachments": f"At most {MAX_FILES}."}
        )
    for id in wanted:
        row = _get_own_upload(session, actor, id)
        row.ticket_id, row.comment_id = ticket.id, comment.id if comment else None
    session.flush()


def _get_own_upload(session: Session, actor: Actor, id: str) -> Attachment:
    unused = select(Attachment).where(
        Attachment.id == (id if _ID_PATTERN.fullmatch(id) else ""),
        Attachment.uploader_id == actor.id,
        col(Attachment.ticket_id).is_(None),
        col(Attachment.removed_at).is_(None),
    )
    row = session.exec(gate.unscoped(unused.with_for_update(), "only the actor's own uploads")).first()
    if row is None:
        raise gate.not_found(actor, Permission.ATTACHMENT_READ, "attachment", None)
    return row


def get(session: Session, actor: Actor, id: str) -> Attachment:
    """Return a file that the actor may open. Raises NotFound if its ticket or comment is not visible to them."""
    row = (
        gate.unscoped_get(session, Attachment, id, "checked before it is returned")
        if _ID_PATTERN.fullmatch(id)
        else None
    )
    if row is None or row.removed_at is not None:
        raise gate.not_found(actor, Permission.ATTACHMENT_READ, "attachment", None)
    if row.ticket_id is None:
        return _get_own_upload(session, actor, id)
    reachable = (
        gate.visible(actor, Ticket.id)
        .outerjoin(Comment, col(Comment.id) == row.comment_id)
        .where(col(Ticket.id) == row.ticket_id, gate.scope_condition(actor, Permission.ATTACHMENT_READ))
    )
    if row.comment_id is not None:
        reachable = reachable.where(gate.visible_comments_condition(actor), col(Comment.removed_at).is_(None))
    if session.exec(reachable).first() is None:
        raise gate.not_found(actor, Permission.ATTACHMENT_READ, "attachment", None)
    return row


def list_for_ticket(session: Session, actor: Actor, ticket: Ticket) -> list[AttachmentCard]:
    """Return the files of a ticket and of those of its comments that the actor can read, oldest first."""
    if not gate.can(session, actor, Permission.ATTACHMENT_READ, ticket):
        return []
    rows = session.exec(_select_files(actor), params={"number": ticket.id}).all()
    return [to_card(row, uploader) for row, uploader in rows]


def list_for_comments(
    session: Session, actor: Actor, ticket: Ticket, comments: Iterable[int]
) -> list[AttachmentCard]:
    """Return the files of a ticket itself and of some of its comments, as far as the actor can read them."""
    if not gate.can(session, actor, Permission.ATTACHMENT_READ, ticket):
        return []
    shown = or_(col(Attachment.comment_id).is_(None), col(Attachment.comment_id).in_(list(comments)))
    rows = session.exec(_select_files(actor).where(shown), params={"number": ticket.id}).all()
    return [to_card(row, uploader) for row, uploader in rows]


@lru_cache(maxsize=gate.CACHED_STATEMENTS)
def _select_files(actor: Actor) -> Any:
    return gate.unscoped(
        select(Attachment, Person.name)
        .join(Person, col(Person.id) == Attachment.uploader_id)
        .join(Ticket, col(Ticket.id) == Attachment.ticket_id)
        .outerjoin(Comment, col(Comment.id) == Attachment.comment_id)
        .where(Attachment.ticket_id == bindparam("number"), col(Attachment.removed_at).is_(None))
        .where(
            col(Attachment.comment_id).is_(None)
            | (gate.visible_comments_condition(actor) & col(Comment.removed_at).is_(None))
        )
        .order_by(col(Attachment.created_at)),
        "found through the gate",
    )


def to_card(row: Attachment, uploader: str) -> AttachmentCard:
    """Return the card of a file with its uploader's name."""
    return AttachmentCard(
        row.id, row.name, row.type, row.size, row.preview, row.comment_id, uploader, row.created_at
    )


def remove(session: Session, actor: Actor, row: Attachment) -> None:
    """Remove a file. Its name stays in the history, and the worker deletes its bytes later.

    Only its uploader can remove an unused upload. Raises NotPermitted, and Invalid when the uploader's 15 minutes are
    over.
    """
    if row.ticket_id is None:
        _get_own_upload(session, actor, row.id).removed_at = clock.now()
        return
    ticket = session.exec(
        gate.unscoped(select(Ticket).where(Ticket.id == row.ticket_id), "checked in the next line")
    ).one()
    gate.permit(session, actor, Permission.ATTACHMENT_REMOVE, ticket)
    if not gate.can(session, actor, Permission.TICKET_DELETE, ticket):
        if row.uploader_id != actor.id:
            raise gate.not_permitted(
                actor, Permission.ATTACHMENT_REMOVE, subject="ticket", subject_id=ticket.id
            )
        working = gate.works_on(actor, Permission.ATTACHMENT_REMOVE, ticket)
        if not working and row.created_at < clock.now() - REMOVAL_WINDOW:
            raise Invalid("You can remove a file only within 15 minutes. Ask staff to remove it.")
    row.removed_at = clock.now()
    comment = (
        gate.unscoped_get(session, Comment, row.comment_id, "the ticket was permitted")
        if row.comment_id
        else None
    )
    internal = comment.internal if comment else False
    events.record(
        session, actor, Action.ATTACHMENT_REMOVED, ticket_id=ticket.id, old=row.name, internal=internal
    )


def expire(session: Session, *, limit: int) -> list[Attachment]:
    """Return up to `limit` removed files and uploads unused for a week, marked so that nobody can attach them."""
    unused = col(Attachment.ticket_id).is_(None) & (
        col(Attachment.created_at) < clock.now() - UNUSED_LIFETIME
    )
    gone = unused | col(Attachment.removed_at).is_not(None)
    chosen = select(Attachment).where(gone).limit(limit).with_for_update()
    rows = session.exec(gate.unscoped(chosen, "the worker cleans up for all")).all()
    for row in rows:
        row.removed_at = row.removed_at or clock.now()
    return list(rows)


def find_orphans(session: Session, paths: Iterable[str]) -> list[str]:
    """Return which of the stored paths were made by Docket but belong to no row. Includes thumbnails."""
    holders = {path: path.removesuffix(".preview") for path in paths}
    ours = {path: holder for path, holder in holders.items() if _STORED_NAME_PATTERN.fullmatch(holder)}
    chosen = select(Attachment.path).where(col(Attachment.path).in_(set(ours.values())))
    held = set(session.exec(gate.unscoped(chosen, "the worker cleans up for all")).all())
    return [path for path, holder in ours.items() if holder not in held]


def purge(session: Session, ids: Iterable[str]) -> None:
    """Delete the rows of removed files whose bytes are deleted. The history keeps their names."""
    session.execute(
        gate.unscoped(
            delete(Attachment).where(
                col(Attachment.id).in_(list(ids)), col(Attachment.removed_at).is_not(None)
            ),
            "the worker cleans up for all",
        )
    )
