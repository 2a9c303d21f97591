"""The database engine, one for each process, configured for SQLite or PostgreSQL."""

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
"""How long a writer waits for its turn in the queue on SQLite, and again for SQLite's lock, in seconds."""
MAX_CONNECTIONS, MIN_CONNECTIONS = 40, 10
"""The most connections to PostgreSQL that may be open (half of them stay open), and the fewest a process needs.

On SQLite, half as many stay open, and every thread that reads or writes gets a connection.
"""
QUEUE_KEY = "queue"
"""The key in a connection's `info` for the queue in which the connection has its turn."""
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
    """Return whether this SQLite may corrupt a WAL database with two writers (sqlite.org/wal.html#walresetbug)."""
    if any(mended[:2] == version[:2] and version >= mended for mended in FIXED_BRANCHES):
        return False
    return FIRST_AFFECTED <= version < FIRST_FIXED


def sqlite_library() -> Any:
    """Return the DB-API module with the safest SQLite: the interpreter's own, or the bundled one."""
    if has_wal_bug(sqlite3.sqlite_version_info):
        try:
            from pysqlite3 import dbapi2
        except ImportError:
            return sqlite3
        return dbapi2
    return sqlite3


def connect(url: str, *, processes: int = 1) -> Engine:
    """Return an engine for `url`. With an affected SQLite library it uses a rollback journal instead of WAL.

    The limit on PostgreSQL connections is divided among the processes.
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
        max_overflow=-1,  # unlimited: a writer in the queue holds a connection, and must not keep readers out
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
    """Return how many PostgreSQL connections each process may have."""
    return max(MIN_CONNECTIONS, MAX_CONNECTIONS // processes)


def total_connections(processes: int) -> int:
    """Return how many PostgreSQL connections all processes may have together."""
    return processes * _connections_per_process(processes)


def _disable_jit(raw: Any) -> None:
    """Turn off PostgreSQL's JIT, which adds 40 ms of compiling to a search that takes 40 ms."""
    raw.execute("SET jit = off")
    raw.commit()


def _prepare_connection(raw: Any, journal: str) -> None:
    raw.isolation_level = None
    raw.create_function("lower", 1, _lower, deterministic=True)
    raw.execute(f"PRAGMA journal_mode={journal}")
    for name, value in PRAGMAS.items():
        raw.execute(f"PRAGMA {name}={value}")


def checkpoint(engine: Engine) -> None:
    """Write SQLite's journal into the database file, unless the database stays busy for half a second."""
    if engine.dialect.name != "sqlite":
        return
    pooled = engine.raw_connection()
    cursor = pooled.cursor()
    cursor.execute("PRAGMA busy_timeout=500")
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # reports "busy" instead of raising
    pooled.invalidate()


def _lower(value: Any) -> Any:
    """Lowercase all letters, as PostgreSQL does. SQLite's own function only knows A to Z."""
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
    """End a connection's turn when it is returned to the pool, whether its transaction committed or not."""
    queue = info.pop(QUEUE_KEY, None)
    if queue:
        queue.leave()


def lock(session: Session, name: str) -> None:
    """Lock `name` until this transaction ends; others who lock it wait. On SQLite all writers wait anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
