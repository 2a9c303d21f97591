"""What upgrades make of data that older versions let in."""

import pytest
import sqlalchemy as sa
from alembic import command

from db import engine as engines
from db import schema
from tests.conftest import EITHER

AT = "'2026-11-01 09:00:00'"
OLD = f"""
INSERT INTO person (id, email, name, role_id, active, created_at) VALUES
    (1, 'rita@x.test', 'Rita', {{agent}}, true, {AT}), (2, 'gone@x.test', 'Gone', {{agent}}, false, {AT}),
    (3, 'left@x.test', 'Left', {{agent}}, true, {AT}), (4, 'sam@x.test', 'Sam', {{requester}}, true, {AT});
INSERT INTO membership (person_id, team_id) VALUES (1, 1), (2, 1), (4, 1);
INSERT INTO category (id, name, parent_id, is_default, retired, position) VALUES
    (11, 'Zürich', NULL, false, false, 0), (12, 'zurich', NULL, false, false, 0),
    (13, 'ZURICH ', 11, false, false, 0), (14, 'zurich (2)', NULL, false, false, 0),
    (15, 'Doors (deleted 15)', NULL, false, true, 0);
INSERT INTO team (id, name, is_default) VALUES (11, 'Netze', false), (12, 'NETZE', false);
INSERT INTO status (id, name, kind, position, counts, is_default, asks_reason, retired, is_merged) VALUES
    (11, 'to-do', 'todo', 9, true, false, false, false, false),
    (12, '{"x" * 40}', 'todo', 9, true, false, false, false, false),
    (13, '{"X" * 40}', 'todo', 9, true, false, false, true, false);
INSERT INTO canned_reply (id, name, body, team_id, version) VALUES
    (11, 'Hello', 'x', NULL, 1), (12, 'hello', 'x', NULL, 1), (13, 'HELLO', 'x', 1, 1);
INSERT INTO custom_field (id, key, name, kind, required, position, retired) VALUES
    (11, 'a', 'Asset', 'text', false, 0, false), (12, 'b', 'asset', 'text', false, 0, false),
    (13, 'c', 'Priority', 'text', false, 0, false), (14, 'd', 'Asset', 'text', false, 0, true);
INSERT INTO ticket (id, title, description, status_id, open, priority, category_id, team_id, requester_id, assignee_id,
                    confidential, created_at, updated_at, rank, version) VALUES
    (1, 'a', '', 1, true, 2, 11, 1, 4, 1, false, {AT}, {AT}, 0, 1),
    (2, 'b', '', 1, true, 2, 12, 1, 4, 2, false, {AT}, {AT}, 0, 1),
    (3, 'c', '', 1, true, 2, 12, 1, 4, 3, false, {AT}, {AT}, 0, 1),
    (4, 'd', '', 1, false, 2, 12, 1, 4, 2, false, {AT}, {AT}, 0, 1),
    (5, 'e', '', 1, true, 2, 12, 1, 4, NULL, false, {AT}, {AT}, 0, 1),
    (6, 'f', '', 1, true, 2, 12, 1, 4, 4, false, {AT}, {AT}, 0, 1);
"""


def rows(connection, question):
    return [tuple(row) for row in connection.exec_driver_sql(question)]


@pytest.fixture(params=EITHER)
def old(request, databases):
    """A database as the version before names were unique left it, with what it let in."""
    made = engines.connect(databases.empty(request.param))
    with made.connect() as connection, connection.execution_options(writes=True).begin():
        command.upgrade(schema.build_config(connection), "0029")
        roles = {
            name: connection.exec_driver_sql(
                f"INSERT INTO role (name, built_in) VALUES ('{name}', true) RETURNING id"
            ).scalar()
            for name in ("agent", "requester")
        }
        connection.exec_driver_sql(
            "INSERT INTO role_permission (role_id, permission, scope) "
            f"VALUES ({roles['agent']}, 'ticket.transition', 2)"
        )
        connection.exec_driver_sql("INSERT INTO team (id, name, is_default) VALUES (1, 'First', true)")
        connection.exec_driver_sql(
            "INSERT INTO category (id, name, is_default, retired, position) VALUES (1, 'General', true, false, 0)"
        )
        connection.exec_driver_sql(
            "INSERT INTO status (id, name, kind, position, counts, is_default, asks_reason, retired, is_merged) "
            "VALUES (1, 'To-Do', 'todo', 0, true, true, false, false, false)"
        )
        for statement in OLD.format(**roles).split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement)
    yield made
    made.dispose()


