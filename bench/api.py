"""How long the API takes over HTTP, next to handwritten SQL on the same database.

python -m bench.api --data DIR [--times 100] [--write]
"""

from collections.abc import Callable
from itertools import cycle
from typing import Any

import click
import httpx

from bench import serving, words
from bench.measure import percentile, table, timed
from bench.plain import FOUND, NEWEST, ROW, Plain
from commands.shell.data import with_data
from lib import settings

ME = "agent01@load.example"


@click.command()
@click.option("--times", default=100, show_default=True, help="How often each is done.")
@click.option("--write", is_flag=True, help="Measure creating too, which adds tickets to the desk.")
def main(times: int, write: bool) -> None:
    """Print milliseconds for lists, tickets, searches and creating over HTTP, one client, next to SQL."""
    plain = Plain(settings.current().database)
    bearer = {"Authorization": f"Bearer {serving.token(ME)}"}
    [(me,)] = plain.fetch("SELECT id FROM person WHERE email = :email", email=ME)
    single, pairs = (cycle(some) for some in words.queries())

    def asked(client: httpx.Client, path: str, **given: Any) -> Callable[[], object]:
        return lambda: _good(
            client.get(path, params={k: v() if callable(v) else v for k, v in given.items()})
        )

    def found(given: Any) -> Callable[[], object]:
        return lambda: plain.fetch(ROW + FOUND[plain.kind] + NEWEST, q=plain.terms(next(given)))

    with serving.running() as desk, httpx.Client(base_url=f"{desk.url}/api/v1", headers=bearer) as client:
        numbers = [row["number"] for row in _good(client.get("/tickets")).json()["items"]]
        those, these = cycle(numbers), cycle(numbers)
        mine = "WHERE t.open AND t.assignee_id = :me"
        cases: list[tuple[str, Callable[[], object], Callable[[], object] | None]] = [
            ("list, mine and open", asked(client, "/tickets", assignee="me", kind="open"),
             lambda: plain.fetch(ROW + mine + NEWEST, me=me)),
            ("list, unassigned", asked(client, "/tickets", assignee="none"),
             lambda: plain.fetch(ROW + "WHERE t.assignee_id IS NULL" + NEWEST)),
            ("search, 1 word", asked(client, "/tickets", q=lambda: next(single)), found(single)),
            ("search, 2 words", asked(client, "/tickets", q=lambda: next(pairs)), found(pairs)),
            ("ticket", lambda: _good(client.get(f"/tickets/{next(those)}")), lambda: plain.detail(next(these))),
        ]  # fmt: skip
        if write:
            body = {"title": "Bench", "description": "words of a bench"}
            cases.append(("create", lambda: _good(client.post("/tickets", json=body)), None))
        rows = []
        for name, deed, hand in cases:
            ours = timed(deed, times=times)
            p50 = percentile(ours, 50)
            raw = percentile(timed(hand, times=times), 50) if hand else None
            rows.append((name, p50, percentile(ours, 95), raw or "", p50 / raw if raw else ""))
        click.echo(table(("ms over HTTP", "p50", "p95", "by hand p50", "ratio"), rows))


def _good(answer: httpx.Response) -> httpx.Response:
    if not answer.is_success:
        raise click.ClickException(f"{answer.status_code}: {answer.text[:300]}")
    return answer


if __name__ == "__main__":
    with_data(main)()
