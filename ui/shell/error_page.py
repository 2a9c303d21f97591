"""What a person sees when a page could not go on: a sentence, never a traceback."""

import secrets

import streamlit as st
import structlog

from lib.core.errors import Refusal
from ui import streamlit_internals
from ui.shared import page

log = structlog.get_logger("docket.pages")

UNREADABLE = "Docket can't read what your browser sent. Reload the page and try again."


def show(error: Exception) -> bool:
    """Show a refusal as its sentence, anything else as a reference under which the log has it."""
    if isinstance(error, Refusal):
        page.show_refusal(error)
        return True
    if streamlit_internals.raised_while_reading_widgets(error):  # pages send none that can't be read
        log.debug("page sent an unreadable value", kind=type(error).__name__)
        st.error(UNREADABLE, icon=":material/block:")
        return True
    reference = secrets.token_hex(4)
    log.error("page failed", reference=reference, exc_info=error)
    st.error(
        f"Something went wrong (ref {reference}). Drafts are kept. "
        "Try again. If it happens again, send your administrator the reference.",
        icon=":material/error:",
    )
    return True
