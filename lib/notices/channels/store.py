"""Where files lie: a folder or an S3 bucket, through one interface. Names are ours and random, never a person's."""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import obstore
from obstore.exceptions import AlreadyExistsError, NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url

from lib import settings

__all__ = ["AlreadyExistsError", "get", "healthy", "listed", "part", "put", "remove"]


@lru_cache(maxsize=4)
def _store(url: str) -> ObjectStore:
    if "://" in url and not url.startswith("file://"):
        return from_url(url)
    folder = Path(url.removeprefix("file://"))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return LocalStore(prefix=folder)


def _here() -> ObjectStore:
    return _store(settings.current().files)


def put(path: str, data: bytes) -> None:
    """Store `data` under a new name; raises AlreadyExistsError rather than overwrite."""
    obstore.put(_here(), path, data, mode="create")


def get(path: str) -> bytes | None:
    """Return what lies under a name, or None when nothing does."""
    try:
        return bytes(obstore.get(_here(), path).bytes())
    except (NotFoundError, FileNotFoundError):
        return None


def part(path: str, *, start: int, end: int) -> bytes | None:
    """Return the bytes from `start` up to but not including `end`, or None when nothing lies there."""
    try:
        return bytes(obstore.get_range(_here(), path, start=start, end=end))
    except (NotFoundError, FileNotFoundError):
        return None


def listed(*, before: datetime, limit: int) -> Iterator[list[str]]:
    """Yield the names of what was stored before a moment, at most `limit` at a time."""
    for found in obstore.list(_here(), chunk_size=limit):
        yield [each["path"] for each in found if each["last_modified"] < before]


def remove(path: str) -> None:
    """Delete what lies under a name; nothing there is fine."""
    try:
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
