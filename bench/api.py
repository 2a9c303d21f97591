"""How long the API takes over HTTP for one client and for many at once, next to handwritten SQL on the same database.

python -m bench.api --data DIR [--clients 10] [--times 100] [--write] [--processes 1]
"""

from collections.abc import Callable, Sequence
from itertools import cycle

import click

from bench import serving, words
from bench.caller import Caller, Deed, together
from bench.measure import percentile, table, timed
from bench.plain import FOUND, NEWEST, ROW, Plain
from commands.shell.data import add_data_option
from lib.core import settings

ME = "agent01@load.example"
Case = tuple[str, Callable[[Caller], Deed], Deed | None]


@click.command()
@click.option("--clients", default=10, show_default=True, help="How many work at once, after one alone.")
@click.option("--processes", default=1, show_default=True, help="How many serve.")
@click.option("--times", default=100, show_default=True, help="How often each client does each thing.")
@click.option(
    "--write", is_flag=True, help="Measure creating and moving too, which adds tickets to the desk."
)
def main(clients: int, processes: int, times: int, write: bool) -> None:
    """Print milliseconds and requests a second for lists, tickets, searches, creating and moving."""
    plain = Plain(settings.current().database)
    token = serving.token(ME)
    with serving.running(processes) as desk:
        rows, counts, first = [], (1, clients), Caller(desk.url, token)
        for name, deed, by_hand in (*reading(plain, first), *(writing(first) if write else ())):
            raw = percentile(timed(by_hand, times=times), 50) if by_hand else ""
            made = ([deed(Caller(desk.url, token)) for _ in range(count)] for count in counts)
            rows.append((name, raw, *(figure for deeds in made for figure in measured(deeds, times=times))))
    heads = [f"{count}: {what}" for count in counts for what in ("p50", "p95", "per s")]
    click.echo(table(("ms over HTTP", "by hand p50", *heads), rows))


def measured(deeds: list[Deed], *, times: int) -> Sequence[float]:
    """Return p50 and p95 in milliseconds, and requests a second."""
    took, rate = together(deeds, times=times)
    return percentile(took, 50), percentile(took, 95), rate


def reading(plain: Plain, caller: Caller) -> list[Case]:
    """Return what only reads: its name, what a client does, and the same by hand."""
    [(me,)] = plain.fetch("SELECT id FROM person WHERE email = :email", email=ME)
    single, pairs = (cycle(some) for some in words.queries())
    numbers = cycle([row["number"] for row in caller.ask("GET", "/tickets")["items"]])
    mine, nobody = "WHERE t.open AND t.assignee_id = :me", "WHERE t.assignee_id IS NULL"
    found = ROW + FOUND[plain.kind] + NEWEST
    return [
        ("list, mine and open", lambda c: lambda: c.ask("GET", "/tickets", assignee="me", kind="open"),
         lambda: plain.fetch(ROW + mine + NEWEST, me=me)),
        ("list, unassigned", lambda c: lambda: c.ask("GET", "/tickets", assignee="none"),
         lambda: plain.fetch(ROW + nobody + NEWEST)),
        ("search, 1 word", lambda c: lambda: c.ask("GET", "/tickets", q=next(single)),
         lambda: plain.fetch(found, q=plain.terms(next(single)))),
        ("search, 2 words", lambda c: lambda: c.ask("GET", "/tickets", q=next(pairs)),
         lambda: plain.fetch(found, q=plain.terms(next(pairs)))),
        ("ticket", lambda c: lambda: c.ask("GET", f"/tickets/{next(numbers)}"),
         lambda: plain.detail(next(numbers))),
    ]  # fmt: skip


def writing(caller: Caller) -> list[Case]:
    """Return what changes the desk: creating tickets, and moving one of the team's to and fro."""
    team = iter(caller.ask("GET", "/tickets", team="mine", kind="open", limit=200)["items"])
    return [("create", create, None), ("move", lambda c: move(c, next(team)["number"]), None)]


def create(caller: Caller) -> Deed:
    """Create tickets."""
    return lambda: caller.ask("POST", "/tickets", {"title": "Bench", "description": "words of a bench"})


def move(caller: Caller, number: int) -> Deed:
    """Move a ticket to and fro."""
    ticket, to = caller.ask("GET", f"/tickets/{number}"), cycle(("In Progress", "To-Do"))

    def deed() -> None:
        order = {"status": next(to), "version": ticket["version"]}
        ticket.update(caller.ask("PUT", f"/tickets/{number}/status", order))

    return deed


if __name__ == "__main__":
    add_data_option(main)()
