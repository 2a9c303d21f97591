"""Fixtures: own settings for every test, databases of both kinds, real servers and a real browser."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import argon2
import hypothesis
import pytest
from playwright.sync_api import Browser
from sqlalchemy import Engine

from db import engine as engines
from lib import transactions
from lib.core import settings
from lib.identity import passwords
from tests import cast
from tests.support import browser as browsers
from tests.support import choosing
from tests.support import databases as stores
from tests.support import server as servers

EITHER = [
    pytest.param("sqlite", marks=pytest.mark.twin("sqlite")),
    pytest.param("postgresql", marks=[pytest.mark.postgresql, pytest.mark.twin("postgresql")]),
]

# A busy machine is no failure, and the same commit gives the same answer; --hypothesis-profile=default looks further.
hypothesis.settings.register_profile("docket", deadline=None, derandomize=True)
hypothesis.settings.load_profile("docket")

StartServer = Callable[..., servers.Server]


spent: defaultdict[str, float] = defaultdict(float)
"""Seconds by file, as the reports of this run tell."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer more tests, fewer tests, and to record how long they take."""
    parser.addoption("--all", action="store_true", help="every test on each database it can use")
    parser.addoption("--quick", action="store_true", help="unit tests on SQLite, without browser or server")
    parser.addoption("--record", action="store_true", help="write seconds by file to tests/seconds.json")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Choose the tests; where processes share them, the longest files come first."""
    choosing.deselect_tests(items, config)
    if hasattr(config, "workerinput"):
        choosing.sort_longest_first(items)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count the seconds of a test, of its fixtures too, for its file."""
    spent[report.nodeid.partition("::")[0]] += report.duration


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Record the seconds, once, in the process that has all the reports."""
    if session.config.getoption("--record") and not hasattr(session.config, "workerinput"):
        choosing.record_seconds(spent)


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The test's own data folder, in an environment without the developer's settings."""
    for name in [name for name in os.environ if name.startswith("DOCKET_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DOCKET_DATA", str(tmp_path))
    settings.current.cache_clear()
    yield tmp_path
    settings.current.cache_clear()


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[stores.Databases]:
    """Databases on demand: `databases.fresh("sqlite")`, `databases.empty("postgresql")`."""
    with stores.open_databases(tmp_path_factory.mktemp("databases")) as available:
        yield available


@dataclass(frozen=True)
class Place:
    """A database of the test's own; `company` is in it where the test asks for a `desk`."""

    url: str
    company: cast.Company | None


@pytest.fixture(params=EITHER)
def place(request: pytest.FixtureRequest, databases: stores.Databases) -> Iterator[Place]:
    """A fresh database with today's schema; the test runs once for SQLite and once for PostgreSQL."""
    staffed = "desk" in request.fixturenames
    made = (
        Place(*databases.staffed(request.param)) if staffed else Place(databases.fresh(request.param), None)
    )
    yield made
    databases.drop(made.url)


@pytest.fixture
def database_url(place: Place) -> str:
    """Where the test's own database is."""
    return place.url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The engine of a fresh database, on which `see()` and `act()` work in this process."""
    made = engines.connect(database_url)
    transactions.use_engine(made)
    yield made
    made.dispose()


@pytest.fixture
def light_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords of the test are hashed with little memory, because the real cost is there to be felt."""
    monkeypatch.setattr(passwords, "_hasher", argon2.PasswordHasher(time_cost=1, memory_cost=64))


@pytest.fixture
def desk(place: Place, engine: Engine, light_hashing: None) -> cast.Company:
    """A fresh database with the company in it, and no ticket yet; the test runs on both engines."""
    assert place.company
    return place.company


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartServer]:
    """Starts real servers: `server(DOCKET_DATABASE_URL=url)`, or `server(data=folder, command=…, url=…)`."""
    with ExitStack() as stack:

        def start(
            *, data: Path | None = None, command: tuple[str, ...] = (), url: str | None = None, **own: str
        ) -> servers.Server:
            folder = data or tmp_path_factory.mktemp("desk")
            chosen = command or servers.RUN_COMMAND
            return stack.enter_context(servers.run_server(folder, own, command=chosen, url=url))

        yield start


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, for all tests of a process; whoever looks through it opens a private window."""
    with browsers.launch_browser() as launched:
        yield launched
