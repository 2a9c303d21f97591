"""Do a thing once: the same key by the same person gets the first answer again, however often it is sent."""

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


def run_once(session: Session, actor: Actor, key: str, *, fingerprint: str, deed: Callable[[], str]) -> str:
    """Do `deed` and keep its answer, or return the answer kept for `key`; those who race wait and get it too.

    Raises Invalid when the key was used for something else, which `fingerprint` tells.
    """
    kept = find(session, actor, key)
    if kept is not None:
        if kept.fingerprint != fingerprint:
            raise Invalid("This Idempotency-Key was already used for another request. Use a new one.")
        return kept.answer
    answer = deed()
    row = Receipt(person_id=actor.person_id, key=key, fingerprint=fingerprint, answer=answer, at=clock.now())
    session.add(row)
    session.flush()
    return answer


def find(session: Session, actor: Actor, key: str) -> Receipt | None:
    """Return the receipt of a key, after whoever uses it at this moment has ended; None when it was not used.

    Raises Invalid for what can be no key.
    """
    if not 0 < len(key) <= MAX_KEY_LENGTH or not text.is_storable(key):
        raise Invalid(f"An Idempotency-Key has 1 to {MAX_KEY_LENGTH} characters.")
    lock(session, f"receipt:{actor.id}:{key}")
    return session.exec(select(Receipt).where(Receipt.person_id == actor.id, Receipt.key == key)).first()


def is_used(session: Session, actor: Actor, key: str) -> bool:
    """Tell whether a key was used."""
    return (
        session.exec(select(Receipt.id).where(Receipt.person_id == actor.id, Receipt.key == key)).first()
        is not None
    )


def forget_old(session: Session) -> None:
    """Drop receipts that nobody will ask for again."""
    session.execute(delete(Receipt).where(col(Receipt.at) < clock.now() - RETENTION))
