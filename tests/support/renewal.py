"""Make a used PostgreSQL database as new: what it began with is kept in a schema of its own and put back.

Creating a database copies eight megabytes; this deletes the few rows that a test wrote. A database whose schema was
changed, or that has grown, is not renewed.
"""

import psycopg
from psycopg import sql

MAX_GROWTH = 4 * 1024 * 1024  # bytes more than it began with: deleting is slower then, and leaves holes
CREATE_SNAPSHOT = """
CREATE SCHEMA kept;
CREATE TABLE kept.beginning (size bigint);
CREATE TABLE kept.change (command text);
CREATE FUNCTION kept.note() RETURNS event_trigger LANGUAGE plpgsql AS
    'BEGIN INSERT INTO kept.change VALUES (tg_tag); END';
"""
WATCH_SCHEMA = """
CREATE EVENT TRIGGER kept_made ON ddl_command_end EXECUTE FUNCTION kept.note();
CREATE EVENT TRIGGER kept_gone ON sql_drop EXECUTE FUNCTION kept.note();
INSERT INTO kept.beginning VALUES (pg_database_size(current_database()));
"""
TABLES = """
SELECT relname, ARRAY(
    SELECT attname FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    ORDER BY attnum
) FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname
"""
SEQUENCES = (
    "SELECT sequencename, start_value, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"
)
DISCONNECT_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
CAN_RENEW = """
SELECT NOT EXISTS (SELECT FROM kept.change)
    AND pg_database_size(current_database()) < (SELECT size FROM kept.beginning) + %s
"""


def prepare(connection: psycopg.Connection) -> sql.Composed:
    """Keep what a database holds now, and return the orders that bring it back; `connection` commits by itself."""
    connection.execute(CREATE_SNAPSHOT)
    orders = [
        sql.SQL("BEGIN"),
        sql.SQL("SET LOCAL session_replication_role = replica"),
    ]  # no trigger, no reference
    back: list[sql.Composable] = []
    for name, columns in connection.execute(TABLES).fetchall():
        table, copy = sql.Identifier("public", name), sql.Identifier("kept", f"of_{name}")
        orders.append(sql.SQL("DELETE FROM {}").format(table))
        if connection.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(table)).fetchone() == (True,):
            connection.execute(sql.SQL("CREATE TABLE {} AS TABLE {}").format(copy, table))
            named = sql.SQL(", ").join(map(sql.Identifier, columns))
            back.append(
                sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {}").format(
                    table, named, named, copy
                )
            )
    for name, start, last in connection.execute(SEQUENCES).fetchall():
        again = (
            (sql.Literal(last), sql.SQL("true"))
            if last is not None
            else (sql.Literal(start), sql.SQL("false"))
        )
        where = sql.Literal(sql.Identifier("public", name).as_string(connection))
        back.append(sql.SQL("SELECT setval({}, {}, {})").format(where, *again))
    connection.execute(WATCH_SCHEMA)
    return sql.SQL("; ").join([*orders, *back, sql.SQL("COMMIT")])


def renew(connection: psycopg.Connection, orders: sql.Composed) -> bool:
    """Bring back what `prepare` kept, unless it can't or needn't be; whoever else is connected is thrown out."""
    if connection.execute("SELECT to_regclass('kept.beginning')").fetchone() == (None,):
        return False
    connection.execute(DISCONNECT_OTHERS)
    worth = connection.execute(CAN_RENEW, [MAX_GROWTH]).fetchone() == (True,)
    if worth:
        connection.execute(orders)
    return worth
