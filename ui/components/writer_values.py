"""What comes back from a writer, and the proof that it is what it should be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Self

from lib.conversation.drafts import DraftCard
from ui.components.validation import parse_count, parse_names, parse_text

Visibility = Literal["public", "internal"]
VISIBILITIES: Mapping[str, Visibility] = {"public": "public", "internal": "internal"}


@dataclass(frozen=True, slots=True)
class Composition:
    """A new ticket as it stands on the screen; `attachments` are ids.

    `uploading` counts files that are still on their way; `submitted` when Ctrl+Enter was pressed in this run.
    Lengths are for the verb to judge.
    """

    token: str
    title: str
    body: str
    attachments: tuple[str, ...]
    uploading: int = 0
    submitted: bool = False

    @classmethod
    def begun(cls, draft: DraftCard) -> Self:
        """What the draft holds, as long as nothing else is known."""
        kept = draft.values
        attachments = parse_names(kept.get("attachments")) or ()
        return cls(
            draft.token, parse_text(kept.get("title")) or "", parse_text(kept.get("body")) or "", attachments
        )

    @classmethod
    def read(cls, value: object, draft: DraftCard, *, submitted: bool) -> Self | None:
        """What the browser sent for this draft; None when it is malformed or belongs to another."""
        if not isinstance(value, Mapping) or value.get("token") != draft.token:
            return None
        title, body = parse_text(value.get("title")), parse_text(value.get("body"))
        attachments, uploading = parse_names(value.get("attachments")), parse_count(value.get("uploading", 0))
        if title is None or body is None or attachments is None or uploading is None:
            return None
        made = cls(draft.token, title, body, attachments, uploading)
        return replace(made, submitted=submitted)


@dataclass(frozen=True, slots=True)
class Submission:
    """A reply that somebody sent in this run; `attachments` are ids."""

    token: str
    body: str
    attachments: tuple[str, ...]
    visibility: Visibility

    @classmethod
    def read(cls, value: object, draft: DraftCard, offered: Sequence[str]) -> Self | None:
        """What the browser sent for this draft; None when it is malformed, another's, or not offered."""
        if not isinstance(value, Mapping) or value.get("token") != draft.token:
            return None
        body, attachments = parse_text(value.get("body")), parse_names(value.get("attachments"))
        visibility = VISIBILITIES.get(str(value.get("visibility")))
        if body is None or attachments is None or visibility is None or visibility not in offered:
            return None
        return cls(draft.token, body, attachments, visibility)
