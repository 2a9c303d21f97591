"""Preparations before Docket serves, run once in the process that starts the others."""

import os
import signal
import threading
import time

from db import opening, schema
from db.vocabulary import Purpose
from lib import transactions
from lib.core import run_marker, settings
from lib.identity import one_time_tokens
from lib.people import accounts

PARENT = "DOCKET_PARENT"
"""The environment variable that tells child processes that the parent has prepared everything."""
PARENT_CHECK_SECONDS = 1.0
"""Seconds between two checks whether the parent is still running."""


def migrate() -> None:
    """Create the data folder, connect to the database and migrate it to the current schema."""
    settings.current().data.mkdir(parents=True, exist_ok=True, mode=0o700)
    schema.migrate(transactions.engine())


def prepare() -> None:
    """Create the signing key, migrate the database, and print the set-up link if there is no administrator yet."""
    settings.current().key()
    engine = transactions.engine()
    if run_marker.has_unclean_stop(engine):
        print("Docket was not stopped properly last time. Checking its database.", flush=True)  # noqa: T201
        opening.check_pages(engine)
    run_marker.acquire(engine)
    migrate()
    with transactions.act() as session:
        if accounts.count_administrators(session):
            return
        secret = one_time_tokens.create(session, Purpose.SETUP, person_id=None)
    link = f"{settings.current().base_url}/set-up?token={secret}"
    print(  # noqa: T201 - printed for the person who starts Docket
        f"\nDocket has no administrator yet. Open this link within 24 hours to create the first one:\n\n  {link}\n",
        flush=True,
    )


def mark_prepared() -> None:
    """Tell the processes that this one starts that everything is prepared."""
    os.environ[PARENT] = str(os.getpid())


def is_child() -> bool:
    """Return whether this process was started by one that has prepared everything."""
    return os.environ.get(PARENT) == str(os.getppid())


def stop_with_parent() -> None:
    """Stop this process when its parent is gone, so that no orphan keeps running."""
    parent = os.getppid()

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_CHECK_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=look, name="parent", daemon=True).start()
