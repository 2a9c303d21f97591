"""Docket's look on every page: the logo, the icon in the tab, and the stylesheet of what st.html shows."""

from functools import cache
from pathlib import Path

import streamlit as st

ASSETS = Path(__file__).parent / "assets"


def apply() -> None:
    """Put the logo and the stylesheet on this page; once a run, before anything is shown."""
    mode = st.context.theme.type or "light"
    st.logo(_read_asset(f"logo-{mode}.svg"), size="large")
    # Popovers and dialogs stand outside the part of the page that Streamlit marks as light or dark.
    st.html(f"<style>:root {{ color-scheme: {mode}; }}\n{_read_asset('docket.css')}</style>")


def icon() -> str:
    """The icon for `st.set_page_config(page_icon=…)`."""
    return _read_asset("favicon.svg")


@cache
def _read_asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8").strip()
