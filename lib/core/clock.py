"""The only source of the current time, as aware UTC datetimes, so that tests and seeding can control it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_moved: ContextVar[datetime | None] = ContextVar("moved", default=None)
_frozen: ContextVar[list[datetime] | None] = ContextVar("held", default=None)


def now() -> datetime:
    """Return the current time as an aware UTC datetime. Inside `freeze()` it is always the same."""
    moved, held = _moved.get(), _frozen.get()
    if moved is not None or held is None:
        return moved or datetime.now(UTC)
    if not held:
        held.append(datetime.now(UTC))
    return held[0]


@contextmanager
def freeze() -> Iterator[None]:
    """Stop the clock at its first reading inside the block, for this thread only.

    A transaction uses this to give everything it writes the same timestamp.
    """
    token = _frozen.set([])
    try:
        yield
    finally:
        _frozen.reset(token)


@contextmanager
def travel_to(moment: datetime) -> Iterator[None]:
    """Set the clock to an aware `moment` inside the block, for this thread only, to create past data."""
    token = _moved.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _moved.reset(token)
