"""Write a load into PostgreSQL: COPY in one transaction, with the indexes made anew at its end."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine

from commands.seed.rows import COLUMNS, Batch


class PostgresWriter:
    """An open transaction that takes rows."""

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor

    def last(self) -> dict[str, int]:
        """Return the last id of each table."""
        most = "SELECT coalesce(max(id), 0) FROM {}"
        return {table: self.cursor.execute(most.format(table)).fetchone()[0] for table in COLUMNS}

    def write(self, batch: Batch) -> None:
        """Copy the rows of a batch in."""
        for table, columns in COLUMNS.items():
            with self.cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in batch.rows[table]:
                    copy.write_row(row)


@contextmanager
def open_writer(engine: Engine) -> Iterator[PostgresWriter]:
    """Yield a transaction without indexes on the tables it fills; at its end they stand again, or nothing happened."""
    pooled = engine.raw_connection()
    raw: Any = pooled.driver_connection
    try:
        with raw.transaction(), raw.cursor() as cursor:
            cursor.execute("SET LOCAL TIME ZONE 'UTC'")
            cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
            indexes = _list_indexes(cursor)
            for name, _order in indexes:
                cursor.execute(f'DROP INDEX "{name}"')
            made = PostgresWriter(cursor)
            yield made
            for _name, order in indexes:
                cursor.execute(order)
            for table, last in made.last().items():
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", (table, max(last, 1)))
    finally:
        pooled.close()


def _list_indexes(cursor: Any) -> list[tuple[str, str]]:
    """Return name and SQL of the indexes that would slow the writing down; constraints keep theirs."""
    cursor.execute(
        "SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i "
        "JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid "
        "WHERE t.relname = ANY(%s) AND t.relnamespace = current_schema()::regnamespace AND NOT i.indisunique",
        (list(COLUMNS),),
    )
    return list(cursor.fetchall())


def finish(engine: Engine) -> None:
    """Let the planner know what is in there now."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
