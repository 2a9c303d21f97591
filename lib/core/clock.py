"""The one source of time: aware UTC, so that it can be moved and no zone is ever guessed."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_moved: ContextVar[datetime | None] = ContextVar("moved", default=None)
_frozen: ContextVar[list[datetime] | None] = ContextVar("held", default=None)


def now() -> datetime:
    """Return the present moment as an aware UTC datetime; inside `held()` it is always the same one."""
    moved, held = _moved.get(), _frozen.get()
    if moved is not None or held is None:
        return moved or datetime.now(UTC)
    if not held:
        held.append(datetime.now(UTC))
    return held[0]


@contextmanager
def freeze() -> Iterator[None]:
    """Let the clock stand still inside from its first reading on, in this thread alone.

    A transaction reads it when it has its turn to write, and all that it writes happened at that one instant.
    """
    token = _frozen.set([])
    try:
        yield
    finally:
        _frozen.reset(token)


@contextmanager
def travel_to(moment: datetime) -> Iterator[None]:
    """Let the clock stand at an aware `moment` inside, in this thread alone: to write down what was."""
    token = _moved.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _moved.reset(token)
