"""What one is told: unread first, each a way to what it tells of."""

import streamlit as st

from lib.audit import change_feed
from lib.notifications import inbox
from ui.components.live import live
from ui.components.notices import notices
from ui.shared import lists, page
from ui.shell import layout

MOST = 30
SHOWN = {"unread": "Unread", "all": "All"}
EMPTY = {"unread": "Nothing unread.", "all": "Nothing yet."}


@st.fragment
def draw() -> None:
    """Draw the list; something new runs this alone."""
    me = page.me()
    lists.follow("which", SHOWN, default="unread")
    bar = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
    which = bar.segmented_control(
        "Which", list(SHOWN), key="which", required=True, format_func=SHOWN.__getitem__,
        label_visibility="collapsed", on_change=lists.chosen, args=("which", "unread"), width="content",
    )  # fmt: skip
    which = which or "unread"
    before = page.number_asked("after") or None
    with page.see() as session:
        newest = change_feed.newest(session)
        found = inbox.mine(session, me, only_unread=which == "unread", before=before, limit=MOST + 1)
        count = inbox.unread(session, me)
    live(key="live-notices", topic=change_feed.NOTICES, since=newest)
    ways = bar.container(horizontal=True, vertical_alignment="center", width="content")
    if found and ways.button(
        "Mark all as read", icon=":material/done_all:", key="read_all", type="tertiary", disabled=not count
    ):
        with page.attempt() as session:
            inbox.read_all(session, me, until=found[0].id)
    ways.page_link(
        "pages/account/notification_settings.py", label="Choose what you hear", icon=":material/tune:"
    )
    query = {"which": which, "after": str(found[MOST - 1].id)} if len(found) > MOST else {}
    more = lists.link("/notifications", query) if query else ""
    notices(found[:MOST], key="notices", empty=EMPTY[which], more=more)


layout.header("Notifications")
draw()
