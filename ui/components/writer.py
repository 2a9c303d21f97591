"""Where people write: new tickets and replies. What they type is kept as a draft while they type it."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NoReturn

import streamlit as st

from lib.conversation.attachments import AttachmentCard
from lib.conversation.drafts import DraftCard
from lib.core import text
from lib.core.errors import Refusal
from ui.components.registration import renderer
from ui.components.validation import parse_text
from ui.components.writer_values import Composition, Submission, Visibility

MAX_FILE_BYTES = 25 * 1024 * 1024
"""Bytes of one file; the route holds the same."""

SEND_LABELS: Mapping[Visibility, str] = {"public": "Send reply", "internal": "Add internal note"}


def ticket_writer(
    draft: DraftCard,
    *,
    key: str,
    files: Sequence[AttachmentCard] = (),
    busy: bool = False,
    placeholder: str = "What happened, and what did you expect? Markdown works.",
) -> Composition | None:
    """Let a person write a new ticket, which a button of the page then sends. Not for use inside `st.form`.

    Gives on every run what stands on the screen, or None when what the browser sent is malformed. A draft
    with a new token empties the writer; with the same token what is on the screen stays. `files` are the
    draft's.
    """
    labels = {"title": "Title", "body": "Description"}
    result = _mount(draft, key, files=files, mode="ticket", labels=labels, busy=busy, placeholder=placeholder)
    pressed, value = result.get("submit"), result.get("value")
    if pressed is not None:
        return Composition.read(pressed, draft, submitted=True)
    if not isinstance(value, Mapping) or value.get("token") != draft.token:
        return Composition.begun(draft)
    return Composition.read(value, draft, submitted=False)


def reply_writer(
    draft: DraftCard,
    *,
    key: str,
    files: Sequence[AttachmentCard] = (),
    visibilities: Sequence[str] = ("public",),
    label: str = "Reply",
    send: Mapping[Visibility, str] = SEND_LABELS,
    busy: bool = False,
    placeholder: str = "Write a reply. Markdown works.",
    answers: bool = False,
) -> Submission | None:
    """Let a person write a reply or, with both `visibilities`, an internal note. Not for use in `st.form`.

    Gives what was sent in this run, else None; also None when it is malformed, belongs to another draft or
    asks for a visibility that was not offered. The draft's token and `files` work as for `ticket_writer`. With
    `answers` canned replies are offered.
    """
    result = _mount(
        draft,
        key,
        files=files,
        mode="comment",
        labels={"body": label},
        busy=busy,
        placeholder=placeholder,
        visibilities=visibilities,
        send=send,
        answers=answers,
    )
    return Submission.read(result.get("submit"), draft, visibilities)


def show_refusal_in_writer(key: str, refusal: Refusal) -> NoReturn:
    """Draw the page again with the refusal's sentences in the writer `key`, whose text stays."""
    fields = dict(getattr(refusal, "fields", {}))
    if "description" in fields:
        fields["body"] = fields.pop("description")
    st.session_state[f"{key}:refusal"] = (refusal.sentence, fields)
    st.rerun()


def _mount(
    draft: DraftCard,
    key: str,
    *,
    files: Sequence[AttachmentCard],
    mode: Literal["ticket", "comment"],
    labels: Mapping[str, str],
    busy: bool,
    placeholder: str,
    visibilities: Sequence[str] = ("public",),
    send: Mapping[Visibility, str] = SEND_LABELS,
    answers: bool = False,
) -> Mapping[str, Any]:
    turns = f"{key}:turns"

    def turn() -> None:
        # Tells the browser that its submission arrived, even when nothing else on the page changed.
        st.session_state[turns] = st.session_state.get(turns, 0) + 1

    tokens = st.session_state.setdefault(f"{key}:tokens", [])
    if draft.token not in tokens:
        tokens.append(draft.token)
    error, field_errors = st.session_state.pop(f"{key}:refusal", ("", {}))
    kept = draft.values
    return renderer("writer")(
        key=key,
        on_submit_change=turn,
        on_value_change=lambda: None,
        data={
            "mode": mode,
            "slot": draft.slot,
            "token": draft.token,
            "tokens": list(tokens),
            "title": parse_text(kept.get("title")) or "",
            "body": parse_text(kept.get("body")) or "",
            "attachments": [{"id": f.id, "name": f.name, "type": f.type, "size": f.size} for f in files],
            "visibility": next((v for v in visibilities if v == kept.get("visibility")), visibilities[0]),
            "updated": draft.updated_at.isoformat() if draft.updated_at else "",
            "visibilities": list(visibilities),
            "labels": dict(labels),
            "limits": {"title": text.TITLE_LIMIT, "body": text.BODY_LIMIT, "file": MAX_FILE_BYTES},
            "submit": dict(send),
            "placeholder": placeholder,
            "answers": answers,
            "busy": busy,
            "error": error,
            "field_errors": field_errors,
            "turn": st.session_state.get(turns, 0),
        },
    )
