"""The one source of time: aware UTC, so that tests can move it and no zone is ever guessed."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment as an aware UTC datetime."""
    return datetime.now(UTC)
