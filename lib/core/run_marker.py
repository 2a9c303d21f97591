"""A mark beside a SQLite database for as long as a process works with it: one that was left tells of an unclean stop.

Each process holds a shared lock on the mark, which its end gives back however it ends. Who finds the mark and nobody
holding it knows that the last one did not take it away.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine

_held: dict[Path, int] = {}


def marker_path(engine: Engine) -> Path | None:
    """Return where the mark of a database is; a database that is no file has none."""
    url = engine.url
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(f"{url.database}.running")


def has_unclean_stop(engine: Engine) -> bool:
    """Tell whether the last run was not ended properly, and none goes on now."""
    path = marker_path(engine)
    if path is None or not path.exists():
        return False
    file = os.open(path, os.O_RDONLY)
    try:
        return _is_only_holder(file)
    finally:
        os.close(file)


def acquire(engine: Engine) -> None:
    """Set the mark and hold it until this process ends. A place that can't be written gets none."""
    path = marker_path(engine)
    if path is None or path in _held:
        return
    with suppress(OSError):
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(file, fcntl.LOCK_SH)
        _held[path] = file


def release(engine: Engine) -> None:
    """Let the mark go; the last one takes it away."""
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
