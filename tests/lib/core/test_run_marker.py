"""The mark beside a database: it tells of a run that was not ended properly, and of no other."""

import subprocess
import sys
from pathlib import Path

import pytest

from db import engine as engines
from lib.core import run_marker

ROOT = Path(__file__).parents[3]
RUN = """
import sys
from db import engine
from lib.core import run_marker
made = engine.connect(sys.argv[1])
run_marker.acquire(made)
print("begun", flush=True)
sys.stdin.read()
run_marker.release(made)
"""


@pytest.fixture
def engine(tmp_path):
    made = engines.connect(f"sqlite:///{tmp_path}/docket.db")
    yield made
    run_marker.release(made)
    made.dispose()


def start(engine) -> subprocess.Popen:
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(engine.url)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout and process.stdout.readline() == b"begun\n"
    return process


def test_a_run_that_ended_leaves_nothing(engine):
    assert not run_marker.has_unclean_stop(engine)
    process = start(engine)
    assert not run_marker.has_unclean_stop(engine), "it still runs"
    process.communicate(timeout=20)
    assert not run_marker.has_unclean_stop(engine) and not run_marker.marker_path(engine).exists()


def test_a_run_that_was_killed_leaves_its_mark(engine):
    process = start(engine)
    process.kill()
    process.wait()
    assert run_marker.has_unclean_stop(engine)
    run_marker.acquire(engine)
    run_marker.release(engine)
    assert not run_marker.has_unclean_stop(engine)


def test_the_last_of_several_takes_the_mark_away(engine):
    first, second = start(engine), start(engine)
    first.communicate(timeout=20)
    assert run_marker.marker_path(engine).exists() and not run_marker.has_unclean_stop(engine)
    second.communicate(timeout=20)
    assert not run_marker.marker_path(engine).exists()


def test_a_database_that_is_no_file_has_no_mark():
    engine = engines.connect("postgresql://x@127.0.0.1:1/none")
    assert run_marker.marker_path(engine) is None
    run_marker.acquire(engine)
    run_marker.release(engine)
    assert not run_marker.has_unclean_stop(engine)
