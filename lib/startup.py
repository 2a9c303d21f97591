"""What happens before a desk is served: once for all of its processes, in the one that starts the others."""

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
"""The environment variable in which a process tells those that it starts that it has prepared the desk."""
PARENT_CHECK_SECONDS = 1.0
"""Seconds between two looks at whether the parent is still there."""


def migrate() -> None:
    """Make the data folder, connect to its database and bring it to today's schema."""
    settings.current().data.mkdir(parents=True, exist_ok=True, mode=0o700)
    schema.migrate(transactions.engine())


def prepare() -> None:
    """Make the key, bring the database to today's schema, and show the link of a desk without an administrator."""
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
    print(  # noqa: T201 - the console is where whoever starts it looks
        f"\nDocket has no administrator yet. Open this link within 24 hours to create the first one:\n\n  {link}\n",
        flush=True,
    )


def mark_prepared() -> None:
    """Let the processes that this one starts know that the desk is prepared."""
    os.environ[PARENT] = str(os.getpid())


def is_child() -> bool:
    """Tell whether another process prepared the desk and started this one."""
    return os.environ.get(PARENT) == str(os.getppid())


def stop_with_parent() -> None:
    """Stop this process when its parent is gone, so that no process is left that nobody looks after."""
    parent = os.getppid()

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_CHECK_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=look, name="parent", daemon=True).start()
