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
layout.header("Categories", actor=me)
with page.see() as session:
    found = categories.every(session)
    deleted = categories.deleted(session, me)
    ruled = rules.of_categories(session, me)
    places = {t.id: t.name for t in teams.every(session, me)}
    waiting = category_proposals.waiting(session, me)

category_settings.answer(waiting, found, places)
category_settings.add(found, places)
category_settings.order(found)
for category in found:
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        mark = " :gray-badge[default]" if category.is_default else ""
        told = category_settings.described(category, places, ruled.get(category.id))
        st.markdown(f"**{formatting.plain(category.path)}**{mark}  \n:gray[{told}]")
        if st.button("Change", key=f"change-{category.id}", icon=":material/edit:"):
            forms.begin(f"category-{category.id}")
            category_settings.change(category.id)
removal.deleted_categories(deleted)
