"""The board: every status a column, every ticket a card, moved by hand, finger or keyboard."""

import streamlit as st

from lib.lists import query_language
from ui.shared import lists, page, search_box
from ui.shell import layout
from ui.tickets import board
from ui.tickets.default_views import BOARD_VIEWS

me = page.me()
layout.show_header("Board", actor=me)

lists.read_choice_from_url("show", BOARD_VIEWS, default="all")
lists.accept_old_parameter("q", "find")
lists.read_choice_from_url("rows", board.ROW_LABELS, default="none")
with st.container(horizontal=True, vertical_alignment="bottom"):
    show = st.segmented_control(
        "Show", list(BOARD_VIEWS), key="show", required=True, format_func=lambda name: BOARD_VIEWS[name].label,
        label_visibility="collapsed", on_change=lists.write_choice_to_url, args=("show", "all"),
    )  # fmt: skip
    q = st.text_input(
        "Find", key="find", type="search", placeholder=search_box.PLACEHOLDER, icon=":material/search:",
        bind="query-params", label_visibility="collapsed", live="300ms",
    )  # fmt: skip
    rows = st.selectbox(
        "Group by", list(board.ROW_LABELS), key="rows", format_func=board.ROW_LABELS.__getitem__,
        label_visibility="collapsed", width=190, on_change=lists.write_choice_to_url, args=("rows", "none"),
    )  # fmt: skip


@st.fragment
def show_board() -> None:
    """Draw the board; a move, or somebody else's deed, runs this alone."""
    actor = page.me()
    with page.see() as session:
        line = f"{BOARD_VIEWS[show or 'all'].line} {q or ''}"
        asked = query_language.parse_parameters(session, page.with_browser_timezone(actor), {"q": (line,)})
        shown = board.load(session, actor, asked.narrowed, rows=rows)
    search_box.show_not_understood(asked.puzzled)
    board.rerun_on_desk_event(shown)
    board.show(shown)


show_board()
