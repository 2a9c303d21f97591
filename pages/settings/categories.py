"""Categories: what tickets are about, who gets them, and what colleagues missed."""

import streamlit as st

from lib.assignment import rules
from lib.catalog import categories, category_proposals
from lib.people import teams
from ui.settings import categories as category_settings
from ui.settings import removal
from ui.shared import formatting, forms, page
from ui.shell import layout

me = page.me()
layout.show_header("Categories", actor=me)
with page.see() as session:
    found = categories.list_all(session)
    deleted = categories.list_deleted(session, me)
    ruled = rules.list_by_category(session, me)
    places = {t.id: t.name for t in teams.list_all(session, me)}
    waiting = category_proposals.list_pending(session, me)

category_settings.show_proposals(waiting, found, places)
category_settings.show_add_form(found, places)
category_settings.show_order(found)
for category in found:
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        mark = " :gray-badge[default]" if category.is_default else ""
        told = category_settings.format_category(category, places, ruled.get(category.id))
        st.markdown(f"**{formatting.escape_markdown(category.path)}**{mark}  \n:gray[{told}]")
        if st.button("Edit", key=f"change-{category.id}", icon=":material/edit:"):
            forms.reset(f"category-{category.id}")
            category_settings.show_edit_dialog(category.id)
removal.show_deleted_categories(deleted)
