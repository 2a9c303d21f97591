"""Translation of database errors for people: unreachable, full, read-only, or an unknown outcome."""

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from lib.core.errors import OutcomeUnknown, Unavailable

UNREACHABLE = (
    "Docket can't work with its database just now. Nothing was saved, and what you typed is kept where you typed it. "
    "Try again in a moment."
)
FULL = (
    "The disk of Docket's server is full. Nothing was saved, and what you typed is kept where you typed it. "
    "Ask an administrator to free some space, then try again."
)
READ_ONLY = (
    "Docket can only read its database at the moment. Nothing was saved, and what you typed is kept where you typed "
    "it. Tell an administrator, and try again later."
)
DAMAGED = (
    "The file of Docket's database is damaged. Nothing was saved, and what you typed is kept where you typed it. "
    "Tell an administrator: the command doctor --full says more."
)
UNKNOWN_OUTCOME = (
    "The connection to the database broke while this was being saved, so Docket can't tell whether it was saved. "
    "Check whether it is there before you try again."
)

IOERR = 10
SQLITE_MESSAGES = {
    5: UNREACHABLE,
    6: UNREACHABLE,
    8: READ_ONLY,
    IOERR: UNREACHABLE,
    11: DAMAGED,
    13: FULL,
    14: UNREACHABLE,
    26: DAMAGED,
}
"""By SQLite's primary result codes: busy, locked, read-only, disk error, damaged, full, can't open, no database."""
POSTGRESQL_MESSAGES = {"25006": READ_ONLY, "53100": FULL}
POSTGRESQL_DISCONNECTS = ("08", "57P", "40003")
"""Prefixes of PostgreSQL error codes that end the connection and leave the outcome of a commit unknown."""


def to_unavailable(error: SQLAlchemyError) -> Unavailable | None:
    """Return the Unavailable for an error before the commit, or None when the statement caused it."""
    if isinstance(error, NoConnectionFree):
        return Unavailable(UNREACHABLE)
    if not isinstance(error, DBAPIError):
        return None
    code, state = _sqlite_code(error), _postgresql_code(error)
    if code is not None:
        sentence = SQLITE_MESSAGES.get(code)
    else:
        away = error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
        sentence = POSTGRESQL_MESSAGES.get(state or "", UNREACHABLE if away else None)
    return Unavailable(sentence) if sentence else None


def to_outcome_unknown(error: DBAPIError) -> OutcomeUnknown | None:
    """Return the OutcomeUnknown for an error in COMMIT that may have saved the change, or None if it was not saved.

    A server that reports an error has rolled back. A server that disappeared may have committed, and so may SQLite on
    a disk that failed while writing.
    """
    code, state = _sqlite_code(error), _postgresql_code(error)
    if code is not None:
        return OutcomeUnknown(UNKNOWN_OUTCOME) if code == IOERR else None
    return (
        OutcomeUnknown(UNKNOWN_OUTCOME) if state is None or state.startswith(POSTGRESQL_DISCONNECTS) else None
    )


def _sqlite_code(error: DBAPIError) -> int | None:
    code = getattr(error.orig, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _postgresql_code(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)
