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
from ui.components.live import rerun_on_event
from ui.components.open_page import open_page
from ui.components.session_handoff import handoff
from ui.shared import formatting, page, search_box
from ui.shell import style
from ui.tickets import saved_views
from ui.time import timer


def show_frame(actor: Actor | None) -> None:
    """Draw the frame for a person, or for nobody."""
    style.apply()
    if actor is None:
        return
    looked = page.number_from_url("id") if page.current_url().partition("?")[0] == "/ticket" else None
    reads, logs = actor.may(Permission.TICKET_READ), actor.may(Permission.TIME_LOG)
    with page.see() as session:
        unread, newest = inbox.count_unread(session, actor, but=looked), change_feed.newest_id(session)
        card = timers.find_own(session, actor) if logs else None
        kept = saved_views.load_first(session, actor) if reads else []
    bell(unread=unread, since=newest, topic=change_feed.NOTIFICATIONS)
    with st.sidebar:
        if card:
            timer.show_in_sidebar(card)
        if reads:
            search_box.show_global_box(actor)
            saved_views.show_list(kept)
        st.caption(f"Signed in as **{formatting.escape_markdown(actor.name)}**, {actor.role}")
        if st.button("Sign out", icon=":material/logout:", type="tertiary", key="sign_out"):
            handoff(secrets.token_urlsafe(8), action="sign_out")


def set_tab_title(title: str) -> None:
    """Give the browser's tab a title. Without an icon of its own it would ask another server for that of the page."""
    st.set_page_config(page_title=f"{title} · Docket", page_icon=style.icon())


def rerun_on_ticket_event(actor: Actor, ticket: int, *, since: int) -> None:
    """Let a ticket's fragment follow what happens after event `since`; whoever looks at it has read of it.

    So has whoever came by the number of a ticket that was merged into this one.
    """
    rerun_on_event(key=f"live-{ticket}", topic=change_feed.ticket_topic(ticket), since=since)
    for number in {ticket, page.number_from_url("id")}:
        _mark_notifications_read(actor, number)


def _mark_notifications_read(actor: Actor, ticket: int) -> None:
    with page.see() as session:
        newest = inbox.find_newest_unread(session, actor, ticket)
    if newest is not None:
        with transactions.try_act() as session:
            inbox.mark_all_read(session, actor, until=newest, ticket_id=ticket)


@contextmanager
def narrow_column(key: str) -> Iterator[None]:
    """Hold a short form in the middle of the page."""
    with st.container(horizontal_alignment="center"), st.container(width=440, key=key):
        yield


def show_header(title: str, *, actor: Actor | None = None) -> None:
    """Head a page, with the way to a new ticket for those who may open one."""
    actor = actor or page.me()
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="page_header"
    ):
        st.title(title, anchor=False)
        offered = actor.may(Permission.TICKET_CREATE) and title != "New ticket"
        if offered and st.button("New ticket", icon=":material/add:", type="primary", key="new_ticket"):
            open_page("/new")
