"""What a person sees when a page could not go on: a sentence, never a traceback."""

import secrets
from traceback import walk_tb

import streamlit as st
import structlog
from streamlit.runtime.state.session_state import SessionState, WStates

from lib.errors import Refusal
from ui import page

log = structlog.get_logger("docket.pages")

UNREADABLE = "Docket can't read what your browser sent. Please reload the page and try again."
_READS = {WStates.__getitem__.__code__, SessionState.filtered_state.fget.__code__}  # type: ignore[attr-defined]
"""Where Streamlit reads what a browser says that widgets hold, before any of Docket's code sees it."""


def show(error: Exception) -> bool:
    """Show a refusal as its sentence, anything else as a reference under which the log has it."""
    if isinstance(error, Refusal):
        page.refused(error)
        return True
    if _forged(error):
        log.debug("page sent an unreadable value", kind=type(error).__name__)
        st.error(UNREADABLE, icon=":material/block:")
        return True
    reference = secrets.token_hex(4)
    log.error("page failed", reference=reference, exc_info=error)
    st.error(
        f"Something went wrong (ref {reference}). What you typed is kept as a draft where there is one. "
        "Please try again; if it stays, tell your administrator the reference.",
        icon=":material/error:",
    )
    return True


def _forged(error: Exception) -> bool:
    """Tell whether the error arose while a widget's value was read: pages send none that can't be."""
    return any(frame.f_code in _READS for frame, _ in walk_tb(error.__traceback__))
