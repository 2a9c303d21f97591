"""Drafts: unsent text, saved by person and form while they type."""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col

from db.engine import lock
from db.models import Draft
from lib.access.gate import Actor
from lib.audit import idempotency
from lib.catalog import ticket_fields
from lib.core import clock, text
from lib.core.errors import Gone, Invalid

FIELDS = frozenset(
    {"body", "attachments", "visibility", "proposal"}
    | {field.body_key for field in ticket_fields.FIELDS if field.draft}
)
MAX_CHARACTERS = 4 * text.BODY_LIMIT
LIFETIME = timedelta(days=90)
"""How long a draft is kept after its last change."""
_SLOT_PATTERN = re.compile(r"new-ticket|ticket-[1-9][0-9]{0,9}")
_TOKEN_PATTERN = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True)
class DraftCard:
    """A draft: its form, the token that its one submission uses up, and the values typed so far."""

    slot: str
    token: str
    values: Mapping[str, Any] = field(default_factory=dict)
    updated_at: datetime | None = None


def load(session: Session, actor: Actor, slot: str) -> DraftCard:
    """Return the actor's draft for a form, or an empty one with a new token."""
    row = session.get(Draft, (actor.id, _check_slot(slot)))
    if row is None:
        return DraftCard(slot, secrets.token_urlsafe(16))
    return DraftCard(slot, row.token, json.loads(row.body), row.updated_at)


def save(session: Session, actor: Actor, slot: str, *, token: str, values: Mapping[str, Any]) -> None:
    """Save values into a draft. None removes a value. A different token starts a new draft.

    Raises Gone if the token's draft was already submitted, Invalid for an unknown value or too much text.
    """
    if not _TOKEN_PATTERN.fullmatch(token) or not set(values) <= FIELDS:
        raise Invalid("This draft can't be saved because it is not from a Docket form.")
    if idempotency.is_used(session, actor, submission_key(token)):
        raise Gone("This draft was already sent.")
    lock(session, f"draft:{actor.id}:{slot}")
    row = session.get(Draft, (actor.id, _check_slot(slot)))
    if row is None:
        row = Draft(person_id=actor.person_id, slot=slot, token=token, body="{}", updated_at=clock.now())
    merged = (json.loads(row.body) if row.token == token else {}) | dict(values)
    body = json.dumps({k: v for k, v in merged.items() if v is not None}, ensure_ascii=False)
    if len(body) > MAX_CHARACTERS:
        raise Invalid("This draft is too long to save.")
    if not text.is_storable(body):
        raise Invalid("This draft contains a character that can't be stored.")
    row.token, row.body, row.updated_at = token, body, clock.now()
    session.add(row)
    session.flush()


def discard(session: Session, actor: Actor, slot: str) -> None:
    """Delete the actor's draft for a form, if there is one."""
    row = session.get(Draft, (actor.id, _check_slot(slot)))
    if row is not None:
        session.delete(row)


def submission_key(token: str) -> str:
    """Return the idempotency key of a draft's one submission."""
    return f"draft:{token}"


def _check_slot(slot: str) -> str:
    if not _SLOT_PATTERN.fullmatch(slot):
        raise Invalid("There is no such form.")
    return slot


def forget_old(session: Session) -> None:
    """Delete drafts that were not changed for LIFETIME."""
    session.execute(delete(Draft).where(col(Draft.updated_at) < clock.now() - LIFETIME))
