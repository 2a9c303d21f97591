"""Whether Docket can work at present, for whoever watches over it."""

import time
from threading import Lock
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from lib import health as healths
from lib import transactions

CACHE_SECONDS = 1.0
"""Seconds for which an answer is given again: anybody may ask, and each look is a small write."""


class _HealthCache:
    """The last look of this process, at one database at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last: tuple[float, Any, str | None] = (0.0, None, None)

    def trouble(self) -> str | None:
        """Return why nothing can be saved, or None, as of a moment ago."""
        with self._lock:
            now, engine = time.monotonic(), transactions.engine()
            looked, at, found = self._last
            if at is not engine or now - looked > CACHE_SECONDS:
                found = healths.find_problem()
                self._last = (time.monotonic(), engine, found)
            return found


_cache = _HealthCache()


async def health(_request: Request) -> JSONResponse:
    """Answer 200, or 503 with a reason if nothing can be saved. Needs no sign-in."""
    headers = {"Cache-Control": "no-store"}
    trouble = await run_in_threadpool(_cache.trouble)
    if trouble is None:
        return JSONResponse({"status": "ok"}, headers=headers)
    return JSONResponse({"status": "unavailable", "reason": trouble}, 503, headers=headers)
