import streamlit as st

from tests.ui.stage import desk
from ui.components.board import Move, board
from ui.components.live import live

st.title("Board")


@st.dialog("Why is it blocked?", on_dismiss="rerun")
def reason(asked: Move) -> None:
    words = st.text_input("Reason")
    if st.button("Block it") and words:
        st.session_state["refused"] = desk.move(asked)
        st.session_state["asked"] = None
        st.rerun()


@st.fragment
def room() -> None:
    desk.state["runs"] += 1
    live(key="live", topic="board", since=desk.state["event"])
    asked = st.session_state.get("asked")
    move = board(
        desk.lanes(),
        list(desk.cards),
        key="board",
        allowed=desk.ALLOWED,
        groups=desk.groups() if "groups" in st.query_params else (),
        refused=st.session_state.pop("refused", ""),
        asked=asked,
    )
    if move and not desk.state["deaf"]:
        if desk.state["ask"] and move.to == desk.BLOCKED:
            st.session_state["asked"] = move
            st.rerun()
        st.session_state["refused"] = desk.move(move)
        st.rerun(scope="fragment")


if st.session_state.get("asked"):
    waiting = st.session_state["asked"]
    room()
    st.session_state["asked"] = None
    reason(waiting)
else:
    room()
