"""What stands around every page: logo, stylesheet, who is signed in, and the way out."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from db.vocabulary import Permission
from lib.gate import Actor
from ui import finding, looks, page, views, words
from ui.components.handoff import handoff


def draw(actor: Actor | None) -> None:
    """Draw the frame for a person, or for nobody."""
    looks.dress()
    if actor is None:
        return
    with st.sidebar:
        if actor.may(Permission.TICKET_READ):
            finding.box(actor)
            views.listed(actor)
        st.caption(f"Signed in as **{words.plain(actor.name)}**, {actor.role}")
        if st.button("Sign out", icon=":material/logout:", type="tertiary", key="sign_out"):
            handoff(secrets.token_urlsafe(8), action="sign_out")


@contextmanager
def narrow(key: str) -> Iterator[None]:
    """Hold a short form in the middle of the page."""
    with st.container(horizontal_alignment="center"), st.container(width=440, key=key):
        yield


def header(title: str, *, actor: Actor | None = None) -> None:
    """Head a page, with the way to a new ticket for those who may open one."""
    actor = actor or page.me()
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="page_header"
    ):
        st.title(title, anchor=False)
        offered = actor.may(Permission.TICKET_CREATE) and title != "New ticket"
        if offered and st.button("New ticket", icon=":material/add:", type="primary", key="new_ticket"):
            st.switch_page("pages/desk/new_ticket.py")