def test_duplicates_get_a_number_and_leavers_tickets_become_unassigned(old):
    with old.connect() as connection:
        lite = connection.dialect.name == "sqlite"
        if lite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        with connection.execution_options(writes=True).begin():
            command.upgrade(schema.build_config(connection), "head")
            assert not lite or connection.exec_driver_sql("PRAGMA foreign_key_check").first() is None

            def named(table):
                return dict(rows(connection, f"SELECT id, name FROM {table} WHERE id > 10 ORDER BY id"))

            assert named("category") == {
                11: "Zürich", 12: "zurich (3)", 13: "ZURICH ", 14: "zurich (2)", 15: "Doors",
            }  # fmt: skip
            assert named("team") == {11: "Netze", 12: "NETZE (2)"}
            assert named("status") == {11: "to-do (2)", 12: "x" * 40, 13: "X" * 36 + " (2)"}
            assert named("canned_reply") == {11: "Hello", 12: "hello (2)", 13: "HELLO"}
            assert named("custom_field") == {11: "Asset", 12: "asset (2)", 13: "Priority (2)", 14: "Asset"}
            assert rows(
                connection, "SELECT id, assignee_id, former_assignee_id, version FROM ticket ORDER BY id"
            ) == [(1, 1, None, 1), (2, None, 2, 2), (3, None, 3, 2), (4, 2, None, 1), (5, None, None, 1),
                  (6, None, 4, 2)]  # fmt: skip
            assert rows(
                connection,
                "SELECT ticket_id, old, new FROM event WHERE action = 'ticket.assigned' ORDER BY id",
            ) == [(2, "2", None), (3, "3", None), (6, "4", None)]
            renamed = rows(connection, "SELECT subject, old, new FROM event WHERE field = 'name' ORDER BY id")
            assert ("category:12", "zurich", "zurich (3)") in renamed and len(renamed) == 7
            connection.execute(sa.text("SELECT removed_at FROM rate"))
    schema.check(old)


STATES = {
    "queued": "0, NULL, NULL, NULL, false, NULL",
    "claimed": "1, 'host:1:a', NULL, NULL, false, NULL",
    "retrying": "3, NULL, NULL, NULL, false, '451 try later'",
    "failed": f"10, NULL, NULL, {AT}, false, '550 no such user'",
    "sent": f"1, NULL, {AT}, NULL, false, NULL",
    "empty": f"1, NULL, {AT}, NULL, true, NULL",
}
"""The states of a message, as its attempts, claim, ends, emptiness and error."""
QUEUED = f"""
INSERT INTO role (id, name, built_in) VALUES (91, 'agent', true);
INSERT INTO person (id, email, name, role_id, active, created_at, email_unproven, version) VALUES
    (1, 'rita@x.test', 'Rita', 91, true, {AT}, false, 1), (2, 'sam@x.test', 'Sam', 91, true, {AT}, false, 1);
INSERT INTO team (id, name, is_default, version) VALUES (1, 'First', true, 1);
INSERT INTO category (id, name, is_default, retired, position, version) VALUES (1, 'General', true, false, 0, 1);
INSERT INTO status (id, name, kind, position, counts, is_default, asks_reason, retired, is_merged, version) VALUES
    (1, 'To-Do', 'todo', 0, true, true, false, false, false, 1);
INSERT INTO ticket (id, title, description, status_id, open, priority, category_id, team_id, requester_id,
                    confidential, created_at, updated_at, rank, version) VALUES
    (1, 'a', '', 1, true, 2, 1, 1, 2, false, {AT}, {AT}, 0, 1);
"""
MESSAGES = (
    "medium, sort, person_id, team_id, ticket_id, created_at, due_at, attempts, claimed_by, done_at, parked_at, "
    "empty, error"
)
NOTICES = "person_id, event_id, ticket_id, occasion, relation, listed, at, mail_id, slack_id"


