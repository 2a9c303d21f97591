"""A person at a browser, who notices everything that goes wrong in it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    TimeoutError,
    WebError,
    WebSocket,
    expect,
)

from lib.access.gate import Actor
from lib.identity import client_info as cookies
from tests import cast
from tests.support import browser as browsers
from tests.support.browser import DESKTOP, View

PATIENCE = 30_000  # milliseconds; two cores may be busy with other servers and browsers
CALM = """() => {
  const all = (what) => [...document.querySelectorAll(what)]
  const app = document.querySelector('[data-testid="stApp"]')
  const drawn = (host) => host.shadowRoot?.querySelector(".root")?.children.length
  const seen = (host) => host.closest('[data-testid="stElementContainer"]')?.style.display !== "none"
  return app?.dataset.testScriptState === "notRunning" && app.dataset.testConnectionState === "CONNECTED"
    && all('[data-testid="stMain"] :is(h1, h2, h3, [data-testid="stAlert"])').length
    && !all('[data-stale="true"], [data-testid="stSkeleton"]').length
    && all('[data-testid="stBidiComponentIsolated"]').filter(seen).every(drawn)
}"""


class Visitor:
    """One private window on a desk at `url`: `page` is its tab, `wrong` what went wrong, `heard` what it received."""

    def __init__(self, window: BrowserContext, url: str) -> None:
        self.window = window
        self.url = url
        self.wrong: list[str] = []
        self.refused: list[str] = []
        self.ended = False
        self.heard: list[str | bytes] = []
        self.window.set_default_timeout(PATIENCE)
        self.window.on("request", self._request)
        self.window.on("console", self._console)
        self.window.on("weberror", self._error)
        self.window.on("page", self._watch)
        self.page = self.window.new_page()

    def _watch(self, page: Page) -> None:
        page.on("dialog", self._dialog)
        page.on("websocket", self._socket)

    def _error(self, error: WebError) -> None:
        self.wrong.append(str(error.error))

    def _dialog(self, dialog: Dialog) -> None:
        self.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _socket(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.heard.append(frame))  # noqa: PLW0108 - a bound builtin can't be registered

    def _request(self, request: Request) -> None:
        if request.url.startswith("http") and urlsplit(request.url).netloc != urlsplit(self.url).netloc:
            self.wrong.append(f"foreign host: {request.url}")
        if urlsplit(request.url).path.startswith("/media"):
            self.wrong.append(f"kept in one process: {request.url}")

    def _console(self, line: ConsoleMessage) -> None:
        # Streamlit looks for its server below the page's own path first and meets a 404 there.
        probe = "404" in line.text and "/_stcore/" in line.location["url"]
        # A draft that was being kept while it was sent is told so, which the browser counts as an error.
        late = "410" in line.text and "/api/v1/drafts/" in line.location["url"]
        if line.type == "error" and not (probe or late):
            closed = "403" in line.text and "/live'" in line.text
            (self.refused if closed else self.wrong).append(f"console: {line.text} ({line.location['url']})")

    def deafen(self) -> None:
        """Let no news through to what the tab opens from now on."""
        self.page.route_web_socket(re.compile("/live$"), lambda line: line.close())

    def sign_in(self, actor: Actor) -> None:
        """Bring the cookie of a fresh sign-in, without the form."""
        name, value = cookies.cookie_name(), cast.sign_in(actor)
        self.window.add_cookies(
            [{"name": name, "value": value, "url": self.url, "httpOnly": True, "sameSite": "Lax"}]
        )

    def fill_in(self, email: str, password: str = cast.PASSWORD) -> None:
        """Fill in the sign-in form on the page and send it."""
        self.page.get_by_label("Email").fill(email)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("button", name="Sign in").click()

    def go(self, path: str = "/") -> Page:
        """Open a path, as from a link in a message, and wait until the page is all there."""
        self.page.goto(self.url + path)
        return self.settle()

    def settle(self) -> Page:
        """Wait until the page has something on it and nothing is running."""
        self.page.wait_for_function(CALM)
        return self.page

    def choose(self, label: str, option: str) -> None:
        """Choose from a list, found by its label; a page that is drawn anew meanwhile closes it once."""
        wanted = self.page.get_by_role("option", name=option, exact=True)
        for _ in range(3):
            self.page.get_by_role("combobox", name=re.compile(rf"\b{label}$")).click()
            try:
                wanted.click(timeout=3000)
            except TimeoutError:
                continue
            return
        wanted.click()

    def read(self) -> str:
        """Return what stands on the page, shadow roots included."""
        return self.page.locator("body").inner_text()

    def is_signed_out(self) -> None:
        """See the sign-in form."""
        expect(self.page.get_by_role("button", name="Sign in")).to_be_visible(timeout=PATIENCE)
        self.ended = True

    def meets_nothing(self) -> None:
        """See that there is nothing to see."""
        expect(self.page.get_by_text("This page doesn't exist")).to_be_visible(timeout=PATIENCE)


@contextmanager
def visiting(browser: Browser, url: str, view: View = DESKTOP) -> Iterator[Visitor]:
    """Yield a new visitor; anything that went wrong in the window fails the test."""
    with browsers.open_window(browser, view) as window:
        visitor = Visitor(window, url)
        yield visitor
        # The line for news is refused to a tab whose session ended, before or after its next click.
        wrong = visitor.wrong if visitor.ended else [*visitor.wrong, *visitor.refused]
        assert not wrong, "\n".join(wrong)
