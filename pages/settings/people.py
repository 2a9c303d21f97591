"""People: inviting them, their roles and teams, and letting nobody in who has left."""

import streamlit as st

from lib.people import accounts
from ui.settings import people
from ui.shared import forms, lists, page
from ui.shell import layout

me = page.me()
layout.show_header("Manage users", actor=me)
people.show_new_link()

lists.accept_old_parameter("q", "name")
with st.container(horizontal=True, vertical_alignment="bottom"):
    q = st.text_input(
        "Find", key="name", type="search", bind="query-params", placeholder="Name or email", live="300ms"
    )
    gone = st.toggle("Show disabled", key="disabled", bind="query-params")
    if st.button("Invite", type="primary", icon=":material/person_add:"):
        people.show_invite_dialog()

after = page.number_from_url("after")
with page.see() as session:
    found = accounts.list_visible(
        session, me, search=q or "", after=after, limit=51, active=None if gone else True
    )
    changeable = accounts.list_manageable(session, me, [person.id for person in found])

if not found:
    st.info("No users found. Invite people to get started.", icon=":material/group:")
for person in found[:50]:
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        st.markdown(people.format_person(person))
        if person.id in changeable and st.button("Edit", key=f"change-{person.id}", icon=":material/edit:"):
            forms.reset(f"person-{person.id}")
            people.show_edit_dialog(person.id)
if len(found) > 50:
    kept = {k: v for k in ("name", "disabled") if (v := st.query_params.get(k))}
    lists.show_more_link("Next 50", "/people", {**kept, "after": str(found[49].id)})
