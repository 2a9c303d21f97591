"""Where files lie: a folder or an S3 bucket, through one interface. Names are ours and random, never a person's."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import obstore
import structlog
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url

from lib.core import settings
from lib.core.errors import Unavailable

__all__ = [
    "AlreadyExistsError",
    "delete",
    "exists",
    "get",
    "get_range",
    "is_writable",
    "list_before",
    "put",
    "to_unavailable",
]

FULL = (
    "There is no space left for files on Docket's server, so this file was not saved. "
    "Ask an administrator to free some space, then upload it again."
)
UNREACHABLE = (
    "Docket can't work with the place where it stores files at the moment, so nothing was saved there. "
    "Try again later, or tell an administrator."
)
NO_SPACE = ("os error 28", "os error 122")
"""What the store says when the disk or the quota is full."""

log = structlog.get_logger(__name__)


@lru_cache(maxsize=4)
def _open_store(url: str) -> ObjectStore:
    if "://" in url and not url.startswith("file://"):
        return from_url(url)
    folder = Path(url.removeprefix("file://"))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return LocalStore(prefix=folder)


def _current_store() -> ObjectStore:
    return _open_store(settings.current().files)


def to_unavailable(error: Exception) -> Unavailable:
    """Return the refusal for an error of the store or of the disk."""
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    full = full or any(said in str(error) for said in NO_SPACE)
    log.error("files.unavailable", error=type(error).__name__, full=full)
    return Unavailable(FULL if full else UNREACHABLE)


@contextmanager
def _translating_errors() -> Iterator[None]:
    try:
        yield
    except (AlreadyExistsError, NotFoundError, FileNotFoundError):
        raise
    except (BaseError, OSError) as error:
        raise to_unavailable(error) from error


def put(path: str, data: bytes) -> None:
    """Store `data` under a new name; raises AlreadyExistsError rather than overwrite, and Unavailable."""
    with _translating_errors():
        obstore.put(_current_store(), path, data, mode="create")


def get(path: str) -> bytes | None:
    """Return what lies under a name, or None when nothing does. Raises Unavailable."""
    try:
        with _translating_errors():
            return bytes(obstore.get(_current_store(), path).bytes())
    except (NotFoundError, FileNotFoundError):
        return None


def get_range(path: str, *, start: int, end: int) -> bytes | None:
    """Return the bytes from `start` up to but not including `end`, or None when nothing lies there.

    Raises Unavailable.
    """
    try:
        with _translating_errors():
            return bytes(obstore.get_range(_current_store(), path, start=start, end=end))
    except (NotFoundError, FileNotFoundError):
        return None


def exists(path: str) -> bool:
    """Tell whether something lies under a name. Raises Unavailable."""
    try:
        with _translating_errors():
            obstore.head(_current_store(), path)
    except (NotFoundError, FileNotFoundError):
        return False
    return True


def list_before(*, before: datetime, limit: int) -> Iterator[list[str]]:
    """Yield the names of what was stored before a moment, at most `limit` at a time."""
    for found in obstore.list(_current_store(), chunk_size=limit):
        yield [each["path"] for each in found if each["last_modified"] < before]


def delete(path: str) -> None:
    """Delete what lies under a name; nothing there is fine. Raises Unavailable."""
    try:
        with _translating_errors():
            obstore.delete(_current_store(), path)
    except (NotFoundError, FileNotFoundError):
        return


def is_writable() -> bool:
    """Tell whether the store can be written, by writing and deleting a small object."""
    try:
        obstore.put(_current_store(), "doctor", b"ok")
        delete("doctor")
    except Exception:
        return False
    return True
