import streamlit as st

from tests.ui.stage import desk
from ui.components.live import rerun_on_event

page = st.session_state["page_runs"] = st.session_state.get("page_runs", 0) + 1
st.write(f"The page ran {page} times.")
st.text_input("Outside")


@st.fragment
def news() -> None:
    since = desk.state["event"]
    heard = rerun_on_event(key="live", topic="board", since=since)
    ran = st.session_state["news_runs"] = st.session_state.get("news_runs", 0) + 1
    st.text_input("Inside")
    st.write(f"Drawn to event {since}, heard of {heard}, ran {ran} times.")


@st.fragment
def other() -> None:
    rerun_on_event(key="other", topic="elsewhere", since=1_000_000)


news()
other()
