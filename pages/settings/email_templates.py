"""Mails: every template as it will look, as text and as HTML, light and dark, and as a test to oneself."""

from urllib.parse import quote

import streamlit as st

from lib.notifications import account_emails
from lib.notifications.email import renderer, samples
from ui.shared import formatting, lists, page
from ui.shell import layout

LOOK_LABELS = {"light": "Light", "dark": "Dark", "text": "Text"}

me = page.me()
layout.show_header("Email templates", actor=me)
with page.see() as session:
    titles = {letter.name: letter.title for letter in samples.list_all(me)}
st.caption("Previews of the emails that Docket sends, with sample content.")

lists.read_choice_from_url("mail", titles, default="ticket")
lists.read_choice_from_url("look", LOOK_LABELS, default="light")
with st.container(horizontal=True, vertical_alignment="bottom"):
    name = st.selectbox(
        "Template", list(titles), key="mail", format_func=titles.__getitem__, width=260,
        on_change=lists.write_choice_to_url, args=("mail", "ticket"),
    )  # fmt: skip
    look = st.segmented_control(
        "Appearance", list(LOOK_LABELS), key="look", required=True, format_func=LOOK_LABELS.__getitem__,
        on_change=lists.write_choice_to_url, args=("look", "light"), width="content",
    )  # fmt: skip
    if account_emails.is_enabled() and st.button("Send test email", icon=":material/mail:"):
        with page.attempt(f"Test email sent to {me.email}.") as session:
            samples.send(session, me, name)

with page.see() as session:
    mail = renderer.render_sample(session, me, name)
st.markdown(f":gray[Subject]  {formatting.escape_markdown(mail.subject)}")
if look == "text":
    st.code(renderer.render_preview(mail, dark=False)[0], language=None, wrap_lines=True)
else:
    st.iframe(
        f"/api/v1/mail-templates/{quote(name)}/html?scheme={look}", height=720,
        alt=f"Preview of {titles[name]}, {LOOK_LABELS[look or 'light'].lower()}",
    )  # fmt: skip
