"""Idempotency keys: a request that a person repeats with the same key gets the first response again."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from db.engine import lock
from db.models import Receipt
from lib.access.gate import Actor
from lib.core import clock, text
from lib.core.errors import Invalid

RETENTION = timedelta(days=7)
MAX_KEY_LENGTH = 255
"""Characters of a key."""


def run_once(session: Session, actor: Actor, key: str, *, fingerprint: str, create: Callable[[], str]) -> str:
    """Run `create` and store its response, or return the response stored for `key`; concurrent requests wait for it.

    Raises Invalid when the key was used for a different request, which `fingerprint` identifies.
    """
    kept = find(session, actor, key)
    if kept is not None:
        if kept.fingerprint != fingerprint:
            raise Invalid("This Idempotency-Key was already used for another request. Use a new one.")
        return kept.answer
    answer = create()
    row = Receipt(person_id=actor.person_id, key=key, fingerprint=fingerprint, answer=answer, at=clock.now())
    session.add(row)
    session.flush()
    return answer


def find(session: Session, actor: Actor, key: str) -> Receipt | None:
    """Return the stored response for a key, or None when it is unused; wait for a request that is using it now.

    Raises Invalid when `key` is not valid.
    """
    if not 0 < len(key) <= MAX_KEY_LENGTH or not text.is_storable(key):
        raise Invalid(f"An Idempotency-Key has 1 to {MAX_KEY_LENGTH} characters.")
    lock(session, f"receipt:{actor.id}:{key}")
    return session.exec(select(Receipt).where(Receipt.person_id == actor.id, Receipt.key == key)).first()


def is_used(session: Session, actor: Actor, key: str) -> bool:
    """Return whether a key was used."""
    return (
        session.exec(select(Receipt.id).where(Receipt.person_id == actor.id, Receipt.key == key)).first()
        is not None
    )


def forget_old(session: Session) -> None:
    """Delete responses that are too old to be requested again."""
    session.execute(delete(Receipt).where(col(Receipt.at) < clock.now() - RETENTION))
