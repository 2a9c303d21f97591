"""Teams: who works tickets together."""

import streamlit as st

from db.vocabulary import Permission, Scope
from lib.people import teams
from ui import frame, page, words

me = page.me()
frame.header("Teams", actor=me)

if me.may(Permission.TEAM_MANAGE, least=Scope.ALL):
    with (
        st.form("new_team", clear_on_submit=True),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        name = st.text_input("New team", max_chars=80, placeholder="Network")
        if st.form_submit_button("Add", icon=":material/add:"):
            with page.attempt("Team added.") as session:
                teams.create(session, me, name=name)

with page.see() as session:
    found = teams.every(session, me)

for team in found:
    with st.container(border=True):
        mark = " :gray-badge[gets what no other team does]" if team.is_default else ""
        st.markdown(f"**{words.plain(team.name)}**{mark}")
        st.caption(
            words.plain(", ".join(team.members.values())) or "Nobody yet: add people on the People page."
        )
        if me.may(Permission.TEAM_MANAGE, least=Scope.ALL) or team.id in me.teams:
            with st.popover("Rename", icon=":material/edit:"), st.form(f"rename-{team.id}", border=False):
                new = st.text_input("Name", team.name, max_chars=80)
                if st.form_submit_button("Save"):
                    with page.attempt("Renamed.") as session:
                        teams.rename(session, me, teams.find(session, team.id), name=new)
