"""Whether Docket can work at present, for whoever watches over it."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from lib import transactions


async def health(_request: Request) -> JSONResponse:
    """Answer 200, or 503 with a reason while the database is away; needs no sign-in, as it tells no more."""
    headers = {"Cache-Control": "no-store"}
    if await run_in_threadpool(transactions.reachable):
        return JSONResponse({"status": "ok"}, headers=headers)
    reason = {"status": "unavailable", "reason": "The database can't be reached."}
    return JSONResponse(reason, 503, headers=headers)
