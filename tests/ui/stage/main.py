"""The pages on which the components stand while they are tested."""

from pathlib import Path

import streamlit as st

from ui.shell import style

HERE = Path(__file__).parent

st.set_page_config(page_title="Stage", page_icon=style.icon(), layout="wide")
style.apply()
page = st.navigation(
    [
        st.Page(
            HERE / "screens/tickets.py", title="Tickets", icon=":material/confirmation_number:", default=True
        ),
        st.Page(HERE / "screens/ticket.py", title="Ticket", url_path="ticket"),
        st.Page(HERE / "screens/new.py", title="New ticket", url_path="new", icon=":material/add:"),
        st.Page(HERE / "screens/reply.py", title="Reply", url_path="reply"),
        st.Page(HERE / "screens/sign_in.py", title="Sign in", url_path="sign-in"),
        st.Page(HERE / "screens/board.py", title="Board", url_path="board"),
        st.Page(HERE / "screens/live.py", title="Live", url_path="news"),
        st.Page(HERE / "screens/looks.py", title="Looks", url_path="looks"),
    ]
)
page.run()
