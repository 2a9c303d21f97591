import streamlit as st

from lib.core.errors import Invalid
from tests.ui.stage import kept
from ui.components.writer import show_refusal_in_writer, ticket_writer

st.title("New ticket")
draft = kept.draft("new-ticket")
st.selectbox("Priority", ["Normal", "High"])
written = ticket_writer(draft, key="new", files=kept.attached(draft))
pressed = st.button("Create ticket", type="primary")
if written and (pressed or written.submitted):
    if "refuse" in written.title:
        show_refusal_in_writer(
            "new", Invalid("That did not work.", fields={"title": "Another title, please."})
        )
    kept.take(written.token, f"{written.title}|{written.body}|{len(written.attachments)}")
    st.rerun()
for line in kept.sent:
    st.text(line)
