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

__all__ = ["AlreadyExistsError", "fault", "get", "healthy", "listed", "part", "put", "remove", "there"]

FULL = (
    "There is no space left for files on Docket's server, so this file was not saved. "
    "Ask an administrator to free some space, then upload it again."
)
AWAY = (
    "Docket can't work with the place where it stores files at the moment, so nothing was saved there. "
    "Try again later, or tell an administrator."
)
NO_SPACE = ("os error 28", "os error 122")
"""What the store says when the disk or the quota is full."""

log = structlog.get_logger(__name__)


@lru_cache(maxsize=4)
def _store(url: str) -> ObjectStore:
    if "://" in url and not url.startswith("file://"):
        return from_url(url)
    folder = Path(url.removeprefix("file://"))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return LocalStore(prefix=folder)


def _here() -> ObjectStore:
    return _store(settings.current().files)


def fault(error: Exception) -> Unavailable:
    """Return the refusal for an error of the store or of the disk."""
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    full = full or any(said in str(error) for said in NO_SPACE)
    log.error("files.unavailable", error=type(error).__name__, full=full)
    return Unavailable(FULL if full else AWAY)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (AlreadyExistsError, NotFoundError, FileNotFoundError):
        raise
    except (BaseError, OSError) as error:
        raise fault(error) from error


def put(path: str, data: bytes) -> None:
    """Store `data` under a new name; raises AlreadyExistsError rather than overwrite, and Unavailable."""
    with _told():
        obstore.put(_here(), path, data, mode="create")


def get(path: str) -> bytes | None:
    """Return what lies under a name, or None when nothing does. Raises Unavailable."""
    try:
        with _told():
            return bytes(obstore.get(_here(), path).bytes())
    except (NotFoundError, FileNotFoundError):
        return None


def part(path: str, *, start: int, end: int) -> bytes | None:
    """Return the bytes from `start` up to but not including `end`, or None when nothing lies there.

    Raises Unavailable.
    """
    try:
        with _told():
            return bytes(obstore.get_range(_here(), path, start=start, end=end))
    except (NotFoundError, FileNotFoundError):
        return None


def there(path: str) -> bool:
    """Tell whether something lies under a name. Raises Unavailable."""
    try:
        with _told():
            obstore.head(_here(), path)
    except (NotFoundError, FileNotFoundError):
        return False
    return True


def listed(*, before: datetime, limit: int) -> Iterator[list[str]]:
    """Yield the names of what was stored before a moment, at most `limit` at a time."""
    for found in obstore.list(_here(), chunk_size=limit):
        yield [each["path"] for each in found if each["last_modified"] < before]


def remove(path: str) -> None:
    """Delete what lies under a name; nothing there is fine. Raises Unavailable."""
    try:
        with _told():
            obstore.delete(_here(), path)
    except (NotFoundError, FileNotFoundError):
        return


def healthy() -> bool:
    """Tell whether the store can be written, by writing and deleting a small object."""
    try:
        obstore.put(_here(), "doctor", b"ok")
        remove("doctor")
    except Exception:
        return False
    return True
