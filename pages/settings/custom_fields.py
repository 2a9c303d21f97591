"""Custom fields: their names, categories, choices, and access by role."""

import streamlit as st

from db.vocabulary import Permission, Scope
from lib.access import roles
from lib.catalog import categories
from lib.catalog import custom_fields as kept
from ui.shared import custom_fields, formatting, page
from ui.shell import layout

me = page.me()
layout.show_header("Custom fields", actor=me)
with page.see() as session:
    found = kept.list_readable(session, me)
    paths = {c.id: c.path for c in categories.list_all(session)}
    everybody = roles.list_all(session)
names = {r.id: r.name for r in everybody}
working = [r.id for r in everybody if r.scopes.get(Permission.COMMENT_READ_INTERNAL, Scope.NONE) > Scope.NONE]

st.caption("Additional fields on tickets.")
with st.expander("New field", icon=":material/add:"):
    custom_fields.show_add_form(me, paths, names, dict.fromkeys(working, kept.Access.WRITE))

for card in found:
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        told = formatting.escape_markdown(custom_fields.format_field(card, paths))
        st.markdown(f"**{formatting.escape_markdown(card.name)}**  \n:gray[{told}]")
        with st.popover("Edit", icon=":material/edit:"):
            custom_fields.show_edit_form(me, card, paths, names)
if not found:
    st.info("No custom fields yet. Add one to collect more details on tickets.", icon=":material/list_alt:")
