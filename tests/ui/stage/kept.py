"""What the stage remembers in place of a database."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from lib.conversation.attachments import AttachmentCard
from lib.conversation.drafts import DraftCard

rows: dict[str, DraftCard] = {}
files: dict[str, AttachmentCard] = {}
used: set[str] = set()
sent: list[str] = []
calls: list[list[str]] = []
switches = {"signed_out": False}
numbers = count(1)


def draft(slot: str) -> DraftCard:
    """The draft of this slot, with a new token when the last one was used."""
    if slot not in rows or rows[slot].token in used:
        rows[slot] = DraftCard(slot, f"token-{next(numbers)}")
    return rows[slot]


def save(slot: str, token: str, values: dict[str, Any]) -> None:
    """Keep these values of a draft."""
    before = rows.get(slot)
    kept = before.values if before and before.token == token else {}
    rows[slot] = DraftCard(slot, token, {**kept, **values}, datetime.now(UTC))


def attached(card: DraftCard) -> Sequence[AttachmentCard]:
    """The files of a draft."""
    return [files[each] for each in card.values.get("attachments", []) if each in files]


def attach(name: str, kind: str, size: int) -> AttachmentCard:
    """Keep an upload."""
    made = AttachmentCard(
        f"f{next(numbers)}",
        name,
        kind,
        size=size,
        preview=False,
        comment_id=None,
        uploader="Rita",
        created_at=datetime.now(UTC),
    )
    files[made.id] = made
    return made


def take(token: str, line: str) -> None:
    """Use a draft: once, whatever happens."""
    if token not in used:
        used.add(token)
        sent.append(line)


def forget() -> None:
    """Begin anew."""
    for room in (rows, files, used, sent, calls):
        room.clear()
    switches["signed_out"] = False
