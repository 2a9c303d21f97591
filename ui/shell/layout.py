"""What stands around every page: logo, stylesheet, who is signed in, and the way out."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from db.vocabulary import Permission
from lib import transactions
from lib.access.gate import Actor
from lib.audit import change_feed
from lib.notifications import inbox
from lib.timekeeping import timers
from ui.components.bell import bell
from ui.components.live import live
from ui.components.open_page import open_page
from ui.components.session_handoff import handoff
from ui.shared import formatting, page, search_box
from ui.shell import style
from ui.tickets import saved_views
from ui.time import timer


def draw(actor: Actor | None) -> None:
    """Draw the frame for a person, or for nobody."""
    style.dress()
    if actor is None:
        return
    looked = page.number_asked("id") if page.here().partition("?")[0] == "/ticket" else None
    reads, logs = actor.may(Permission.TICKET_READ), actor.may(Permission.TIME_LOG)
    with page.see() as session:
        unread, newest = inbox.unread(session, actor, but=looked), change_feed.newest(session)
        card = timers.of(session, actor) if logs else None
        kept = saved_views.first(session, actor) if reads else []
    bell(unread=unread, since=newest, topic=change_feed.NOTICES)
    with st.sidebar:
        if card:
            timer.sidebar(card)
        if reads:
            search_box.box(actor)
            saved_views.listed(kept)
        st.caption(f"Signed in as **{formatting.plain(actor.name)}**, {actor.role}")
        if st.button("Sign out", icon=":material/logout:", type="tertiary", key="sign_out"):
            handoff(secrets.token_urlsafe(8), action="sign_out")


def tab(title: str) -> None:
    """Give the browser's tab a title. Without an icon of its own it would ask another server for that of the page."""
    st.set_page_config(page_title=f"{title} · Docket", page_icon=style.icon())


def follow(actor: Actor, ticket: int, *, since: int) -> None:
    """Let a ticket's fragment follow what happens after event `since`; whoever looks at it has read of it.

    So has whoever came by the number of a ticket that was merged into this one.
    """
    live(key=f"live-{ticket}", topic=change_feed.ticket(ticket), since=since)
    for number in {ticket, page.number_asked("id")}:
        _seen(actor, number)


def _seen(actor: Actor, ticket: int) -> None:
    with page.see() as session:
        newest = inbox.newest_on(session, actor, ticket)
    if newest is not None:
        with transactions.note() as session:
            inbox.read_all(session, actor, until=newest, ticket_id=ticket)


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
            open_page("/new")
