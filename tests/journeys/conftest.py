"""One real server for a module and kind of database, with the company in it, and people at browsers."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from lib import transactions
from lib.access.gate import Actor
from lib.core import settings
from tests import cast
from tests.journeys import visitor as visitors
from tests.journeys.office import Office, at
from tests.journeys.visitor import Visitor
from tests.support.browser import DESKTOP, View
from tests.support.databases import Databases
from tests.support.server import Server

Visit = Callable[..., Visitor]
expect.set_options(timeout=visitors.PATIENCE)


@pytest.fixture(scope="module", params=["sqlite"])
def opened(
    request: pytest.FixtureRequest,
    databases: Databases,
    server: Callable[..., Server],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Office]:
    """The module's desk; parametrise it with EITHER to walk a journey on both databases."""
    furnish = getattr(request.module, "furnish", None)
    surround = getattr(request.module, "surround", dict)
    data, url = tmp_path_factory.mktemp("desk"), databases.fresh(request.param)
    with at(url) as engine:
        people = cast.create_company()
        cast.set_password(
            people.ada, people.mona, people.rita, people.arun, people.bela, people.sam, people.bob
        )
        furnished = furnish(people) if furnish else None
        started = server(data=data, DOCKET_DATABASE_URL=url, **surround())
        yield Office(started, engine, people, furnished)
        started.stop()
    databases.drop(url)


@pytest.fixture
def office(opened: Office, data: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The module's desk, on which the verbs of this process work too."""
    monkeypatch.setenv("DOCKET_DATA", str(opened.server.data))
    settings.current.cache_clear()
    transactions.use_engine(opened.engine)
    return opened


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
