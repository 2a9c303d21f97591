"""Write a load into SQLite: in one transaction, with the indexes made anew at its end, which is much faster."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine

from commands.seed.rows import COLUMNS, Batch

INDEX_BUFFER = 256 * 1024 * 1024
"""Bytes that the full-text index gathers before it writes a piece; SQLite's usual is 1 MB."""


class SqliteWriter:
    """An open transaction that takes rows."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw

    def last(self) -> dict[str, int]:
        """Return the last id that each table has ever used."""
        used = dict(self.raw.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
        most = "SELECT coalesce(max(id), 0) FROM {}"
        return {t: max(used.get(t, 0), self.raw.execute(most.format(t)).fetchone()[0]) for t in COLUMNS}

    def write(self, batch: Batch) -> None:
        """Insert the rows of a batch."""
        for table, columns in COLUMNS.items():
            places = ", ".join("?" * len(columns))
            order = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 - our own names
            self.raw.executemany(order, batch.rows[table])


@contextmanager
def open_writer(engine: Engine) -> Iterator[SqliteWriter]:
    """Yield a transaction without indexes on the tables it fills; at its end they stand again, or nothing happened."""
    pooled = engine.raw_connection()
    raw: Any = pooled.driver_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        raw.execute("BEGIN IMMEDIATE")
        parts = _list_indexes_and_triggers(raw)
        for kind, name, _order in parts:
            raw.execute(f'DROP {kind} "{name}"')
        yield SqliteWriter(raw)
        for _kind, _name, order in parts:
            raw.execute(order)
        raw.execute("INSERT INTO search_index(search_index, rank) VALUES ('hashsize', ?)", (INDEX_BUFFER,))
        raw.execute("INSERT INTO search_index(search_index) VALUES ('rebuild')")
        raw.execute("INSERT INTO search_index(search_index, rank) VALUES ('hashsize', ?)", (1024 * 1024,))
        raw.execute("COMMIT")
    except BaseException:
        raw.execute("ROLLBACK")
        raise
    finally:
        raw.execute("PRAGMA foreign_keys=ON")
        pooled.close()


def _list_indexes_and_triggers(raw: Any) -> list[tuple[str, str, str]]:
    """Return kind, name and SQL of the indexes and triggers that would slow the writing down."""
    parts = raw.execute("SELECT type, name, sql, tbl_name FROM sqlite_master WHERE sql <> ''").fetchall()
    return [part[:3] for part in parts if part[0] in ("index", "trigger") and part[3] in COLUMNS]


def finish(engine: Engine) -> None:
    """Let the planner know what is in there now, and fold the log back into the database file."""
    pooled = engine.raw_connection()
    raw: Any = pooled.driver_connection
    raw.execute("ANALYZE")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    pooled.close()
