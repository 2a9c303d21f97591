"""Which tests run, on which database and in which order; docs/decisions says why."""

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest

TESTS_FOLDER = Path(__file__).parents[1]
SECONDS_FILE = TESTS_FOLDER / "seconds.json"
"""How long the tests of each file take together, as `python3 manage.py test --record` measured it."""

DATABASE_BY_FOLDER = {
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
PROCESS_FIXTURES = {"browser", "server", "stage"}
"""Fixtures that start another process."""
FIXTURE_SECONDS = {"browser": 6.0, "server": 4.0, "stage": 1.5, "house": 1.0, "run": 1.0}
"""About how many seconds a test takes that uses one of these, for files whose time was not recorded."""


def get_folder(item: pytest.Item) -> str:
    """Return the folder below tests/, or the file that lies there directly."""
    return item.path.relative_to(TESTS_FOLDER).parts[0]


def is_wanted(item: pytest.Item, config: pytest.Config) -> bool:
    """Tell whether a test runs at all with these options."""
    if config.getoption("--all"):
        return True
    twin = item.get_closest_marker("twin")
    if config.getoption("--quick"):
        needs = PROCESS_FIXTURES.intersection(getattr(item, "fixturenames", ()))
        return get_folder(item) in QUICK and not needs and item.get_closest_marker("postgresql") is None
    if twin is None or item.get_closest_marker("both_databases"):
        return True
    return DATABASE_BY_FOLDER.get(get_folder(item), twin.args[0]) == twin.args[0]


def deselect_tests(items: list[pytest.Item], config: pytest.Config) -> None:
    """Leave the tests out that are not wanted."""
    left_out = [item for item in items if not is_wanted(item, config)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if is_wanted(item, config)]


def sort_longest_first(items: list[pytest.Item]) -> None:
    """Sort whole files by their recorded time, so that processes that share them end together."""
    known = json.loads(SECONDS_FILE.read_text())
    guessed: defaultdict[Path, float] = defaultdict(float)
    for item in items:
        guessed[item.path] += max(
            FIXTURE_SECONDS.get(name, 0.1) for name in getattr(item, "fixturenames", ()) or ("",)
        )
    seconds = {
        path: known.get(path.relative_to(TESTS_FOLDER).as_posix(), guess) for path, guess in guessed.items()
    }
    items.sort(key=lambda item: (-seconds[item.path], item.path))


def record_seconds(spent: Mapping[str, float]) -> None:
    """Write down how long each file took; a file that no longer exists is forgotten."""
    known = json.loads(SECONDS_FILE.read_text()) if SECONDS_FILE.exists() else {}
    known |= {name.removeprefix("tests/"): round(seconds, 1) for name, seconds in spent.items()}
    kept = {name: known[name] for name in sorted(known) if (TESTS_FOLDER / name).exists()}
    SECONDS_FILE.write_text(json.dumps(kept, indent=1) + "\n")
