"""The board: every status a column, every ticket a card, moved by hand, finger or keyboard."""

import streamlit as st

from lib.lists import query_language
from ui.shared import lists, page, search_box
from ui.shell import layout
from ui.tickets import board
from ui.tickets.default_views import BOARD

me = page.me()
layout.header("Board", actor=me)

lists.follow("show", BOARD, default="all")
lists.renamed("q", "find")
lists.follow("rows", board.ROWS, default="none")
with st.container(horizontal=True, vertical_alignment="bottom"):
    show = st.segmented_control(
        "Show", list(BOARD), key="show", required=True, format_func=lambda name: BOARD[name].label,
        label_visibility="collapsed", on_change=lists.chosen, args=("show", "all"),
    )  # fmt: skip
    q = st.text_input(
        "Find", key="find", type="search", placeholder=search_box.PLACEHOLDER, icon=":material/search:",
        bind="query-params", label_visibility="collapsed", live="300ms",
    )  # fmt: skip
    rows = st.selectbox(
        "Rows", list(board.ROWS), key="rows", format_func=board.ROWS.__getitem__, label_visibility="collapsed",
        width=190, on_change=lists.chosen, args=("rows", "none"),
    )  # fmt: skip


@st.fragment
def draw() -> None:
    """Draw the board; a move, or somebody else's deed, runs this alone."""
    actor = page.me()
    with page.see() as session:
        line = f"{BOARD[show or 'all'].line} {q or ''}"
        asked = query_language.narrow(session, page.there(actor), {"q": (line,)})
        shown = board.read(session, actor, asked.narrowed, rows=rows)
    search_box.not_understood(asked.puzzled)
    board.hear(shown)
    board.board(shown)


draw()
