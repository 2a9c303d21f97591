"""Which tests run, on which database and in which order; docs/decisions says why."""

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
SECONDS = TESTS / "seconds.json"
"""How long the tests of each file take together, as `python3 manage.py test --record` measured it."""

ONE_OF_EITHER = {
    "api": "postgresql",
    "security": "postgresql",
    "commands": "sqlite",
    "journeys": "sqlite",
    "lib": "sqlite",
    "ui": "sqlite",
    "worker": "sqlite",
}
"""Which database a folder's tests use that can use either; a folder that is not here uses both."""

QUICK = {
    "lib",
    "ui",
    "test_docs.py",
    "test_floors.py",
    "test_front_door.py",
    "test_house.py",
    "test_words.py",
}
"""What `python3 manage.py check` runs, as far as it needs no browser, server or PostgreSQL."""
PROCESSES = {"browser", "server", "stage"}
"""Fixtures that start another process."""
SLOW = {"browser": 6.0, "server": 4.0, "stage": 1.5, "house": 1.0, "run": 1.0}
"""About how many seconds a test takes that uses one of these, for files whose time was not recorded."""


def room(item: pytest.Item) -> str:
    """Return the folder below tests/, or the file that lies there directly."""
    return item.path.relative_to(TESTS).parts[0]


def wanted(item: pytest.Item, config: pytest.Config) -> bool:
    """Tell whether a test runs at all with these options."""
    if config.getoption("--all"):
        return True
    twin = item.get_closest_marker("twin")
    if config.getoption("--quick"):
        needs = PROCESSES.intersection(getattr(item, "fixturenames", ()))
        return room(item) in QUICK and not needs and item.get_closest_marker("postgresql") is None
    if twin is None or item.get_closest_marker("both_databases"):
        return True
    return ONE_OF_EITHER.get(room(item), twin.args[0]) == twin.args[0]


def choose(items: list[pytest.Item], config: pytest.Config) -> None:
    """Leave the tests out that are not wanted."""
    left_out = [item for item in items if not wanted(item, config)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if wanted(item, config)]


def longest_first(items: list[pytest.Item]) -> None:
    """Sort whole files by their recorded time, so that processes that share them end together."""
    known = json.loads(SECONDS.read_text())
    guessed: defaultdict[Path, float] = defaultdict(float)
    for item in items:
        guessed[item.path] += max(SLOW.get(name, 0.1) for name in getattr(item, "fixturenames", ()) or ("",))
    seconds = {path: known.get(path.relative_to(TESTS).as_posix(), guess) for path, guess in guessed.items()}
    items.sort(key=lambda item: (-seconds[item.path], item.path))


def record(spent: Mapping[str, float]) -> None:
    """Write down how long each file took; a file that no longer exists is forgotten."""
    known = json.loads(SECONDS.read_text()) if SECONDS.exists() else {}
    known |= {name.removeprefix("tests/"): round(seconds, 1) for name, seconds in spent.items()}
    kept = {name: known[name] for name in sorted(known) if (TESTS / name).exists()}
    SECONDS.write_text(json.dumps(kept, indent=1) + "\n")
