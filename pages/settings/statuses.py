"""Statuses and their order, and the workflow: which status changes each role can make."""

import streamlit as st
from streamlit_sortables import sort_items

from db.vocabulary import StatusCategory
from lib.catalog import statuses
from ui.settings import removal
from ui.settings import statuses as status_settings
from ui.shared import formatting, page
from ui.shell import layout

me = page.me()
layout.show_header("Statuses & workflow", actor=me)
with page.see() as session:
    found = statuses.list_all(session)
    archived = statuses.list_archived(session, me)

with (
    st.expander("New status", icon=":material/add:"),
    st.form(page.form_key("new_status"), border=False),
):
    name = st.text_input("Name", max_chars=40)
    kind = st.selectbox(
        "Status category", list(StatusCategory), format_func=status_settings.CATEGORY_LABELS.__getitem__
    )
    counts = st.checkbox("Counts as resolved", value=True)
    if st.form_submit_button("Add status", type="primary"):
        with page.attempt("Status added.", form="new_status") as session:
            statuses.create(session, me, name=name, kind=kind, counts=counts)

st.subheader("Order", anchor=False)
st.caption("Drag statuses into the order of the board's columns.")
ids = {s.name: s.id for s in found}
ordered = sort_items(list(ids), key=f"order-{page.attempt_count()}")
if ordered != list(ids) and set(ordered) == set(ids):
    with page.attempt("Order saved.") as session:
        statuses.reorder(session, me, [ids[name] for name in ordered])

st.subheader("Statuses", anchor=False)
for status in found:
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        st.markdown(
            f"**{formatting.escape_markdown(status.name)}**  \n:gray[{status_settings.format_status(status)}]"
        )
        with st.container(horizontal=True, width="content"):
            with st.popover("Edit", icon=":material/edit:"):
                status_settings.show_edit_form(me, status)
            status_settings.show_archive_button(status, found)

removal.show_archived_statuses(archived)
status_settings.show_workflow(me, found)
