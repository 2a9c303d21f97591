"""The database itself refuses to change or delete what happened, whatever the SQL."""

import pytest
from sqlalchemy.exc import DBAPIError

from tests import cast

TRIES = {
    "update": "UPDATE event SET new = 'forged'",
    "update of one": "UPDATE event SET actor_id = 1 WHERE id = 1",
    "delete": "DELETE FROM event",
    "delete of one": "DELETE FROM event WHERE id = 1",
}
ONLY = {
    "sqlite": {
        "replace": "REPLACE INTO event (id, at, action, subject, internal, channel) "
        "VALUES (1, '2026-01-01', 'forged', '', 0, 'api')",
        "insert or replace": "INSERT OR REPLACE INTO event SELECT id, at, 'forged', ticket_id, subject, field, old, "
        "new, actor_id, behalf_id, internal, channel, address, reason, batch FROM event",
        "upsert": "INSERT INTO event (id, at, action, subject, internal, channel) "
        "VALUES (1, '2026-01-01', 'x', '', 0, 'api') ON CONFLICT (id) DO UPDATE SET action = 'forged'",
    },
    "postgresql": {
        "truncate": "TRUNCATE event",
        "truncate all": "TRUNCATE ticket, event CASCADE",
        "upsert": "INSERT INTO event (id, at, action, subject, internal, channel) "
        "VALUES (1, now(), 'x', '', false, 'api') ON CONFLICT (id) DO UPDATE SET action = 'forged'",
    },
}


def rows(engine):
    with engine.connect() as connection:
        return connection.exec_driver_sql("SELECT * FROM event ORDER BY id").all()


def test_no_sql_changes_or_deletes_an_event(desk, engine):
    cast.create_ticket(desk.sam)
    before = rows(engine)
    assert before
    got_through = []
    for name, order in {**TRIES, **ONLY[engine.dialect.name]}.items():
        try:
            with engine.execution_options(writes=True).begin() as connection:
                connection.exec_driver_sql(order)
            got_through.append(name)
        except DBAPIError as error:
            assert "never changed or deleted" in str(error), name
    assert got_through == []
    assert rows(engine) == before


def test_deleting_a_ticket_row_leaves_its_events(desk, engine):
    number = cast.create_ticket(desk.sam)
    with engine.execution_options(writes=True).begin() as connection:
        connection.exec_driver_sql(f"DELETE FROM ticket WHERE id = {number}")
    assert [row for row in rows(engine) if row.ticket_id == number]


def test_sqlite_s_events_can_still_be_added_after_the_guard(desk, engine):
    before = len(rows(engine))
    cast.create_ticket(desk.sam)
    assert len(rows(engine)) == before + 1


@pytest.mark.parametrize("table", ["event", "ticket"])
def test_numbers_are_never_used_again_on_sqlite(databases, table):
    """A number that was once somebody's ticket must not come to be another's."""
    from db import engine as engines

    made = engines.connect(databases.fresh("sqlite"))
    with made.connect() as connection:
        query = f"SELECT sql FROM sqlite_master WHERE name = '{table}'"
        assert "AUTOINCREMENT" in str(connection.exec_driver_sql(query).scalar())
    made.dispose()
