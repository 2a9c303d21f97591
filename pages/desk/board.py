"""The board: every status a column, every ticket a card, moved by hand, finger or keyboard."""

import streamlit as st

from lib.desk import filters
from ui import frame, lanes, page
from ui.lists import BOARD

me = page.me()
frame.header("Board", actor=me)

with st.container(horizontal=True, vertical_alignment="bottom"):
    show = st.segmented_control(
        "Show", list(BOARD), key="show", default="all", required=True, bind="query-params",
        format_func=lambda name: BOARD[name].label, label_visibility="collapsed",
    )  # fmt: skip
    q = st.text_input(
        "Find", key="q", type="search", placeholder="Find words", icon=":material/search:", bind="query-params",
        label_visibility="collapsed", live="300ms",
    )  # fmt: skip
    rows = st.selectbox(
        "Rows", list(lanes.ROWS), key="rows", bind="query-params", format_func=lanes.ROWS.__getitem__,
        label_visibility="collapsed", width=190,
    )  # fmt: skip


@st.fragment
def draw() -> None:
    """Draw the board; a move, or somebody else's deed, runs this alone."""
    actor = page.me()
    with page.see() as session:
        narrowed = filters.narrow(session, actor, {**BOARD[show or "all"].filters, "q": (q or "",)})
        shown = lanes.read(session, actor, narrowed, rows=rows)
    lanes.hear(shown)
    moved = lanes.board(shown)
    if moved:
        lanes.move(moved, shown)


draw()
