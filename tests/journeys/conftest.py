"""One real server for a module and kind of database, with the company in it, and people at browsers."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from lib import settings, transactions
from lib.gate import Actor
from tests import cast
from tests.journeys import visitor as visitors
from tests.journeys.office import Office, at
from tests.journeys.visitor import Visitor
from tests.support.browser import DESKTOP, View
from tests.support.databases import Databases
from tests.support.server import Server

Visit = Callable[..., Visitor]
expect.set_options(timeout=visitors.PATIENCE)


class Opening:
    """The module's desk; a test that is run again gets one that the first try has not touched."""

    def __init__(self, begin: Callable[[], Office]) -> None:
        self.begin = begin
        self.office = begin()
        self.tries = 1

    def at(self, tries: int) -> Office:
        """The desk for a test's first, second… try."""
        if tries > self.tries:
            self.office.server.stop()
            self.office = self.begin()
        self.tries = tries
        return self.office


@pytest.fixture(scope="module", params=["sqlite"])
def opened(
    request: pytest.FixtureRequest,
    databases: Databases,
    server: Callable[..., Server],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Opening]:
    """The module's desk; parametrise it with EITHER to walk a journey on both databases."""
    furnish = getattr(request.module, "furnish", None)
    surround = getattr(request.module, "surround", dict)
    with ExitStack() as stack:

        def begin() -> Office:
            data, url = tmp_path_factory.mktemp("desk"), databases.fresh(request.param)
            stack.callback(databases.drop, url)
            engine = stack.enter_context(at(url))
            people = cast.company()
            cast.give_password(
                people.ada, people.mona, people.rita, people.arun, people.bela, people.sam, people.bob
            )
            furnished = furnish(people) if furnish else None
            started = server(data=data, DOCKET_DATABASE_URL=url, **surround())
            stack.callback(started.stop)
            return Office(started, engine, people, furnished)

        yield Opening(begin)


@pytest.fixture
def office(
    request: pytest.FixtureRequest, opened: Opening, data: Path, monkeypatch: pytest.MonkeyPatch
) -> Office:
    """The module's desk, on which the verbs of this process work too."""
    desk = opened.at(getattr(request.node, "execution_count", 1))
    monkeypatch.setenv("DOCKET_DATA", str(desk.server.data))
    settings.current.cache_clear()
    transactions.use(desk.engine)
    return desk


@pytest.fixture
def furnished(office: Office) -> Any:
    """What the module's `furnish` put on its desk."""
    return office.furnished


@pytest.fixture
def visit(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Visit]:
    """Send people to browsers: `visit()`, `visit(rita)`, `visit(view=PHONE)`, `visit(url=…)`."""
    with ExitStack() as stack:

        def come(actor: Actor | None = None, *, view: View = DESKTOP, url: str | None = None) -> Visitor:
            where = url or request.getfixturevalue("office").url
            visitor = stack.enter_context(visitors.visiting(browser, where, view))
            if actor is not None:
                visitor.sign_in(actor)
            return visitor

        yield come
