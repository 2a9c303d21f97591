import streamlit as st

from ui.components.session_handoff import handoff

st.title("Sign in")
st.write("Cookie:", "yes" if st.context.cookies.get("docket") else "no")
st.button("Again")
if "ticket" in st.query_params:
    handoff(st.query_params["ticket"], action="sign_in", then=st.query_params.get("then", "/"))
if "out" in st.query_params:
    handoff("bye", action="sign_out")
