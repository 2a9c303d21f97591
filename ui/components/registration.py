"""The components' assets, made known to Streamlit without an installed distribution."""

from functools import cache
from pathlib import Path

import streamlit as st
import streamlit_sortables
from streamlit.components.v2.types import ComponentRenderer

from ui import streamlit_internals

HERE = Path(__file__).parent
NAMES = (
    "bell", "board", "figures", "handoff", "live", "notices", "open_page", "presence", "spot", "ticket_rows", "timer",
    "week", "writer",
)  # fmt: skip

# The root stays unseen until its stylesheet has arrived, so nothing flashes unstyled.
ROOT = '<div class="root" style="visibility:hidden"></div>'


def register() -> None:
    """Make the assets known to the running server. Call once, in the lifespan of the application."""
    older = [streamlit_sortables._component_func]
    streamlit_internals.register_components("docket", HERE, NAMES, older=older)


def renderer(name: str) -> ComponentRenderer:
    """The function that mounts the component `name`, one of `NAMES`, in this run."""
    if not streamlit_internals.has_components("docket", name):
        register()  # a server of its own, as AppTest starts for every test
    return _declare(name)


@cache
def _declare(name: str) -> ComponentRenderer:
    return st.components.v2.component(f"docket.{name}", html=ROOT, css=f"{name}.css", js=f"{name}.js")
