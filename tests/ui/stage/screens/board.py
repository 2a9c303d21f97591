import time

import streamlit as st

from tests.ui.stage import desk
from ui.components.board import Move, board
from ui.components.live import rerun_on_event

st.title("Board")


def forget() -> None:
    st.session_state["asked"] = None


@st.dialog("Why is it blocked?", on_dismiss=forget)
def reason(asked: Move) -> None:
    words = st.text_input("Reason")
    if st.button("Block it") and words:
        st.session_state["refused"] = desk.move(asked)
        forget()
        st.rerun()


def moved(move: Move) -> None:
    if desk.state["deaf"]:
        while desk.state["deaf"]:
            time.sleep(0.05)
    elif desk.state["ask"] and move.to == desk.BLOCKED:
        st.session_state["asked"] = move
    else:
        st.session_state["refused"] = desk.move(move)


@st.fragment
def room() -> None:
    desk.state["runs"] += 1
    rerun_on_event(key="live", topic="board", since=desk.state["event"])
    asked = st.session_state.get("asked")
    if asked:
        reason(asked)
    board(
        desk.lanes(),
        list(desk.cards),
        key="board",
        allowed=desk.ALLOWED,
        moved=moved,
        groups=desk.groups() if "groups" in st.query_params else (),
        refused=st.session_state.pop("refused", ""),
        asked=asked,
    )


room()
