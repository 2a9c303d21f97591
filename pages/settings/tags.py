"""Tags: which there are and on how many tickets, and keeping them few and clear."""

import streamlit as st

from lib.catalog import tags
from ui.settings import statuses
from ui.shared import page
from ui.shell import layout

me = page.me()
layout.show_header("Tags", actor=me)
with page.see() as session:
    found = tags.list_all(session, me)

st.caption("Agents create tags by typing them. Tags are the same regardless of case and accents.")
with (
    st.form(page.form_key("new_tag"), border=False),
    st.container(horizontal=True, vertical_alignment="bottom"),
):
    name = st.text_input("New tag", max_chars=tags.MAX_LENGTH)
    if st.form_submit_button("Add tag", icon=":material/add:"):
        with page.attempt("Tag added.", form="new_tag") as session:
            tags.create(session, me, name=name)

if found:
    statuses.show_tag_editor(me, found)
    statuses.show_tags(found)
else:
    st.info("No tags yet.", icon=":material/sell:")
