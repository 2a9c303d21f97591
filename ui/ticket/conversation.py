"""A conversation as HTML: every text escaped or rendered by `lib.markdown`, every file through Docket's own route."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from html import escape

import streamlit as st
from babel.numbers import format_decimal

from db.models import Ticket
from lib.access.gate import Actor
from lib.catalog.link_words import WORDS
from lib.catalog.ticket_fields import TicketRow
from lib.conversation import timeline
from lib.conversation.attachments import AttachmentCard
from lib.conversation.comments import CommentCard
from lib.conversation.history import HistoryEntry
from lib.conversation.timeline import TimelinePage
from lib.markdown import names, rendering
from lib.tickets.links import LinkCard
from lib.transactions import Session
from ui.components import avatars
from ui.components.scroll_to import scroll_to
from ui.shared import formatting, page


def show_description(ticket: Ticket, requester: str, files: Sequence[AttachmentCard]) -> None:
    """Show what the requester wrote, with its files."""
    own = [f for f in files if f.comment_id is None]
    body = rendering.to_html(ticket.description) or "<p class='dk-quiet'>No description.</p>"
    st.html(
        f"<ol class='dk dk-talk' aria-label='Description'>{_render_entry(requester, ticket.created_at, body, own)}</ol>"
    )


def load_thread(session: Session, me: Actor, ticket: Ticket) -> TimelinePage:
    """Return the piece of a conversation that the address asks for: before a comment, or with one in it."""
    before, wanted = page.number_from_url("before"), page.number_from_url("comment")
    found = timeline.get_page(session, me, ticket, before=before or None)
    first = min((e.id for e in found.entries if isinstance(e, CommentCard)), default=0)
    if wanted and found.earlier and not before and wanted < first:
        return timeline.get_page(session, me, ticket, before=wanted + 1)
    return found


def _scroll_to_comment() -> None:
    """Bring the comment into view that the address asks for."""
    if comment := page.number_from_url("comment"):
        scroll_to(f"comment-{comment}", visit=f"{page.visit_number()}-{comment}")


def show_thread(
    found: TimelinePage,
    files: Sequence[AttachmentCard],
    *,
    kinds: Collection[str] = (),
    looked: datetime | None = None,
    me: int | None = None,
) -> None:
    """Show what was said and done, newest last, with a line above what others did since the person `me` had looked.

    What may be answered in one of the `kinds` (public, internal) can be quoted.
    """
    if not found.entries:
        return
    shown = [
        _render_comment(e, [f for f in files if f.comment_id == e.id], quotable=_is_quotable(e, kinds))
        if isinstance(e, CommentCard)
        else _render_event(e)
        for e in found.entries
    ]
    first = next((n for n, e in enumerate(found.entries) if looked and _is_new(e, looked, me)), None)
    if first is not None:
        shown.insert(first, "<li class='dk-fresh'><span>New</span></li>")
    st.html(f"<ol class='dk dk-talk' aria-label='Conversation'>{''.join(shown)}</ol>")
    _scroll_to_comment()


def _is_new(entry: CommentCard | HistoryEntry, looked: datetime, me: int | None) -> bool:
    if isinstance(entry, CommentCard):
        return entry.created_at > looked and entry.author_id != me
    return entry.at > looked and entry.actor_id != me


def _is_quotable(said: CommentCard, kinds: Collection[str]) -> bool:
    return not said.removed and ("internal" if said.internal else "public") in kinds


def _render_entry(
    author: str,
    at: datetime,
    body: str,
    files: Sequence[AttachmentCard],
    *,
    kind: str = "",
    tag: str = "",
    id: str = "",
    act: str = "",
) -> str:
    return (
        f"<li class='dk-entry {kind}' id='{id}'>{_render_avatar(author)}"
        f"<article class='dk-card'><header class='dk-head'>"
        f"<span class='dk-author'>{escape(author)}</span>{tag}{act}{_render_time(at)}</header>"
        f"<div class='dk-body'><div class='dk-markdown'>{body}</div>{_render_files(files)}</div></article></li>"
    )


def _render_comment(said: CommentCard, files: Sequence[AttachmentCard], *, quotable: bool) -> str:
    tag = "<span class='dk-tag dk-lock'>Internal note: only staff can read it</span>" if said.internal else ""
    if said.came_from:
        tag += f"<span class='dk-role'>from #{said.came_from}</span>"
    if said.edited_at:
        tag += "<span class='dk-role'>edited</span>"
    body = (
        "<p class='dk-quiet'>Deleted by its author.</p>"
        if said.removed
        else names.to_html_with_mentions(said.body, said.mentions.values())
    )
    kind = "dk-note" if said.internal else ""
    label = f"Quote {escape(said.author, quote=True)}"
    act = (
        f"<button type='button' class='dk-quote' data-quote='{said.id}' aria-label=\"{label}\">Quote</button>"
    )
    return _render_entry(
        said.author, said.created_at, body, files, kind=kind, tag=tag, id=f"comment-{said.id}",
        act=act if quotable else "",
    )  # fmt: skip


def _render_event(line: HistoryEntry) -> str:
    who = escape(line.actor or "Docket")
    return f"<li class='dk-event'><p><b>{who}</b> {escape(line.sentence)}, {_render_time(line.at)}</p></li>"


def _render_avatar(name: str) -> str:
    initials = escape(avatars.initials(name))
    return f"<span class='dk-avatar' data-tone='{avatars.tone(name)}' aria-hidden='true'>{initials}</span>"


def _render_time(at: datetime) -> str:
    full = escape(formatting.format_timestamp(at))
    return f"<time class='dk-time' datetime='{at.isoformat()}' title='{full}'>{formatting.format_relative(at)}</time>"


def _render_files(files: Sequence[AttachmentCard]) -> str:
    if not files:
        return ""
    return f"<ul class='dk-files' aria-label='Files'>{''.join(map(_render_file, files))}</ul>"


def _render_file(file: AttachmentCard) -> str:
    link, name = f"/api/v1/attachments/{file.id}", escape(file.name)
    picture = f"<img src='{link}/preview' alt='' loading='lazy'>" if file.preview else ""
    return (
        f"<li><a class='dk-file' href='{link}' download>{picture}"
        f"<span class='dk-file-name' title='{name}'>{name}</span>"
        f"<span class='dk-file-facts'>{_format_type(file.type)}, {_format_size(file.size)}</span></a></li>"
    )


def _format_type(type: str) -> str:
    return {"text/plain": "Text", "application/octet-stream": "File"}.get(
        type, type.rsplit("/", maxsplit=1)[-1].upper()
    )


def _format_size(count: int) -> str:
    if count < 1024:
        return f"{count} bytes"
    if count < 1024**2:
        return f"{count // 1024} KB"
    return f"{format_decimal(round(count / 1024**2, 1), locale='en')} MB"


def show_summary(row: TicketRow) -> None:
    """Show a ticket's number, status, priority and age by word, color and shape."""
    level = row.priority.label
    lock = "<span class='dk-tag dk-lock'>Confidential</span>" if row.confidential else ""
    st.html(
        f"<div class='dk dk-facts'><span>#{row.number}</span>"
        f"<span class='dk-status' data-kind='{row.kind.value}'><span>{escape(row.status)}</span></span>"
        f"<span class='dk-priority' data-level='{level}'>{level.capitalize()}</span>{lock}"
        f"<span>requested by {escape(row.requester)}, {_render_time(row.created_at)}</span>"
        f"<span>updated {_render_time(row.updated_at)}</span></div>"
    )


def show_links(cards: Sequence[LinkCard]) -> None:
    """Show how a ticket stands to others."""
    if not cards:
        return
    lines = (
        f"<li><span class='dk-quiet'>{WORDS[c.name]}</span> <a href='/ticket?id={c.number}'>#{c.number}</a> "
        f"{escape(c.title)} <span class='dk-quiet'>({escape(c.status)})</span></li>"
        for c in cards
    )
    st.html(f"<ul class='dk dk-links' aria-label='Linked tickets'>{''.join(lines)}</ul>")


def show_facts(named: Mapping[str, str]) -> None:
    """Show facts by name."""
    rows = (f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in named.items())
    st.html(f"<dl class='dk dk-panel'>{''.join(rows)}</dl>")
