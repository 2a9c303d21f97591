"""Many people at once: tabs that open the list of tickets and look on with other filters.

python -m bench.load --data DIR [--tabs 50] [--seconds 30] [--think 3] [--processes 1]
"""

import asyncio
import random
import time

import click

from bench import serving
from bench.measure import percentile, table
from bench.tab import Tab
from commands.seed.plan import AGENTS
from commands.shell.data import add_data_option

FILTERS = (
    {},
    {"show": "all", "q": "status:pending"},
    {"show": "unassigned"},
    {"show": "mine"},
    {"sort": "-created"},
    {"sort": "-priority"},
)


async def person(tab: Tab, *, until: float, think: float, runs: list[float]) -> Tab:
    """Use an open tab until a moment; times go into `runs`, in milliseconds."""
    rng = random.Random(tab.cookie)  # noqa: S311 - only spreads the clicks
    await asyncio.sleep(think * rng.random())
    while True:
        pause = think * rng.uniform(0.6, 1.4)
        if time.monotonic() + pause >= until:
            return tab
        await asyncio.sleep(pause)
        runs.append(await tab.run(rng.choice(FILTERS)) * 1000)


async def crowd(
    url: str, cookies: list[str], *, seconds: float, think: float, page: str
) -> tuple[list[float], list[str]]:
    """Let a tab for each cookie be used; return the milliseconds of each run, and what went wrong."""
    runs: list[float] = []
    tabs = [Tab(url, cookie, page) for cookie in cookies]
    await asyncio.gather(
        *(tab.open() for tab in tabs)
    )  # nobody comes to work in the same second as everybody else
    until = time.monotonic() + seconds
    using = [person(tab, until=until, think=think, runs=runs) for tab in tabs]
    done = await asyncio.gather(*using, return_exceptions=True)
    wrong = [repr(tab) for tab in done if isinstance(tab, BaseException)]
    for tab in done:
        if isinstance(tab, Tab):
            wrong += tab.errors[:1]
            await tab.close()
    return runs, wrong


@click.command()
@click.option("--tabs", default=50, show_default=True, help="People at once.")
@click.option("--seconds", default=30.0, show_default=True, help="How long they work.")
@click.option("--think", default=3.0, show_default=True, help="Seconds between a person's clicks.")
@click.option("--processes", default=1, show_default=True, help="How many serve.")
@click.option("--page", default="tickets", show_default=True, help="The page's path.")
def main(tabs: int, seconds: float, think: float, processes: int, page: str) -> None:
    """Print how long a click takes while many work, and the memory of the processes."""
    digits = len(str(AGENTS))
    cookies = [serving.cookie(f"agent{n % AGENTS + 1:0{digits}}@load.example") for n in range(tabs)]
    with serving.running(processes) as desk:
        before = desk.megabytes()
        runs, wrong = asyncio.run(crowd(desk.url, cookies, seconds=seconds, think=think, page=page))
        rows = [(tabs, len(runs) / seconds, percentile(runs, 50), percentile(runs, 95), percentile(runs, 99),
                 before, desk.megabytes(), len(wrong))]  # fmt: skip
    click.echo(
        table(("tabs", "runs/s", "p50 ms", "p95 ms", "p99 ms", "MB before", "MB after", "errors"), rows)
    )
    for line in sorted(set(wrong))[:3]:
        click.echo(line)


if __name__ == "__main__":
    add_data_option(main)()
