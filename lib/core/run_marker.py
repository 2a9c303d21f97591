"""A marker file beside a SQLite database while processes use it. A leftover marker means an unclean stop.

Each process holds a shared lock on the marker, which ends with the process however it ends. A marker that nobody has
locked was left behind by a process that did not stop properly.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine

_held: dict[Path, int] = {}


def marker_path(engine: Engine) -> Path | None:
    """Return the path of a database's marker, or None if the database is not a file."""
    url = engine.url
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(f"{url.database}.running")


def has_unclean_stop(engine: Engine) -> bool:
    """Return whether the last run was not stopped properly and none is running now."""
    path = marker_path(engine)
    if path is None or not path.exists():
        return False
    file = os.open(path, os.O_RDONLY)
    try:
        return _is_only_holder(file)
    finally:
        os.close(file)


def acquire(engine: Engine) -> None:
    """Create the marker and hold it until this process ends. Does nothing if the file can't be written."""
    path = marker_path(engine)
    if path is None or path in _held:
        return
    with suppress(OSError):
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(file, fcntl.LOCK_SH)
        _held[path] = file


def release(engine: Engine) -> None:
    """Release the marker. The last process removes it."""
    path = marker_path(engine)
    file = _held.pop(path, None) if path else None
    if path is None or file is None:
        return
    if _is_only_holder(file):
        path.unlink(missing_ok=True)
    os.close(file)


def _is_only_holder(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
