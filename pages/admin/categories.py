"""Categories: what tickets are about, who gets them, and what colleagues missed."""

import streamlit as st

from lib.assignment import rules
from lib.catalog import categories, category_proposals
from lib.people import teams
from ui import catalogue, forms, frame, page, removing, words

me = page.me()
frame.header("Categories", actor=me)
with page.see() as session:
    found = categories.every(session)
    deleted = categories.deleted(session, me)
    ruled = rules.of_categories(session, me)
    places = {t.id: t.name for t in teams.every(session, me)}
    waiting = category_proposals.waiting(session, me)

catalogue.answer(waiting, found, places)
catalogue.add(found, places)
catalogue.order(found)
for category in found:
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        mark = " :gray-badge[default]" if category.is_default else ""
        told = catalogue.described(category, places, ruled.get(category.id))
        st.markdown(f"**{words.plain(category.path)}**{mark}  \n:gray[{told}]")
        if st.button("Change", key=f"change-{category.id}", icon=":material/edit:"):
            forms.begin(f"category-{category.id}")
            catalogue.change(category.id)
removing.deleted_categories(deleted)
