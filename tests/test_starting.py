"""Starts that can't succeed, by every way: a sentence and no traceback; and what a killed process leaves."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.support import server as servers
from tests.test_serving import WAYS

SERVING = {way: (*words, str(servers.free_port())) for way, words in WAYS.items()}
WORDS = {
    **SERVING,
    "worker": ("-m", "commands", "worker"),
    "person": ("-m", "commands", "person", "add", "--email", "a@example.org", "--name", "Ada"),
}


def run(words, data: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=servers.ROOT,
        env=servers.build_environment(data, **settings),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


@pytest.mark.parametrize("way", WORDS)
def test_a_damaged_database_ends_a_start_with_a_sentence(way, data):
    (data / "docket.db").write_bytes(b"\x00hello" * 1000)
    ended = run(WORDS[way], data)
    assert ended.returncode == 1
    assert "is not a SQLite database" in ended.stderr and "last backup" in ended.stderr
    assert "Traceback" not in ended.stderr + ended.stdout


def test_a_newer_database_ends_a_start_with_a_sentence(data, databases):
    url = databases.fresh("sqlite")
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0999'")
    engine.dispose()
    ended = run(SERVING["manage"], data, DOCKET_DATABASE_URL=url)
    assert ended.returncode == 1
    assert "made by a newer version of Docket" in ended.stderr
    assert "Traceback" not in ended.stderr + ended.stdout


def test_a_killed_process_leaves_a_mark_and_a_stopped_one_does_not(data, databases, server):
    url = databases.fresh("sqlite")
    mark = Path(f"{sa.make_url(url).database}.running")
    first = server(data=data, DOCKET_DATABASE_URL=url)
    assert mark.exists()
    first.stop(signal.SIGKILL)
    assert mark.exists()
    (data / "server.log").write_text("")
    second = server(data=data, DOCKET_DATABASE_URL=url)
    assert "was not stopped properly" in second.said()
    second.stop()
    assert not mark.exists()
