"""Migrations: once whatever the number of processes, whole or not at all, and equal to the models."""

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import exc
from sqlmodel import Session, select

from db import engine as engines
from db import schema, seeds
from db.models import Category, Role, Status, Team
from tests.support import databases as stores

ROOT = Path(__file__).parents[2]
KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]

HEAD = max(file.name[:4] for file in (ROOT / "db" / "migrations" / "versions").glob("0*.py"))
MIGRATE = "import sys; from db import engine, schema; schema.migrate(engine.connect(sys.argv[1]))"
MIGRATE_FURTHER = """
import sys
from db import engine, schema
ours = schema.build_config
def config(connection):
    made = ours(connection)
    made.set_main_option("path_separator", "newline")
    made.set_main_option("version_locations", "db/migrations/versions\\n" + sys.argv[2])
    return made
schema.build_config = config
schema.migrate(engine.connect(sys.argv[1]))
"""
KILLED = """
import os
import sqlalchemy as sa
from sqlalchemy import exc
from alembic import op
revision, down_revision = "9999", "{head}"
def upgrade():
    op.create_table("half_done", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("UPDATE team SET name = 'half done'")
    op.add_column("team", sa.Column("half_done", sa.Integer))
    op.execute("DROP TABLE draft")
    {end}
"""


def run(script: str, *words: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", script, *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture(params=KINDS)
def empty_url(request, databases):
    """A database with nothing in it, on each engine."""
    return databases.empty(request.param)


def test_the_models_and_the_migrations_are_one_schema(engine):
    schema.check(engine)


def test_migrating_again_changes_nothing(engine):
    def picture():
        inspector = sa.inspect(engine)
        with engine.connect() as connection:
            counts = {
                t: connection.exec_driver_sql(f"SELECT count(*) FROM {t}").scalar()
                for t in ("role", "status")
            }
        return sorted(inspector.get_table_names()), counts

    before = picture()
    schema.migrate(engine)
    assert picture() == before


def test_processes_that_start_together_migrate_once(empty_url):
    started = [run(MIGRATE, empty_url) for _ in range(3)]
    said = [process.communicate(timeout=60)[0] for process in started]
    assert [process.returncode for process in started] == [0] * 3, said
    made = engines.connect(empty_url)
    with Session(made) as session:
        assert len(session.exec(select(Role.id)).all()) == len(seeds.ROLES)
        assert len(session.exec(select(Status.id)).all()) == len(seeds.STATUSES) + 1, "merged"
        assert session.exec(select(Team.name)).all() == [seeds.TEAM]
        assert session.exec(select(Category.name)).all() == [seeds.CATEGORY]
    schema.check(made)
    made.dispose()


def test_a_migration_that_is_killed_half_way_leaves_the_old_schema_whole(empty_url, tmp_path):
    """P40."""
    stores.migrate(empty_url)
    (tmp_path / "9999_killed.py").write_text(KILLED.format(head=HEAD, end="os._exit(9)"))
    process = run(MIGRATE_FURTHER, empty_url, str(tmp_path))
    said = process.communicate(timeout=60)[0]
    assert process.returncode == 9, said
    made = engines.connect(empty_url)
    tables = sa.inspect(made).get_table_names()
    assert "half_done" not in tables
    assert "draft" in tables
    with made.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == HEAD
        assert connection.exec_driver_sql("SELECT name FROM team").scalar() == seeds.TEAM
    schema.check(made)

    (tmp_path / "9999_killed.py").write_text(KILLED.format(head=HEAD, end="pass"))
    process = run(MIGRATE_FURTHER, empty_url, str(tmp_path))
    assert process.wait(60) == 0, "a migration that was killed can be run again"
    assert "half_done" in sa.inspect(made).get_table_names()
    made.dispose()


def test_sqlite_knows_its_indexes_after_a_migration(databases, monkeypatch):
    """Without figures it would take a new index for the best, and read a whole team to find fifty tickets."""
    made = engines.connect(databases.fresh("sqlite"))
    unknown = (
        "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'role_permission' "
        "AND name NOT IN (SELECT idx FROM sqlite_stat1 WHERE idx IS NOT NULL)"
    )
    with made.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sqlite_stat1").scalar()
    with made.connect().execution_options(writes=True) as connection, connection.begin():
        connection.exec_driver_sql("CREATE INDEX ix_new ON role_permission (scope)")
        assert connection.exec_driver_sql(unknown).scalars().all() == ["ix_new"]
    schema.migrate(made)
    with made.connect() as connection:
        assert connection.exec_driver_sql(unknown).scalars().all() == ["ix_new"], "nothing was migrated"
    with made.connect().execution_options(writes=True) as connection, connection.begin():
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")

    def upgrade(_config, _revision):
        _config.attributes["connection"].exec_driver_sql("UPDATE alembic_version SET version_num = 'after'")

    monkeypatch.setattr(schema.command, "upgrade", upgrade)
    schema.migrate(made)
    with made.connect() as connection:
        assert not connection.exec_driver_sql(unknown).scalars().all()
    made.dispose()


def test_a_migration_that_breaks_references_is_undone(databases, monkeypatch):
    """Foreign keys are off while SQLite rebuilds tables, so they are checked before the commit."""
    made = engines.connect(databases.fresh("sqlite"))
    with made.connect().execution_options(writes=True) as connection, connection.begin():
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")

    def orphan(_config, _revision):
        connection = _config.attributes["connection"]
        connection.exec_driver_sql("INSERT INTO membership (person_id, team_id) VALUES (404, 404)")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'after'")

    monkeypatch.setattr(schema.command, "upgrade", orphan)
    with pytest.raises(RuntimeError, match="nothing was changed"):
        schema.migrate(made)
    with made.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM membership").scalar() == 0
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    made.dispose()


def test_there_is_one_default_team_at_most(engine):
    with pytest.raises(exc.IntegrityError), Session(engine) as session:
        session.add(Team(name="Another", is_default=True))
        session.flush()


def test_every_check_and_reference_has_a_name(engine):
    """A batch rebuild on SQLite silently drops what has no name."""
    inspector = sa.inspect(engine)
    for table in inspector.get_table_names():
        if table.startswith(("search_index", "alembic_version")):
            continue
        constraints = [
            *inspector.get_check_constraints(table),
            *inspector.get_foreign_keys(table),
            *inspector.get_unique_constraints(table),
        ]
        assert all(c["name"] for c in constraints), table
