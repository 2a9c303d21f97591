"""The API as one application, to be mounted at `/api/v1`."""

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api import attachments, drafts, problems, schema, writing
from api.door import Door
from api.map import Map
from lib.errors import Refusal

ROUTERS = (attachments.router, drafts.router, writing.router)


def app() -> FastAPI:
    """Return the API; `app.openapi()` is its document."""
    known = Map()
    made = FastAPI(
        title="Docket", version="1", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False
    )
    for router in ROUTERS:
        made.include_router(router)
    made.add_exception_handler(Refusal, problems.on_refusal)
    made.add_exception_handler(HTTPException, problems.on_http)
    made.add_exception_handler(RequestValidationError, problems.on_unfit)
    made.openapi_schema = schema.draw(made)
    known.draw(made.openapi_schema)
    made.add_middleware(Door, known=known)
    return made
