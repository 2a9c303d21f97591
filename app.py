"""The application: pages, API and worker in a process. `streamlit run app.py` and `uvicorn app:app` start it too."""

import gc
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from anyio import to_thread
from starlette.middleware import Middleware
from starlette.routing import Mount, Route, WebSocketRoute

import api
import web
import worker
from db import opening
from lib import startup, transactions
from lib.core import logging, open_files, run_marker, settings
from ui import components, streamlit_internals
from ui.shell import error_page


def _prepare() -> None:
    open_files.raise_limit()
    logging.configure(settings.current().log_level)
    web.capture_logs()
    if startup.is_child():
        run_marker.acquire(transactions.engine())
        startup.stop_with_parent()
    else:
        startup.prepare()


def _warm() -> None:
    """Load what the first page would otherwise wait for."""
    import pandas  # noqa: F401
    import pyarrow  # noqa: F401

    from lib.search_index import terms
    from ui.shared import charts

    charts.warm_up()
    terms.tokenize("ä")


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Bring the database up to date, then serve, with the worker beside."""
    try:
        await to_thread.run_sync(_prepare)
    except (opening.Unusable, settings.SettingsError) as error:
        # Nothing is open yet, and an exception from here would end in a traceback of the server's.
        print(f"Docket can't start. {error}", file=sys.stderr, flush=True)  # noqa: T201
        os._exit(1)
    streamlit_internals.disable_pages_scan()
    streamlit_internals.run_pages_for_lost_fragments()
    components.register()
    await to_thread.run_sync(_warm)
    gc.collect()
    gc.freeze()
    worker.start()
    try:
        yield
    finally:
        worker.stop()
        transactions.close()
        run_marker.release(transactions.engine())


def _settings() -> None:
    try:
        settings.current()
    except settings.SettingsError as error:
        sys.exit(f"Docket can't start. {error}")


_settings()
app = st.App(
    Path(__file__).with_name("main.py"),
    lifespan=lifespan,
    routes=[
        Route("/healthz", api.health),
        *api.sign_in_routes(),
        *api.unsubscribe_routes(),
        *web.moved_page_routes(),
        Mount("/api/v1", api.app()),
        WebSocketRoute("/live", web.LiveUpdates().connect),
    ],
    middleware=[Middleware(web.SecurityHeaders), Middleware(web.RequestGuard)],
    on_script_error=error_page.show,
)
