"""Database transactions: `see()` to read and `act()` to change.

Only entry points (pages, API, worker, commands) open them. The session refuses to read tables that belong to tickets
unless the statement went through the gate, so forgetting the gate causes an error and not a leak. A refusal that
leaves a transaction is recorded in a separate one.
"""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import structlog
from sqlalchemy import ColumnClause, Engine, TableClause, TextClause, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.sql import visitors
from sqlmodel import Session

from db import engine as engines
from lib.assignment import departed_assignees
from lib.audit import events
from lib.core import clock, database_errors, settings
from lib.core.errors import Conflict, Refusal, Unavailable
from lib.notifications import planner

GUARDED = frozenset(
    {"ticket", "comment", "attachment", "event", "search_entry", "participant", "ticket_tag", "link"}
    | {"custom_field_value", "delivery", "delivery_notice", "mention", "notice", "presence", "seen"}
    | {"ticket_merge", "time_entry"}
    | {"timer", "watch"}
    | {"category_proposal", "dispatch_wait", "team_notice"}
)
_GUARDED_WORD = re.compile(rf"\b(?:{'|'.join(sorted(GUARDED))}|search_index)\b")

CONFLICT_MESSAGE = (
    "Somebody else changed this at the same moment. Your change was not saved. Check it and try again."
)

log = structlog.get_logger(__name__)
_engine: Engine | None = None
_lock = threading.Lock()


class Unscoped(RuntimeError):
    """A read or bulk change of ticket data that did not go through the gate. A bug, never shown to people."""


def use_engine(engine: Engine) -> None:
    """Use `engine` in this process."""
    global _engine  # noqa: PLW0603 - the process has one database
    _engine = engine


def engine() -> Engine:
    """Return the process's engine, connected on first use."""
    global _engine  # noqa: PLW0603 - the process has one database
    if _engine is None:
        with _lock:
            if _engine is None:
                chosen = settings.current()
                _engine = engines.connect(chosen.database, processes=chosen.processes)
    return _engine


def close() -> None:
    """Disconnect from the database. SQLite's journal is first written into the database file, if that is not busy."""
    if _engine is not None:
        engines.checkpoint(_engine)
        _engine.dispose()


@contextmanager
def see() -> Iterator[Session]:
    """Open a session for reading. Changes are rolled back. Raises Unavailable when the database is."""
    with _recording_denials(), Session(engine(), expire_on_commit=False) as session:
        yield session


@contextmanager
def act() -> Iterator[Session]:
    """Open a session for changes. Everything commits, including the notifications it causes, or nothing does.

    No network access and no rerun inside. Raises Conflict when somebody else changed a row after it was read here,
    Unavailable when the database can't be reached or written, and OutcomeUnknown when the connection was lost during
    the commit.
    """
    writes = engine().execution_options(writes=True)
    with _recording_denials(), clock.freeze(), Session(writes, expire_on_commit=False) as session:
        try:
            yield session
            departed_assignees.settle(session)
            planner.write(session)
            session.flush()
        except StaleDataError:
            raise Conflict(CONFLICT_MESSAGE) from None
        _commit(session)


@contextmanager
def try_act() -> Iterator[Session]:
    """Open a session for minor changes, such as when somebody was last seen. Failing to write them is only logged."""
    try:
        with act() as session:
            yield session
    except Unavailable:
        log.warning("database.not_noted")


def _commit(session: Session) -> None:
    try:
        session.commit()
    except DBAPIError as error:
        unknown = database_errors.to_outcome_unknown(error)
        if unknown is None:
            raise
        log.error("database.outcome_unknown", error=type(error.orig).__name__)
        raise unknown from error


@contextmanager
def _recording_denials() -> Iterator[None]:
    try:
        with _translating_errors():
            yield
    except Refusal as refusal:
        if refusal.denial is not None:
            denial, refusal.denial = refusal.denial, None
            with _translating_errors(), Session(engine().execution_options(writes=True)) as session:
                events.record_denial(session, denial)
                session.commit()
        raise


@contextmanager
def _translating_errors() -> Iterator[None]:
    """Convert an error of the database itself into an error for people."""
    try:
        yield
    except SQLAlchemyError as error:
        fault = database_errors.to_unavailable(error)
        if fault is None:
            raise
        log.error("database.unavailable", error=type(getattr(error, "orig", error)).__name__)
        raise fault from error


@event.listens_for(Session, "do_orm_execute")
def _guard_reads(state: ORMExecuteState) -> None:
    if state.is_column_load or "gate" in state.execution_options:
        return
    touched = set(_tables(state.statement) & GUARDED)
    if state.is_insert:
        touched.discard(state.statement.table.name)  # ty: ignore[missing-attribute] - an insert has a table
    if touched:
        raise Unscoped(f"a statement reads {sorted(touched)} without the gate")


@lru_cache(maxsize=64)
def _tables(statement: Any) -> frozenset[str]:
    """Return the tables in a statement. The result is cached for statements that are built once and executed often."""
    found: set[str] = set()
    for part in visitors.iterate(statement):
        if isinstance(part, TableClause):
            found.add(str(part.name))
        elif isinstance(part, TextClause):
            found.update(_find_guarded_tables(part.text))
        elif isinstance(part, ColumnClause) and part.is_literal:
            found.update(_find_guarded_tables(part.name))
    return frozenset(found)


def _find_guarded_tables(words: str) -> set[str]:
    """Return the guarded tables in raw SQL. The full-text index counts, because it contains search_entry's words."""
    names = set(_GUARDED_WORD.findall(words.lower()))
    return names - {"search_index"} | {"search_entry"} if "search_index" in names else names
