"""What a database is that can't be opened: one sentence, with what to do."""

import os
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from db import engine as engines
from db import opening, schema


def write(path: Path, at: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


def newer(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


BROKEN = {
    "random": (lambda p: p.write_bytes(os.urandom(8192)), "is not a SQLite database"),
    "text": (lambda p: p.write_text("hello"), "is not a SQLite database"),
    "half": (lambda p: os.truncate(p, p.stat().st_size // 2), "is damaged"),
    "odd": (lambda p: os.truncate(p, p.stat().st_size // 2 + 100), "is damaged"),
    "last page gone": (lambda p: os.truncate(p, p.stat().st_size - 4096), "is damaged"),
    "header alone": (lambda p: os.truncate(p, 100), "is damaged"),
    "zeros": (lambda p: write(p, 4096, bytes(4096 * 20)), "is damaged"),
    "first page": (lambda p: write(p, 100, os.urandom(3000)), "is damaged"),
    "newer": (newer, "made by a newer version of Docket"),
    "folder": (folder, "can't be opened"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_what_is_wrong_with_a_file_is_a_sentence(databases, how):
    url = databases.fresh("sqlite")
    path = Path(str(sa.make_url(url).database))
    harm, said = BROKEN[how]
    harm(path)
    engine = engines.connect(url)
    with pytest.raises(opening.Unusable, match=said) as refused:
        schema.migrate(engine)
    assert str(refused.value).endswith((".", ")")) and "\n" not in str(refused.value)
    engine.dispose()


def test_a_newer_schema_is_left_alone_on_postgresql_too(databases):
    url = databases.fresh("postgresql")
    engine = engines.connect(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0999'")
    with pytest.raises(opening.Unusable, match="its schema is 0999"):
        schema.migrate(engine)
    engine.dispose()
    databases.drop(url)


def test_a_damaged_page_is_found(databases):
    url = databases.fresh("sqlite")
    path = Path(str(sa.make_url(url).database))
    engine = engines.connect(url)
    opening.check_pages(engine)
    engine.dispose()
    write(path, 4096 * 40, os.urandom(4096 * 30))
    with pytest.raises(opening.Unusable, match="is damaged"):
        opening.check_pages(engine)
    engine.dispose()


def test_a_postgresql_that_is_not_up_is_waited_for_and_it_is_said(monkeypatch, capsys):
    monkeypatch.setattr(opening, "MAX_WAIT", 0.4)
    monkeypatch.setattr(opening, "RETRY_INTERVAL", 0.1)
    engine = engines.connect("postgresql://docket:hush-hush@127.0.0.1:1/none")
    with pytest.raises(opening.Unusable, match=r"did not answer for 0\.4 seconds") as refused:
        schema.migrate(engine)
    said = capsys.readouterr().err
    assert "Waiting for PostgreSQL at 127.0.0.1, port 1" in said
    assert "hush" not in said + str(refused.value)


def test_a_postgresql_that_comes_up_late_is_used(databases, monkeypatch):
    url = databases.fresh("postgresql")
    engine = engines.connect(url)
    monkeypatch.setattr(opening, "RETRY_INTERVAL", 0.01)
    tries = []

    def connect():
        tries.append(1)
        if len(tries) < 4:
            raise OperationalError("", {}, Exception("the database system is starting up"))
        return type(engine).connect(engine)

    monkeypatch.setattr(engine, "connect", connect)
    schema.migrate(engine)
    assert len(tries) > 4
    monkeypatch.undo()
    engine.dispose()
    databases.drop(url)


@pytest.mark.parametrize("database", ["nowhere"])
def test_what_waiting_does_not_help_is_said_at_once(databases, database):
    url = sa.make_url(databases.fresh("postgresql"))
    engine = engines.connect(url.set(database=database).render_as_string(hide_password=False))
    with pytest.raises(opening.Unusable, match="does not let Docket in"):
        schema.migrate(engine)
