"""One-time secrets for links: 256 random bits, stored as a hash, that expire soon. An empty secret never matches."""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from db.models import OneTimeSecret
from db.vocabulary import Purpose
from lib.core import clock
from lib.core.errors import Invalid

LIFETIMES = {
    Purpose.SETUP: timedelta(hours=24),
    Purpose.PASSWORD: timedelta(minutes=30),
    Purpose.HANDOFF: timedelta(seconds=30),
    Purpose.SECOND_FACTOR: timedelta(minutes=5),
}
INVITATION_LIFETIME = timedelta(days=3)


def digest(secret: str) -> str:
    """Return the SHA-256 hash of a secret, which is all that the database stores."""
    return hashlib.sha256(secret.encode()).hexdigest()


def create(
    session: Session,
    purpose: Purpose,
    *,
    person_id: int | None,
    lifetime: timedelta | None = None,
    secret: str | None = None,
) -> str:
    """Store a new secret, or `secret`, and return it. Unused older ones with this purpose and person stop working."""
    revoke_unused(session, purpose, person_id=person_id)
    secret, now = secret or secrets.token_urlsafe(32), clock.now()
    session.add(
        OneTimeSecret(
            secret_hash=digest(secret),
            purpose=purpose,
            person_id=person_id,
            created_at=now,
            expires_at=now + (lifetime or LIFETIMES[purpose]),
        )
    )
    session.flush()
    return secret


def revoke_unused(session: Session, purpose: Purpose, *, person_id: int | None) -> None:
    """Revoke all unused secrets with this purpose and person."""
    session.execute(
        update(OneTimeSecret)
        .where(
            col(OneTimeSecret.purpose) == purpose,
            col(OneTimeSecret.person_id).is_not_distinct_from(person_id),
            col(OneTimeSecret.used_at).is_(None),
        )
        .values(used_at=clock.now())
    )


def peek(session: Session, purpose: Purpose, secret: str) -> OneTimeSecret | None:
    """Return a secret's row if it is still valid, without using it up."""
    if not secret:
        return None
    return session.exec(
        select(OneTimeSecret).where(
            OneTimeSecret.secret_hash == digest(secret),
            OneTimeSecret.purpose == purpose,
            col(OneTimeSecret.used_at).is_(None),
            OneTimeSecret.expires_at > clock.now(),
        )
    ).first()


def redeem(session: Session, purpose: Purpose, secret: str) -> int | None:
    """Use a secret up and return its person's id (None for the first administrator's set-up link).

    Raises Invalid when it is used, expired or unknown. If two requests race, one succeeds.
    """
    won = None
    if secret:
        won = session.execute(
            update(OneTimeSecret)
            .where(
                col(OneTimeSecret.secret_hash) == digest(secret),
                col(OneTimeSecret.purpose) == purpose,
                col(OneTimeSecret.used_at).is_(None),
                col(OneTimeSecret.expires_at) > clock.now(),
            )
            .values(used_at=clock.now())
            .returning(col(OneTimeSecret.id), col(OneTimeSecret.person_id))
        ).first()
    if won is None:
        raise Invalid("This link has been used, has expired or is invalid. Ask for a new one.")
    return won.person_id


def forget_old(session: Session) -> None:
    """Delete expired secrets."""
    session.execute(delete(OneTimeSecret).where(col(OneTimeSecret.expires_at) < clock.now()))
