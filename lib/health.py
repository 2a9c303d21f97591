"""Health check: whether the database answers and can be written."""

import os
from pathlib import Path

from sqlalchemy import Engine, text

from lib import transactions
from lib.core.database_errors import FULL, READ_ONLY
from lib.core.errors import Unavailable

MIN_FREE_BYTES = 256 * 1024
"""Bytes that must be free on the disk of a SQLite database."""
UNREACHABLE = "The database can't be reached."


def find_problem() -> str | None:
    """Return a sentence that says why nothing can be saved at present, or None.

    A small write finds most problems. SQLite may have room for that in its existing files, so free disk space and the
    database's own size limit are checked first.
    """
    engine = transactions.engine()
    try:
        found = _find_sqlite_problem(engine) if engine.dialect.name == "sqlite" else None
        if found is None:
            with transactions.act() as session:
                session.execute(text("UPDATE alembic_version SET version_num = version_num"))
    except Unavailable as error:
        return error.sentence if error.sentence in (FULL, READ_ONLY) else UNREACHABLE
    return found


def _find_sqlite_problem(engine: Engine) -> str | None:
    folder = Path(engine.url.database or ".").parent
    if not folder.exists():
        return UNREACHABLE
    disk = os.statvfs(folder)
    if disk.f_flag & os.ST_RDONLY:
        return READ_ONLY
    if disk.f_bavail * disk.f_frsize < MIN_FREE_BYTES:
        return FULL
    with transactions.see() as session:
        pages, free, most = (
            session.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("page_count", "freelist_count", "max_page_count")
        )
    return FULL if pages - free >= most else None
