import streamlit as st

from lib.core.errors import Invalid
from tests.ui.stage import kept
from ui.components.writer import reply_writer, show_refusal_in_writer

st.title("Conversation")
draft = kept.draft("ticket-44")
sent = reply_writer(draft, key="reply", files=kept.attached(draft), visibilities=("public", "internal"))
if sent:
    if "refuse" in sent.body:
        show_refusal_in_writer("reply", Invalid("That did not work."))
    if "ignore" not in sent.body:
        kept.take(sent.token, f"{sent.visibility}|{sent.body}|{len(sent.attachments)}")
        st.rerun()
st.button("Draw again")
for line in kept.sent:
    st.text(line)
