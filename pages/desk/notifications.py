"""A person's notifications, unread first, each with a link to its ticket."""

import streamlit as st

from lib.audit import change_feed
from lib.notifications import inbox
from ui.components.live import rerun_on_event
from ui.components.notices import notification_list
from ui.shared import lists, page
from ui.shell import layout

PAGE_SIZE = 30
FILTER_LABELS = {"unread": "Unread", "all": "All"}
EMPTY_LABELS = {"unread": "No unread notifications.", "all": "No notifications yet."}


@st.fragment
def show_list() -> None:
    """Draw the list; something new runs this alone."""
    me = page.me()
    lists.read_choice_from_url("which", FILTER_LABELS, default="unread")
    bar = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
    which = bar.segmented_control(
        "Which", list(FILTER_LABELS), key="which", required=True, format_func=FILTER_LABELS.__getitem__,
        label_visibility="collapsed", on_change=lists.write_choice_to_url, args=("which", "unread"), width="content",
    )  # fmt: skip
    which = which or "unread"
    before = page.number_from_url("after") or None
    with page.see() as session:
        newest = change_feed.newest_id(session)
        found = inbox.list_notifications(
            session, me, only_unread=which == "unread", before=before, limit=PAGE_SIZE + 1
        )
        count = inbox.count_unread(session, me)
    rerun_on_event(key="live-notices", topic=change_feed.NOTIFICATIONS, since=newest)
    ways = bar.container(horizontal=True, vertical_alignment="center", width="content")
    if found and ways.button(
        "Mark all as read", icon=":material/done_all:", key="read_all", type="tertiary", disabled=not count
    ):
        with page.attempt() as session:
            inbox.mark_all_read(session, me, until=found[0].id)
    ways.page_link(
        "pages/account/notification_settings.py", label="Notification settings", icon=":material/tune:"
    )
    query = {"which": which, "after": str(found[PAGE_SIZE - 1].id)} if len(found) > PAGE_SIZE else {}
    more = lists.build_url("/notifications", query) if query else ""
    notification_list(found[:PAGE_SIZE], key="notices", empty=EMPTY_LABELS[which], more=more)


layout.show_header("Notifications")
show_list()
