"""How long a card that is dropped on the board takes until it is saved and drawn so, in a real browser.

python -m bench.drop --data DIR [--times 20]
"""

import os

import click
from playwright.sync_api import Page, sync_playwright

from bench import serving
from bench.measure import percentile, table
from commands.checks import chromium
from commands.shell.data import add_data_option

ME = "agent01@load.example"
BOARD = """[...document.querySelectorAll('[data-testid="stBidiComponentIsolated"]')]
    .map((host) => host.shadowRoot?.querySelector(".root")).find((root) => root?.querySelector(".card"))"""
# The card is laid where it was dropped at once; `busy` goes when the server's answer has been drawn.
DROP = f"""async () => {{
  const board = {BOARD}
  const press = (key) => board.getRootNode().activeElement
    .dispatchEvent(new KeyboardEvent("keydown", {{ key, bubbles: true }}))
  const frame = () => new Promise(requestAnimationFrame)
  board.querySelector(".card .title").focus()
  press(" ")
  press("ArrowRight")
  await frame()
  const began = performance.now()
  press(" ")
  while (!board.querySelector(".busy")) await frame()
  while (board.querySelector(".busy")) await frame()
  return performance.now() - began
}}"""


def dropped(page: Page, times: int) -> list[float]:
    """Move the first card of the first lane to the next one, again and again; return the milliseconds of each."""
    page.wait_for_function(f"() => {BOARD}")
    page.wait_for_timeout(1500)
    found = []
    for _ in range(times + 1):
        found.append(page.evaluate(DROP))
        page.wait_for_timeout(700)
    return found[1:]


@click.command()
@click.option("--times", default=20, show_default=True, help="How many drops.")
def main(times: int) -> None:
    """Print the milliseconds from the drop to the board that shows it as saved."""
    name, value = serving.cookie(ME).split("=", 1)
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with serving.running() as desk, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=flags)
        window = browser.new_context(viewport={"width": 1280, "height": 800})
        window.add_cookies([{"name": name, "value": value, "url": desk.url}])
        page = window.new_page()
        page.goto(f"{desk.url}/board")
        found = dropped(page, times)
        browser.close()
    rows = [("from drop to saved", percentile(found, 50), percentile(found, 95))]
    click.echo(table(("ms in the browser", "p50", "p95"), rows))


if __name__ == "__main__":
    add_data_option(main)()
