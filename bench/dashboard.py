"""What everything that a dashboard reads costs, for each kind of person: time on the clock and of the processor.

python -m bench.dashboard --data DIR [--times 20]
"""

import time
from dataclasses import replace

import click

from bench.measure import percentile, table, timed
from bench.queries import actor
from commands.shell.data import add_data_option
from db import seeds
from lib import transactions
from lib.access.gate import Actor
from lib.lists import query_language, ticket_list
from ui.reports import dashboard


def people() -> dict[str, Actor]:
    """Return one person of each kind from the load, with the permissions that a new desk gives."""
    three, one = actor("agent01@load.example", "agent"), actor("agent02@load.example", "agent")
    root = actor("agent11@load.example", "administrator")
    return {
        "requester": actor("requester001@load.example", "requester"),
        "agent, 1 team": one,
        "agent, 3 teams": three,
        "manager, 1 team": replace(one, scopes=seeds.MANAGER),
        "manager, 3 teams": replace(three, scopes=seeds.MANAGER),
        "administrator": replace(root, scopes=seeds.ADMINISTRATOR, teams=frozenset()),
    }


def read(me: Actor) -> dashboard.DashboardData:
    """Read a dashboard as its page does."""
    with transactions.see() as session:
        return dashboard.load(session, me)


def counted(me: Actor, view: str) -> None:
    """Count one of its cards."""
    with transactions.see() as session:
        narrowed = query_language.parse_parameters(session, me, {"q": (dashboard.VIEWS[view].line,)}).narrowed
        ticket_list.count(session, me, narrowed)


def processor(me: Actor, times: int) -> list[float]:
    """Return the processor's milliseconds, which other programs on the machine don't lengthen."""
    found = []
    for _ in range(times):
        began = time.process_time()
        read(me)
        found.append((time.process_time() - began) * 1000)
    return found


@click.command()
@click.option("--times", default=20, show_default=True, help="How often each is done.")
def main(times: int) -> None:
    """Print milliseconds for reading each kind of dashboard, and its dearest card."""
    rows: list[tuple[object, ...]] = []
    for name, me in people().items():
        ours, busy = timed(lambda who=me: read(who), times=times), processor(me, times)
        cards = {v: percentile(timed(lambda w=me, v=v: counted(w, v), times=5), 50) for v in read(me).counts}
        dearest = max(cards, key=lambda view: cards[view])
        rows.append(
            (name, percentile(ours, 50), percentile(ours, 95), percentile(busy, 50), dearest, cards[dearest])
        )
    click.echo(table(("ms", "p50", "p95", "processor p50", "dearest card", "p50"), rows))


if __name__ == "__main__":
    add_data_option(main)()
