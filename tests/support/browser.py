"""A real Chromium, kept away from every network but this machine's own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from commands.checks import chromium

SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
# Streamlit's number library tries WebAssembly first, is refused, and counts without it.
REPORT_POLICY_VIOLATIONS = """document.addEventListener("securitypolicyviolation", (breach) => {
  if (breach.blockedURI !== "wasm-eval") console.error("policy breached", breach.violatedDirective, breach.blockedURI)
})"""
SERIOUS_IMPACTS = {"serious", "critical"}


@dataclass(frozen=True)
class View:
    """How a person looks at Docket: a screen's width in pixels, and light or dark."""

    width: int
    dark: bool

    @property
    def name(self) -> str:
        """The view in a file's or a test's name."""
        return f"{self.width}-{'dark' if self.dark else 'light'}"


DESKTOP, PHONE = View(1280, dark=False), View(390, dark=False)
VIEWS = (DESKTOP, View(1280, dark=True), PHONE, View(390, dark=True))


@contextmanager
def launch_browser() -> Iterator[Browser]:
    """Start Chromium and close it at the end; fails with a sentence where there is none."""
    path = chromium.find()
    assert path, chromium.MISSING
    flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def open_window(browser: Browser, view: View = DESKTOP) -> Iterator[BrowserContext]:
    """Open a private window that knows nobody, and close it; a phone's has touch."""
    opened = _create_context(browser, view)
    try:
        yield opened
    finally:
        opened.close()


def _create_context(browser: Browser, view: View) -> BrowserContext:
    phone = view.width < 600
    made = browser.new_context(
        viewport={"width": view.width, "height": 844 if phone else 800},
        color_scheme="dark" if view.dark else "light",
        has_touch=phone,
        is_mobile=phone,
        locale="en-GB",
        timezone_id="Europe/Berlin",
    )
    made.add_init_script(REPORT_POLICY_VIOLATIONS)
    return made


def check_accessibility(page: Page) -> None:
    """Fail when axe finds something serious or critical, naming the rule, the element and what to read."""
    found = Axe().run(page).response["violations"]
    lines = [
        f"{rule['id']} ({rule['impact']}): {node['target']} {node['html'][:160]}\n  {rule['helpUrl']}"
        for rule in found
        if rule["impact"] in SERIOUS_IMPACTS
        for node in rule["nodes"]
    ]
    assert not lines, f"axe found on {page.url}:\n" + "\n".join(lines)


def take_screenshot(page: Page, name: str) -> Path:
    """Keep a picture of the page as `screenshots/NAME.png`, which is not committed."""
    path = SCREENSHOTS / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    return path
