"""The engine: one for each process, set up as measured for SQLite and PostgreSQL alike."""

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event, make_url, text
from sqlalchemy.exc import TimeoutError as NoTurn
from sqlmodel import Session

from db import write_queue
from db.write_queue import WriteQueue

FIRST_AFFECTED, FIRST_FIXED = (3, 7, 0), (3, 51, 3)
FIXED_BRANCHES = ((3, 44, 6), (3, 50, 7))
WRITE_TIMEOUT = 15
"""Seconds that a writer waits for its turn on SQLite, and then for SQLite."""
MAX_CONNECTIONS, MIN_CONNECTIONS = 40, 10
"""How many connections to PostgreSQL are open at most, half of which stay open, and how few a process can work with.

On SQLite half as many stay open, and every thread gets one that wants to read or write."""
QUEUE_KEY = "queue"
"""Under which name a connection keeps the queue in which it has the turn."""
PRAGMAS = {
    "synchronous": "FULL",
    "busy_timeout": WRITE_TIMEOUT * 1000,
    "foreign_keys": "ON",
    "temp_store": "MEMORY",
    "cache_size": -16384,
    "mmap_size": 268435456,
    "journal_size_limit": 67108864,
}


def has_wal_bug(version: tuple[int, ...]) -> bool:
    """Tell whether this SQLite may corrupt a WAL database with two writers (sqlite.org/wal.html#walresetbug)."""
    if any(mended[:2] == version[:2] and version >= mended for mended in FIXED_BRANCHES):
        return False
    return FIRST_AFFECTED <= version < FIRST_FIXED


def sqlite_library() -> Any:
    """Return the DB-API module whose SQLite is safest: the interpreter's own, else the bundled one."""
    if has_wal_bug(sqlite3.sqlite_version_info):
        try:
            from pysqlite3 import dbapi2
        except ImportError:
            return sqlite3
        return dbapi2
    return sqlite3


def connect(url: str, *, processes: int = 1) -> Engine:
    """Return an engine for `url`; on an affected SQLite library it falls back from WAL to a rollback journal.

    Processes that serve together share the connections that PostgreSQL has for one.
    """
    if not url.startswith("sqlite"):
        half = _connections_per_process(processes) // 2
        engine = create_engine(
            url, pool_size=half, max_overflow=half, pool_pre_ping=True, hide_parameters=True
        )
        event.listen(engine, "connect", lambda raw, _record: _disable_jit(raw))
        return engine
    library = sqlite_library()
    engine = create_engine(
        url,
        module=library,
        poolclass=QueuePool,
        hide_parameters=True,
        pool_size=MAX_CONNECTIONS // 2,
        max_overflow=-1,  # a writer that waits for its turn has a connection, and none of them may keep a reader out
        connect_args={"check_same_thread": False, "timeout": WRITE_TIMEOUT, "cached_statements": 512},
    )
    journal = "DELETE" if has_wal_bug(library.sqlite_version_info) else "WAL"
    event.listen(engine, "connect", lambda raw, _record: _prepare_connection(raw, journal))
    path = make_url(url).database
    queue = write_queue.for_database(path) if path and path != ":memory:" else None
    event.listen(engine, "begin", lambda connection: _begin_transaction(connection, queue))
    event.listen(engine, "checkin", lambda _raw, record: _leave_queue(record.info))
    return engine


def _connections_per_process(processes: int) -> int:
    """Return how many connections to PostgreSQL each of these processes may have."""
    return max(MIN_CONNECTIONS, MAX_CONNECTIONS // processes)


def total_connections(processes: int) -> int:
    """Return how many connections to PostgreSQL these processes may have together."""
    return processes * _connections_per_process(processes)


def _disable_jit(raw: Any) -> None:
    """Let PostgreSQL not compile statements: it would for a search of 40 ms, and take 40 more for that."""
    raw.execute("SET jit = off")
    raw.commit()


def _prepare_connection(raw: Any, journal: str) -> None:
    raw.isolation_level = None
    raw.create_function("lower", 1, _lower, deterministic=True)
    raw.execute(f"PRAGMA journal_mode={journal}")
    for name, value in PRAGMAS.items():
        raw.execute(f"PRAGMA {name}={value}")


def checkpoint(engine: Engine) -> None:
    """Move what SQLite's journal holds into the database file, if nobody is in the way for half a second."""
    if engine.dialect.name != "sqlite":
        return
    pooled = engine.raw_connection()
    cursor = pooled.cursor()
    cursor.execute("PRAGMA busy_timeout=500")
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # says that it was busy, and raises nothing
    pooled.invalidate()


def _lower(value: Any) -> Any:
    """Lower all letters, as PostgreSQL does; SQLite's own function knows just A to Z."""
    return value.lower() if isinstance(value, str) else value


def _begin_transaction(connection: Connection, queue: WriteQueue | None) -> None:
    writes = connection.get_execution_options().get("writes")
    if writes and queue and QUEUE_KEY not in connection.info:
        try:
            queue.enter(WRITE_TIMEOUT)
        except TimeoutError as error:
            raise NoTurn("others write to the database all the time") from error
        connection.info[QUEUE_KEY] = queue
    connection.exec_driver_sql(f"BEGIN {'IMMEDIATE' if writes else 'DEFERRED'}")


def _leave_queue(info: dict[str, Any]) -> None:
    """Let the next writer have the turn of a connection that is given back, whatever became of its transaction."""
    queue = info.pop(QUEUE_KEY, None)
    if queue:
        queue.leave()


def lock(session: Session, name: str) -> None:
    """Let whoever else locks `name` wait until this transaction ends; on SQLite every writer waits anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
