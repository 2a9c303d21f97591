"""The first start: the link from the console creates the first administrator."""

import streamlit as st

from db.vocabulary import Purpose
from lib.core import time_zones
from lib.core.errors import Refusal
from lib.identity import one_time_tokens
from lib.people import accounts
from ui.shared import page
from ui.shared.time_zones import format_time_zone
from ui.shell import layout

secret = st.query_params.get("token", "")
with page.see() as session:
    works = one_time_tokens.peek(session, Purpose.SETUP, secret) is not None

with layout.narrow_column("set_up"):
    st.title("Welcome to Docket", anchor=False)
    if st.session_state.get("_founded"):
        st.success(
            "The administrator account is ready. Sign in to get started.", icon=":material/check_circle:"
        )
        st.page_link("pages/desk/dashboard.py", label="Sign in", icon=":material/login:")
        st.stop()
    if not works:
        st.error(
            "This set-up link has been used, has expired, or was replaced by a newer one. "
            "If Docket has no administrator yet, restart it and open the link it prints.",
            icon=":material/link_off:",
        )
        st.page_link("pages/desk/dashboard.py", label="Go to sign-in", icon=":material/login:")
        st.stop()
    st.write("Create the first administrator account. You can invite others afterwards.")
    with st.form("set_up"):
        name = st.text_input("Your name", max_chars=120, autocomplete="name")
        email = st.text_input("Email", max_chars=254, autocomplete="email")
        password = st.text_input(
            "Password", type="password", autocomplete="new-password",
            help="At least 15 characters. A phrase of several unusual words is easy to remember.",
        )  # fmt: skip
        zones = time_zones.list_choices(st.context.timezone)
        here = st.context.timezone if st.context.timezone in zones else time_zones.UTC
        zone = st.selectbox(
            "Default time zone", zones, zones.index(here), format_func=format_time_zone, key="time_zone",
            help="For people who have not set their own. You can change it later.",
        )  # fmt: skip
        sent = st.form_submit_button("Set up Docket", type="primary")
    if sent:
        try:
            with page.act() as session:
                one_time_tokens.redeem(session, Purpose.SETUP, secret)
                accounts.create_first_administrator(
                    session, email=email, name=name, password=password, time_zone=zone
                )
        except Refusal as refusal:
            page.show_refusal(refusal)
        else:
            st.session_state["_founded"] = True
            st.rerun()
