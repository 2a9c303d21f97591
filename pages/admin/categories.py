"""Categories: what tickets are about, and which team gets them."""

import streamlit as st

from lib.desk import categories, dispatch
from lib.people import teams
from ui import frame, page, rules, words

me = page.me()
frame.header("Categories", actor=me)
with page.see() as session:
    found = categories.every(session)
    ruled = dispatch.of_categories(session, me)
    places = {t.id: t.name for t in teams.every(session, me)}
paths = {c.id: c.path for c in found}

with (
    st.expander("New category", icon=":material/add:"),
    st.form("new_category", clear_on_submit=True, border=False),
):
    name = st.text_input("Name", max_chars=80)
    above = st.selectbox(
        "Below", list(paths), index=None, format_func=paths.__getitem__, placeholder="Nothing"
    )
    team = st.selectbox(
        "Its tickets go to",
        list(places),
        index=None,
        format_func=places.__getitem__,
        placeholder="The default team",
    )
    if st.form_submit_button("Add", type="primary"):
        with page.attempt("Category added.") as session:
            categories.create(session, me, name=name, parent_id=above, team_id=team)

for category in found:
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        mark = " :gray-badge[default]" if category.is_default else ""
        goes = words.plain(places.get(category.team_id or 0, "the default team"))
        given = rules.described(ruled.get(category.id))
        told = f"goes to {goes}{' · ' if given else ''}{given}"
        st.markdown(f"**{words.plain(category.path)}**{mark}  \n:gray[{told}]")
        with st.popover("Change", icon=":material/edit:"):
            with st.form(f"change-{category.id}", border=False):
                new = st.text_input("Name", category.name, max_chars=80)
                ids = list(places)
                at = ids.index(category.team_id) if category.team_id in places else None
                to = st.selectbox(
                    "Its tickets go to",
                    ids,
                    index=at,
                    format_func=places.__getitem__,
                    placeholder="The default team",
                )
                way, cap = rules.asked(
                    ruled.get(category.id), inherited="As above it, else as their team says"
                )
                if st.form_submit_button("Save"):
                    with page.attempt("Saved.") as session:
                        row = categories.find(session, category.id)
                        categories.rename(session, me, row, name=new)
                        categories.give_team(session, me, row, team_id=to)
                        dispatch.rule_category(session, me, row, way=way, cap=cap)
            if not category.is_default:
                with st.form(f"delete-{category.id}", border=False):
                    rest = [i for i in paths if i != category.id]
                    heir = st.selectbox(
                        "When deleted, its tickets go to", rest, format_func=paths.__getitem__
                    )
                    if st.form_submit_button("Delete", icon=":material/delete:"):
                        with page.attempt("Category deleted.") as session:
                            row, successor = (
                                categories.find(session, category.id),
                                categories.find(session, heir),
                            )
                            categories.delete(session, me, row, successor=successor)
