"""The components' assets, made known to Streamlit without an installed distribution."""

from functools import cache
from pathlib import Path

import streamlit as st
import streamlit_sortables
from streamlit.components.v1.component_registry import ComponentRegistry
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
from streamlit.components.v2.types import ComponentRenderer

HERE = Path(__file__).parent
NAMES = (
    "bell", "board", "figures", "handoff", "live", "notices", "open_page", "presence", "spot", "ticket_rows", "timer",
    "week", "writer",
)  # fmt: skip

# The root stays unseen until its stylesheet has arrived, so nothing flashes unstyled.
ROOT = '<div class="root" style="visibility:hidden"></div>'


def register() -> None:
    """Make the assets known to the running server. Call once, in the lifespan of the application."""
    manifest = ComponentManifest(
        name="docket",
        version="1",
        components=[ComponentConfig(name=name, asset_dir="assets") for name in NAMES],
    )
    get_bidi_component_manager().register_from_manifest(manifest, HERE)
    # Streamlit learns of it when a page imports it, but its files are asked of processes that drew no such page yet.
    ComponentRegistry.instance().register_component(streamlit_sortables._component_func)


def renderer(name: str) -> ComponentRenderer:
    """The function that mounts the component `name`, one of `NAMES`, in this run."""
    if get_bidi_component_manager().get(f"docket.{name}") is None:
        register()  # a server of its own, as AppTest starts for every test
    return _declared(name)


@cache
def _declared(name: str) -> ComponentRenderer:
    return st.components.v2.component(f"docket.{name}", html=ROOT, css=f"{name}.css", js=f"{name}.js")
