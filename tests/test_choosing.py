"""Which tests run with which options."""

from types import SimpleNamespace

import pytest

from tests.support import choosing
from tests.support.choosing import TESTS_FOLDER


def item(file, *marks, fixtures=()):
    """A test in a file, with marks."""
    known = {mark.name: mark.mark for mark in marks}
    return SimpleNamespace(path=TESTS_FOLDER / file, fixturenames=fixtures, get_closest_marker=known.get)


def twins(file, *marks):
    """The same test on SQLite and on PostgreSQL."""
    return {
        "sqlite": item(file, pytest.mark.twin("sqlite"), *marks),
        "postgresql": item(file, pytest.mark.twin("postgresql"), pytest.mark.postgresql, *marks),
    }


def options(*chosen):
    return SimpleNamespace(getoption=lambda name: name in chosen)


def runs_on(pair, *chosen):
    return [kind for kind, each in pair.items() if choosing.is_wanted(each, options(*chosen))]


@pytest.mark.parametrize("folder", sorted(path.name for path in TESTS_FOLDER.iterdir() if path.is_dir()))
def test_a_test_for_either_database_runs_on_one_at_least_and_on_both_with_all(folder):
    pair = twins(f"{folder}/test_x.py")
    assert (
        runs_on(pair) == [choosing.DATABASE_BY_FOLDER[folder]]
        if folder in choosing.DATABASE_BY_FOLDER
        else [*pair]
    )
    assert runs_on(pair, "--all") == [*pair]


def test_what_depends_on_the_database_always_runs_on_both():
    assert runs_on(twins("lib/test_x.py", pytest.mark.both_databases("search"))) == ["sqlite", "postgresql"]


def test_a_test_for_one_database_alone_always_runs():
    assert choosing.is_wanted(item("lib/test_x.py", pytest.mark.postgresql), options())
    assert choosing.is_wanted(item("journeys/test_x.py", fixtures=("browser",)), options())


def test_quick_needs_no_postgresql_browser_or_server():
    both = pytest.mark.both_databases("search")
    assert runs_on(twins("lib/test_x.py", both), "--quick") == ["sqlite"]
    assert choosing.is_wanted(item("test_house.py"), options("--quick"))
    for left_out in (
        item("lib/test_x.py", pytest.mark.postgresql),
        item("ui/test_x.py", fixtures=("stage", "browser")),
        item("lib/test_x.py", fixtures=("server",)),
        item("journeys/test_x.py"),
    ):
        assert not choosing.is_wanted(left_out, options("--quick"))


def test_every_folder_and_file_that_is_named_exists():
    assert [
        name for name in {*choosing.DATABASE_BY_FOLDER, *choosing.QUICK} if not (TESTS_FOLDER / name).exists()
    ] == []


def test_the_longest_file_comes_first(monkeypatch, tmp_path):
    monkeypatch.setattr(choosing, "SECONDS_FILE", tmp_path / "seconds.json")
    choosing.SECONDS_FILE.write_text('{"lib/test_a.py": 1.0, "lib/test_b.py": 2.0}')
    a, b, unknown = item("lib/test_a.py"), item("lib/test_b.py"), item("ui/test_c.py", fixtures=("browser",))
    items = [a, b, unknown, a]
    choosing.sort_longest_first(items)
    assert items == [unknown, b, a, a]


def test_seconds_are_recorded_for_files_that_exist(monkeypatch, tmp_path):
    monkeypatch.setattr(choosing, "SECONDS_FILE", tmp_path / "seconds.json")
    choosing.SECONDS_FILE.write_text('{"lib/test_gone.py": 9.0, "cast.py": 1.0}')
    choosing.record_seconds({"tests/test_choosing.py": 1.25, "tests/cast.py": 2.0})
    assert choosing.SECONDS_FILE.read_text() == '{\n "cast.py": 2.0,\n "test_choosing.py": 1.2\n}\n'
