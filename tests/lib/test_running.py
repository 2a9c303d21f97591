"""The mark beside a database: it tells of a run that was not ended properly, and of no other."""

import subprocess
import sys
from pathlib import Path

import pytest

from db import engine as engines
from lib import running

ROOT = Path(__file__).parents[2]
RUN = """
import sys
from db import engine
from lib import running
made = engine.connect(sys.argv[1])
running.begin(made)
print("begun", flush=True)
sys.stdin.read()
running.end(made)
"""


@pytest.fixture
def engine(tmp_path):
    made = engines.connect(f"sqlite:///{tmp_path}/docket.db")
    yield made
    running.end(made)
    made.dispose()


def start(engine) -> subprocess.Popen:
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(engine.url)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout and process.stdout.readline() == b"begun\n"
    return process


def test_a_run_that_ended_leaves_nothing(engine):
    assert not running.was_left(engine)
    process = start(engine)
    assert not running.was_left(engine), "it still runs"
    process.communicate(timeout=20)
    assert not running.was_left(engine) and not running.mark(engine).exists()


def test_a_run_that_was_killed_leaves_its_mark(engine):
    process = start(engine)
    process.kill()
    process.wait()
    assert running.was_left(engine)
    running.begin(engine)
    running.end(engine)
    assert not running.was_left(engine)


def test_the_last_of_several_takes_the_mark_away(engine):
    first, second = start(engine), start(engine)
    first.communicate(timeout=20)
    assert running.mark(engine).exists() and not running.was_left(engine)
    second.communicate(timeout=20)
    assert not running.mark(engine).exists()


def test_a_database_that_is_no_file_has_no_mark():
    engine = engines.connect("postgresql://x@127.0.0.1:1/none")
    assert running.mark(engine) is None
    running.begin(engine)
    running.end(engine)
    assert not running.was_left(engine)
