"""What a person sees when a page could not go on: a sentence, never a traceback."""

import secrets

import streamlit as st
import structlog

from lib.errors import Refusal
from ui import page

log = structlog.get_logger("docket.pages")


def show(error: Exception) -> bool:
    """Show a refusal as its sentence, anything else as a reference under which the log has it."""
    if isinstance(error, Refusal):
        page.refused(error)
        return True
    reference = secrets.token_hex(4)
    log.error("page failed", reference=reference, exc_info=error)
    st.error(
        f"Something went wrong (ref {reference}). What you typed is kept as a draft where there is one. "
        "Please try again; if it stays, tell your administrator the reference.",
        icon=":material/error:",
    )
    return True
