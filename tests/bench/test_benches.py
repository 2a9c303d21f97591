"""Every bench runs through on a small load and prints its table; nothing here is timed."""

import subprocess
import sys

import pytest

from bench import measure, plain, queries
from commands.seed import fill
from lib import transactions
from tests.support import server as servers


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """A data folder with sixty tickets of the load."""
    folder = tmp_path_factory.mktemp("load")
    words = ["-m", "commands", "seed", "--tickets", "60", "--data", str(folder)]
    subprocess.run(
        [sys.executable, *words], cwd=servers.ROOT, env=servers.build_environment(folder), check=True
    )
    return folder


@pytest.mark.parametrize(
    ("name", "words", "printed"),
    [
        ("queries", ["--times", "2", "--write"], "search 2 words, administrator"),
        ("api", ["--times", "2", "--clients", "3", "--write"], "3: per s"),
        ("time", ["--times", "2", "--entries", "300"], "timer, stop"),
        ("start", ["--times", "1"], "first page"),
        ("notices", ["--messages", "30", "--owed", "20", "--fresh", "3"], "new one, p95 ms"),
        ("memory", ["--tabs", "2"], "with 2 tabs"),
        ("load", ["--tabs", "2", "--seconds", "2", "--think", "0.3"], "runs/s"),
    ],
)
def test_a_bench_prints_its_table(loaded, name, words, printed):
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{name}", "--data", str(loaded), *words],
        cwd=servers.ROOT, env=servers.build_environment(loaded),
        capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert printed in done.stdout
    if name == "load":
        assert done.stdout.splitlines()[1].split()[-1] == "0", done.stdout  # no tab met an error


def test_the_handwritten_sql_runs_on_both_databases(engine, database_url):
    fill.write_tickets(40, add=False, tell=lambda _line: None)
    transactions.use_engine(engine)
    by_hand = plain.Plain(database_url)
    try:
        for _name, deed, hand in queries.cases(by_hand, write=True):
            deed()
            if hand:
                hand()
    finally:
        by_hand.raw.close()


def test_percentiles_and_tables():
    assert measure.percentile([3.0, 1.0, 2.0], 50) == 2.0
    assert measure.percentile([], 95) == 0.0
    assert measure.table(("ms", "p50"), [("list", 1.5)]) == "ms     p50\nlist  1.50"
