"""Rate limits on sign-in attempts by account and address. Too many attempts cause a delay, never a lockout."""

import hashlib
import hmac
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func
from sqlmodel import Session, col, select

from db.engine import lock
from db.models import Attempt
from lib.core import clock, settings
from lib.core.errors import TooMany

ADDRESS_FACTOR = 5
"""How many times more attempts an address gets than an account, because many people may share an address."""


def _hash(value: str) -> str:
    return hmac.new(
        settings.current().key(), value.casefold().encode("utf-8", "replace"), hashlib.sha256
    ).hexdigest()


def _hash_account(name: str) -> str:
    """Return the hash of an account's name, equal for all spellings that sign in to the same account."""
    return _hash(f"account:{name.strip().lower()}")


def record(session: Session, account: str, *, address: str) -> None:
    """Count an attempt to sign in to `account` from `address`, whether or not the account exists.

    Raises TooMany with the seconds to wait when the limit of the account or the address is reached. Concurrent
    attempts wait for each other, so that no race exceeds the limit.
    """
    limits = settings.current()
    window = timedelta(minutes=limits.sign_in_window_minutes)
    account_hash, address_hash = _hash_account(account), _hash(f"address:{address}")
    for name in sorted((account_hash, address_hash)):
        lock(session, name)
    _check_limit(session, col(Attempt.account_hash) == account_hash, limits.sign_in_attempts, window)
    _check_limit(
        session, col(Attempt.address_hash) == address_hash, limits.sign_in_attempts * ADDRESS_FACTOR, window
    )
    session.add(Attempt(account_hash=account_hash, address_hash=address_hash, at=clock.now()))
    session.flush()


def _check_limit(session: Session, which: ColumnElement[bool], limit: int, window: timedelta) -> None:
    now = clock.now()
    recent = select(func.count(), func.min(Attempt.at)).where(which, col(Attempt.at) > now - window)
    used, oldest = session.exec(recent).one()
    if used >= limit:
        seconds = max(1, int((oldest + window - now).total_seconds()) + 1)
        minutes = -(-seconds // 60)
        raise TooMany(
            f"Too many sign-in attempts. Wait {minutes} minute{'' if minutes == 1 else 's'} and try again.",
            seconds=seconds,
        )


def clear(session: Session, account: str) -> None:
    """Delete an account's attempts after a successful sign-in."""
    session.execute(delete(Attempt).where(col(Attempt.account_hash) == _hash_account(account)))


def forget_old(session: Session) -> None:
    """Delete attempts that no longer count."""
    window = timedelta(minutes=settings.current().sign_in_window_minutes)
    session.execute(delete(Attempt).where(col(Attempt.at) < clock.now() - window))
