"""Activities: the kinds of work by which time is told apart."""

import streamlit as st

from lib.timekeeping import activities
from ui.shared import formatting, page
from ui.shared.forms import EditForm
from ui.shell import layout

me = page.me()
layout.show_header("Activities", actor=me)
with page.see() as session:
    found = activities.list_all(session)

with (
    st.expander("New activity", icon=":material/add:"),
    st.form(page.form_key("new_activity"), border=False),
):
    name = st.text_input("Name", max_chars=40)
    if st.form_submit_button("Add activity", type="primary"):
        with page.attempt("Activity added.", form="new_activity") as session:
            activities.create(session, me, name=name)

for activity in found:
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        mark = " :gray-badge[default]" if activity.is_default else ""
        st.markdown(f"**{formatting.escape_markdown(activity.name)}**{mark}")
        form = EditForm(f"activity-{activity.id}", activity.version)
        with st.popover("Edit", icon=":material/edit:"), st.form(form.key, border=False):
            new = st.text_input("Name", max_chars=40, key=form.field("name", activity.name))
            chosen = not activity.is_default and st.checkbox(
                "Default activity", key=form.field("default", now=False)
            )
            form.tell()
            with st.container(horizontal=True):
                saved = st.form_submit_button("Save", type="primary")
                gone = not activity.is_default and st.form_submit_button(
                    "Archive",
                    icon=":material/archive:",
                    help="It can no longer be chosen. Logged time keeps it.",
                )
        if saved or gone:
            with form.save("Activity archived." if gone else "Saved.") as session:
                row = activities.get(session, activity.id)
                row.must_be(form.seen)
                if gone:
                    activities.archive(session, me, row)
                else:
                    activities.rename(session, me, row, name=new)
                    if chosen:
                        activities.make_default(session, me, row)
