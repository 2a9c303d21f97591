"""Clients of the API: each has one connection that stays open, and as little of its own to compute as can be."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

IDLE = 3.0
"""Seconds after which a client connects again, before the server ends a connection that nobody uses."""


class Caller:
    """One client with its token."""

    def __init__(self, url: str, token: str) -> None:
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
        self._used = time.monotonic()
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None, **query: Any) -> Any:
        """Send a request and return what the JSON of its answer holds; an error ends the bench."""
        where = f"/api/v1{path}?{urlencode(query)}" if query else f"/api/v1{path}"
        if time.monotonic() - self._used > IDLE:
            self._connection.close()
        self._connection.request(method, where, json.dumps(body) if body else None, self._headers)
        answer = self._connection.getresponse()
        words = answer.read()
        self._used = time.monotonic()
        if answer.status >= 400:
            raise SystemExit(f"{method} {where}: {answer.status} {words[:300].decode()}")
        return json.loads(words)


Deed = Callable[[], object]


def together(deeds: list[Deed], *, times: int) -> tuple[list[float], float]:
    """Let clients work at once, each doing its deed so often after one that does not count.

    Return the milliseconds of each, and how many were done in a second.
    """

    def work(deed: Deed) -> list[float]:
        took = []
        for _ in range(times):
            began = time.perf_counter()
            deed()
            took.append((time.perf_counter() - began) * 1000)
        return took

    with ThreadPoolExecutor(len(deeds)) as pool:
        list(pool.map(lambda deed: deed(), deeds))
        began = time.perf_counter()
        found = [each for took in pool.map(work, deeds) for each in took]
        return found, len(found) / (time.perf_counter() - began)
