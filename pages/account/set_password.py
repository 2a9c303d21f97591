"""The page of a set-up link, where a person chooses a password."""

import streamlit as st

from db.vocabulary import Purpose
from lib.core.errors import Refusal
from lib.identity import one_time_tokens
from lib.people import accounts
from ui.shared import page
from ui.shell import layout

secret = st.query_params.get("token", "")
with page.see() as session:
    works = one_time_tokens.peek(session, Purpose.PASSWORD, secret) is not None

with layout.narrow_column("set_password"):
    st.title("Choose a password", anchor=False)
    if st.session_state.get("_password_set"):
        st.success("Your password is set. You can sign in now.", icon=":material/check_circle:")
        st.page_link("pages/desk/dashboard.py", label="Sign in", icon=":material/login:")
        st.stop()
    if not works:
        st.error(
            "This link has been used or has expired. Ask your administrator for a new one.",
            icon=":material/link_off:",
        )
        st.page_link("pages/desk/dashboard.py", label="Go to sign-in", icon=":material/login:")
        st.stop()
    with st.form("set_password"):
        password = st.text_input(
            "New password", type="password", autocomplete="new-password",
            help="At least 15 characters. A phrase of several unusual words is easy to remember.",
        )  # fmt: skip
        again = st.text_input("Repeat new password", type="password", autocomplete="new-password")
        sent = st.form_submit_button("Set password", type="primary")
    if sent and password != again:
        st.error("The passwords don't match. Type them again.", icon=":material/block:")
    elif sent:
        try:
            with page.act() as session:
                accounts.set_password(session, secret, password)
        except Refusal as refusal:
            page.show_refusal(refusal)
        else:
            st.session_state["_password_set"] = True
            st.rerun()
