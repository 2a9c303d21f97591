"""What sessions cost: the memory of the process before, with and after many open tabs.

python -m bench.memory --data DIR [--tabs 200]
"""

import asyncio

import click

from bench import serving
from bench.measure import table
from bench.tab import Tab
from commands.shell.data import add_data_option

ME = "agent01@load.example"


async def held(desk: serving.Desk, cookies: list[str]) -> float:
    """Open a tab for each cookie, all at once held open, and return the memory then, in MB."""
    tabs = [Tab(desk.url, cookie) for cookie in cookies]
    for tab in tabs:
        await tab.open()
    held_now = desk.megabytes()
    for tab in tabs:
        await tab.close()
    return held_now


@click.command()
@click.option("--tabs", default=200, show_default=True, help="Sessions at once.")
def main(tabs: int) -> None:
    """Print the process' memory with many open sessions."""
    cookies = [serving.cookie(ME) for _ in range(tabs)]
    with serving.running() as desk:
        start = desk.megabytes()
        asyncio.run(held(desk, cookies[:1]))
        first = desk.megabytes()
        most = asyncio.run(held(desk, cookies))
        rows = [(start, first, most, (most - first) / tabs, desk.megabytes())]
    click.echo(table(("MB at start", "after 1 tab", f"with {tabs} tabs", "a tab", "after"), rows))


if __name__ == "__main__":
    add_data_option(main)()
