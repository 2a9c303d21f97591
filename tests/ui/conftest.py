"""A stage for the components, and a browser page that remembers what went wrong in it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.support import browser as browsers
from tests.support import server as servers

STAGE = ("-m", "uvicorn", "tests.ui.stage.app:app", "--host", "127.0.0.1", "--log-level", "warning", "--port")


class Stage:
    """The running stage: where it is, what it heard, and its switches."""

    def __init__(self, url: str, page: Page) -> None:
        self.url = url
        self.page = page
        self.wrong: list[str] = []
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on(
            "console", lambda line: self.wrong.append(line.text) if "Content Security" in line.text else None
        )

    def open(self, path: str) -> Page:
        """Open a screen of the stage."""
        self.page.goto(self.url + path)
        return self.page

    def heard(self) -> dict[str, Any]:
        """What arrived at the server."""
        return self.page.request.get(f"{self.url}/control").json()

    def set(self, **switches: object) -> None:
        """Change how the server answers."""
        self.page.request.post(f"{self.url}/control", data=switches)


@pytest.fixture(scope="module")
def stage_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = str(servers.free_port())
    url = f"http://127.0.0.1:{port}"
    folder: Path = tmp_path_factory.mktemp("stage")
    with servers.run_server(folder, command=(*STAGE, port), url=url):
        yield url


@pytest.fixture(params=[browsers.DESKTOP], ids=lambda view: view.name)
def stage(request: pytest.FixtureRequest, browser: Browser, stage_url: str) -> Iterator[Stage]:
    """A fresh window on an emptied stage; a script error or a breach of the content policy fails the test."""
    with browsers.open_window(browser, request.param) as window:
        made = Stage(stage_url, window.new_page())
        made.set(forget=True)
        yield made
        assert not made.wrong
