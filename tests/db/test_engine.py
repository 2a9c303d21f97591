"""The engine: which SQLite is trusted with WAL, and what every connection is set to."""

import sqlite3

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from db import engine as engines
from lib.transactions import act, see

VERSIONS = {
    (3, 6, 23): False,
    (3, 7, 0): True,
    (3, 40, 1): True,
    (3, 44, 5): True,
    (3, 44, 6): False,
    (3, 45, 0): True,
    (3, 50, 6): True,
    (3, 50, 7): False,
    (3, 51, 0): True,
    (3, 51, 2): True,
    (3, 51, 3): False,
    (3, 52, 0): False,
    (4, 0, 0): False,
}


@pytest.mark.parametrize(("version", "affected"), VERSIONS.items(), ids=str)
def test_which_sqlite_may_corrupt_a_wal_database(version, affected):
    assert engines.has_wal_bug(version) is affected


def test_an_affected_interpreter_is_given_the_bundled_library(monkeypatch):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    library = engines.sqlite_library()
    assert library.__name__.startswith("pysqlite3")
    assert not engines.has_wal_bug(library.sqlite_version_info)


def test_a_sound_interpreter_keeps_its_own_library(monkeypatch):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 53, 0))
    assert engines.sqlite_library() is sqlite3


def test_without_any_sound_library_there_is_no_wal(monkeypatch, tmp_path):
    monkeypatch.setattr(engines, "sqlite_library", lambda: sqlite3)
    monkeypatch.setattr(engines, "has_wal_bug", lambda _version: True)
    engine = engines.connect(f"sqlite:///{tmp_path / 'old.db'}")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
    engine.dispose()


def test_postgresql_compiles_no_statement(databases):
    engine = engines.connect(databases.fresh("postgresql"))
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW jit").scalar() == "off"
    engine.dispose()


def test_sqlite_keeps_what_it_said_it_saved_and_watches_references(databases):
    engine = engines.connect(databases.fresh("sqlite"))
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15000}
    with engine.connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
    engine.dispose()
    assert found == wanted


def test_values_stay_out_of_database_errors(engine):
    """CVE-2026 GHSA-7wcq-2qmv-mvcm: a peer logged credentials with an error."""
    with pytest.raises(exc.SQLAlchemyError) as error, act() as session:
        session.execute(sa.text("INSERT INTO nowhere VALUES (:canary)"), {"canary": "s3cr3t-canary"})
    assert "s3cr3t-canary" not in str(error.value)


def test_lower_knows_all_letters_on_both(engine):
    with see() as session:
        assert session.scalar(sa.select(sa.func.lower("ÄNNE ÉMILE ŁÓDŹ"))) == "änne émile łódź"
        assert session.scalar(sa.select(sa.func.lower(sa.null()))) is None
