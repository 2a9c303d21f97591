"""Checks before a database is used: wait until it answers, and explain in a sentence why it can't be opened."""

import sys
import time

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, OperationalError

MAX_WAIT = 120
"""How long to wait for PostgreSQL to start, in seconds."""
RETRY_INTERVAL = 1.0
REPORT_INTERVAL = 15
"""The seconds between two progress messages while waiting."""
PERMANENT_ERRORS = ("password authentication failed", "does not exist", "no pg_hba.conf entry", "certificate")
"""Parts of PostgreSQL's error messages that make waiting pointless."""

RESTORE_HINT = "Stop everything that uses it, keep a copy, and restore the last backup (docs/operations.md)."
NEWER_MESSAGE = (
    "The database was made by a newer version of Docket (its schema is {found}, and this version knows up to {known}). "
    "Start that version, or restore the backup from before the update."
)
SQLITE_MESSAGES = {
    8: "{where} can't be written. Check the rights of the file, its folder and its disk.",
    5: "{where} is locked by another program. Stop that program, then start again.",
    10: "The disk of {where} has errors. Look at the disk before you start again.",
    11: "{where} is damaged. " + RESTORE_HINT,
    13: "There is no space left on the disk of {where}. Free some space, then start again.",
    14: "{where} can't be opened. Check that its folder is there and may be written.",
    26: "{where} is not a SQLite database, or its beginning is destroyed. " + RESTORE_HINT,
}
"""Messages by SQLite's primary result code (sqlite.org/rescode.html)."""


class Unusable(Exception):
    """The database can't be used. The message says why and what to do."""


def to_unusable(error: DBAPIError, engine: Engine) -> Unusable | None:
    """Return the Unusable for an error that is the database's fault, or None when the statement caused it."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        sentence = SQLITE_MESSAGES.get(code & 0xFF)
        return Unusable(sentence.format(where=engine.url.database)) if sentence else None
    if not isinstance(error, OperationalError):
        return None
    return Unusable(
        f"PostgreSQL at {_format_address(engine)} can't be used: {_get_message(error)}. Check DOCKET_DATABASE_URL."
    )


def wait_until_ready(engine: Engine) -> None:
    """Wait until PostgreSQL answers, printing progress.

    Raises Unusable after two minutes, or at once when waiting will not help.
    """
    began, said = time.monotonic(), -REPORT_INTERVAL
    while True:
        try:
            engine.connect().close()
        except OperationalError as error:
            passed, why = time.monotonic() - began, _get_message(error)
            if any(word in why for word in PERMANENT_ERRORS):
                raise Unusable(
                    f"PostgreSQL at {_format_address(engine)} does not let Docket in: {why}. Check DOCKET_DATABASE_URL."
                ) from None
            if passed >= MAX_WAIT:
                raise Unusable(
                    f"PostgreSQL at {_format_address(engine)} did not answer for {MAX_WAIT} seconds: {why}. "
                    "Start it, or check DOCKET_DATABASE_URL, then start Docket again."
                ) from None
            if passed - said >= REPORT_INTERVAL:
                said = passed
                left = round(MAX_WAIT - passed)
                _print_sentence(
                    f"Waiting for PostgreSQL at {_format_address(engine)}, up to {left} seconds more: {why}."
                )
            time.sleep(RETRY_INTERVAL)
        else:
            return


def check_pages(engine: Engine) -> None:
    """Check every page of a SQLite database. Raises Unusable when one is damaged."""
    damaged = Unusable(SQLITE_MESSAGES[11].format(where=engine.url.database))
    try:
        with engine.connect() as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    except DBAPIError as error:
        raise to_unusable(error, engine) or damaged from None
    if found != "ok":
        raise damaged


def _format_address(engine: Engine) -> str:
    """Return PostgreSQL's host and database, without user and password."""
    url = engine.url
    host = url.host or url.query.get("host") or "this machine"
    return f"{host}, port {url.port or 5432}"


def _get_message(error: DBAPIError) -> str:
    lines = [line.strip() for line in str(error.orig).splitlines() if line.strip()]
    return lines[0].rpartition("failed: ")[2].rstrip(".") if lines else type(error.orig).__name__


def _print_sentence(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201 - for the person who starts Docket and waits