@pytest.fixture(params=EITHER)
def queued(request, databases):
    """A database of the version before messages were linked to notifications, with messages in every state."""
    made = engines.connect(databases.empty(request.param))
    with made.connect() as connection, connection.execution_options(writes=True).begin():
        command.upgrade(schema.build_config(connection), "0040")
        for statement in QUEUED.split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement)
        id = 0
        for state in STATES.values():
            for medium, sort, whose in (
                ("mail", "ticket", "2, NULL, 1"), ("slack", "ticket", "2, NULL, 1"),
                ("mail", "invitation", "2, NULL, NULL"), ("slack", "channel", "NULL, 1, 1"),
            ):  # fmt: skip
                id += 1
                connection.exec_driver_sql(
                    f"INSERT INTO outbox ({MESSAGES}) VALUES ('{medium}', '{sort}', {whose}, {AT}, {AT}, {state})"
                )
                if sort == "channel":
                    connection.exec_driver_sql(
                        "INSERT INTO team_notice (message_id, event_id, ticket_id, occasion) "
                        f"VALUES ({id}, {id}, 1, 'created')"
                    )
            notice = f"INSERT INTO notice ({NOTICES})"
            connection.exec_driver_sql(
                f"{notice} VALUES (2, {id}, 1, 'replied', 'requester', true, {AT}, {id - 3}, {id - 2})"
            )
            connection.exec_driver_sql(
                f"{notice} VALUES (2, {id + 1}, 1, 'moved', 'requester', true, {AT}, {id - 3}, NULL)"
            )
        connection.exec_driver_sql(  # one whose messages were deleted long ago, and one in Docket alone
            f"{notice} VALUES (1, 1, 1, 'replied', 'requester', true, {AT}, 4711, 4712), "
            f"(1, 2, 1, 'replied', 'requester', true, {AT}, NULL, NULL)"
        )
        connection.exec_driver_sql(  # the newest was deleted: its number is not given again
            f"INSERT INTO outbox ({MESSAGES}) VALUES ('mail', 'trial', 2, NULL, NULL, {AT}, {AT}, {STATES['sent']})"
        )
        connection.exec_driver_sql(f"DELETE FROM outbox WHERE id = {id + 1}")
    yield made
    made.dispose()


def upgrade(engine):
    """Bring a database to today's schema, with foreign keys off on SQLite meanwhile, as Docket does."""
    with engine.connect() as connection:
        lite = connection.dialect.name == "sqlite"
        if lite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        with connection.execution_options(writes=True).begin():
            command.upgrade(schema.build_config(connection), "head")
            assert not lite or connection.exec_driver_sql("PRAGMA foreign_key_check").first() is None
        if lite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")


def test_messages_in_every_state_keep_their_numbers_and_what_they_tell_of(queued):
    with queued.connect() as connection:
        before = rows(connection, f"SELECT id, {MESSAGES} FROM outbox ORDER BY id")
        told = rows(
            connection,
            "SELECT mail_id, id FROM notice WHERE mail_id < 100 "
            "UNION ALL SELECT slack_id, id FROM notice WHERE slack_id < 100 ORDER BY 1, 2",
        )
        notices = rows(connection, "SELECT id, person_id, event_id, read_at, at FROM notice ORDER BY id")
        teams = rows(connection, "SELECT id, message_id, event_id FROM team_notice ORDER BY id")
    assert len(before) == 4 * len(STATES) and len(told) == 3 * len(STATES)
    upgrade(queued)
    with queued.connect() as connection, connection.execution_options(writes=True).begin():
        assert rows(connection, f"SELECT id, {MESSAGES} FROM delivery ORDER BY id") == before
        linked = "SELECT delivery_id, notice_id FROM delivery_notice ORDER BY 1, 2"
        assert rows(connection, linked) == told
        assert notices == rows(
            connection, "SELECT id, person_id, event_id, read_at, at FROM notice ORDER BY id"
        )
        assert rows(connection, "SELECT id, message_id, event_id FROM team_notice ORDER BY id") == teams
        new = f"('mail', 'trial', 2, NULL, NULL, {AT}, {AT}, {STATES['queued']})"
        added = f"INSERT INTO delivery ({MESSAGES}) VALUES {new} RETURNING id"
        assert connection.exec_driver_sql(added).scalar() == len(before) + 2
        names = {
            table: sa.inspect(connection).get_foreign_keys(table) for table in ("delivery", "team_notice")
        }
        assert {key["name"] for key in names["delivery"]} == {
            "fk_delivery_person_id", "fk_delivery_team_id", "fk_delivery_ticket_id",
        }  # fmt: skip
        assert {(key["referred_table"], key["options"].get("ondelete")) for key in names["team_notice"]} == {
            ("delivery", "CASCADE"), ("ticket", "CASCADE"),
        }  # fmt: skip
        connection.exec_driver_sql("DELETE FROM notice WHERE person_id = 1")
        connection.exec_driver_sql("DELETE FROM delivery WHERE medium = 'slack'")
        assert rows(connection, linked) == [pair for pair in told if pair[0] % 4 == 1]
        assert rows(connection, "SELECT count(*) FROM team_notice") == [(0,)]
    schema.check(queued)
