"""A conversation as HTML: every text escaped or rendered by `lib.text`, every file through Docket's own route."""

from collections.abc import Sequence
from datetime import datetime
from html import escape

import streamlit as st
from babel.numbers import format_decimal

from db.models import Ticket
from lib import text
from lib.desk.attachments import AttachmentCard
from lib.desk.comments import CommentCard
from lib.desk.conversation import Thread
from lib.desk.history import Line
from ui import words

KINDS = ("todo", "active", "blocked", "paused", "done")


def description(ticket: Ticket, requester: str, files: Sequence[AttachmentCard]) -> None:
    """Show what the requester wrote, with its files."""
    own = [f for f in files if f.comment_id is None]
    body = text.html(ticket.description) or "<p class='dk-quiet'>No description.</p>"
    head = f"{_avatar(requester)}<b>{escape(requester)}</b> {_time(ticket.created_at)}"
    st.html(
        f"<article class='dk-entry'><header>{head}</header><div class='dk-body'>{body}</div>{_files(own)}</article>"
    )


def thread(found: Thread, files: Sequence[AttachmentCard]) -> None:
    """Show what was said and done, newest last."""
    if not found.entries:
        return
    shown = (
        _comment(e, [f for f in files if f.comment_id == e.id]) if isinstance(e, CommentCard) else _deed(e)
        for e in found.entries
    )
    st.html(f"<ol class='dk-thread' aria-label='Conversation'>{''.join(shown)}</ol>")


def _comment(said: CommentCard, files: Sequence[AttachmentCard]) -> str:
    kind = "dk-note" if said.internal else "dk-reply"
    mark = "<span class='dk-pill dk-note-mark'>Internal note</span> " if said.internal else ""
    edited = " · edited" if said.edited_at else ""
    head = f"{_avatar(said.author)}<b>{escape(said.author)}</b> {mark}{_time(said.created_at)}{edited}"
    body = "<p class='dk-quiet'>Taken back by its author.</p>" if said.removed else text.html(said.body)
    return (
        f"<li class='dk-entry {kind}' id='comment-{said.id}'><header>{head}</header>"
        f"<div class='dk-body'>{body}</div>{_files(files)}</li>"
    )


def _deed(line: Line) -> str:
    who = escape(line.actor or "Docket")
    return f"<li class='dk-deed'><b>{who}</b> {escape(line.sentence)}, {_time(line.at)}</li>"


def _avatar(name: str) -> str:
    initials = "".join(part[0] for part in name.split()[:2] if part[0].isalnum()).upper() or "?"
    return f"<span class='dk-avatar' aria-hidden='true'>{escape(initials)}</span>"


def _time(at: datetime) -> str:
    return f"<time datetime='{at.isoformat()}' title='{escape(words.when(at))}'>{words.ago(at)}</time>"


def _files(files: Sequence[AttachmentCard]) -> str:
    if not files:
        return ""
    return f"<ul class='dk-files' aria-label='Files'>{''.join(map(_file, files))}</ul>"


def _file(file: AttachmentCard) -> str:
    link, name = f"/api/v1/attachments/{file.id}", escape(file.name)
    picture = f"<img src='{link}/preview' alt='' loading='lazy'>" if file.preview else ""
    return (
        f"<li class='dk-file'><a href='{link}' download>{picture}<span class='dk-file-name'>{name}</span>"
        f"<span class='dk-quiet'>{_kind(file.type)}, {_size(file.size)}</span></a></li>"
    )


def _kind(type: str) -> str:  # noqa: A002
    return {"text/plain": "text", "application/octet-stream": "file"}.get(type, type.split("/")[-1].upper())


def _size(count: int) -> str:
    if count < 1024:
        return f"{count} bytes"
    if count < 1024**2:
        return f"{count // 1024} KB"
    return f"{format_decimal(round(count / 1024**2, 1), locale='en')} MB"


def marks(status: str, kind: str, priority: str, *, confidential: bool) -> None:
    """Show a ticket's status, priority and confidentiality by word, colour and shape."""
    kind = kind if kind in KINDS else "todo"
    shown = [
        f"<span class='dk-pill dk-kind-{kind}'>{escape(status)}</span>",
        f"<span class='dk-pill dk-priority-{escape(priority)}'>{escape(priority.capitalize())} priority</span>",
    ]
    if confidential:
        shown.append("<span class='dk-pill dk-confidential'>Confidential</span>")
    st.html(f"<p class='dk-marks'>{' '.join(shown)}</p>")
