"""How long a start takes in an environment that is there already: until it answers, and until the first page stands.

python -m bench.start --data DIR [--times 3]
"""

import asyncio
import time

import click

from bench import serving
from bench.measure import percentile, table
from bench.tab import Tab
from commands.shell.data import add_data_option

ME = "agent01@load.example"


@click.command()
@click.option("--times", default=3, show_default=True, help="How many starts.")
def main(times: int) -> None:
    """Print the seconds from the command to the first answer, and to the first page."""
    cookie = serving.cookie(ME)
    answers, pages = [], []
    for _ in range(times):
        began = time.perf_counter()
        with serving.running() as desk:
            answers.append(time.perf_counter() - began)
            asyncio.run(_look(desk.url, cookie))
            pages.append(time.perf_counter() - began)
    rows = [
        ("answers", percentile(answers, 50), max(answers)),
        ("first page", percentile(pages, 50), max(pages)),
    ]
    click.echo(table(("seconds", "p50", "most"), rows))


async def _look(url: str, cookie: str) -> None:
    tab = Tab(url, cookie)
    await tab.open()
    await tab.close()


if __name__ == "__main__":
    add_data_option(main)()
