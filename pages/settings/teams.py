"""Teams: who works tickets together."""

import streamlit as st

from db.vocabulary import Permission, Scope
from lib.assignment import rules as assignment_rules
from lib.notifications.slack import team_channels
from lib.people import teams
from ui.settings import assignment_rules as assignment_rule_form
from ui.settings import removal, slack
from ui.shared import formatting, page
from ui.shared.forms import Editing
from ui.shell import layout

me = page.me()
layout.header("Teams", actor=me)

if me.may(Permission.TEAM_MANAGE, least=Scope.ALL):
    with (
        st.form(page.blank("new_team")),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        name = st.text_input("New team", max_chars=80, placeholder="Network")
        if st.form_submit_button("Add", icon=":material/add:"):
            with page.attempt("Team added.", form="new_team") as session:
                teams.create(session, me, name=name)

with page.see() as session:
    found = teams.every(session, me)
    ruled = assignment_rules.of_teams(session, me)
    told = team_channels.every(session, me)

for team in found:
    with st.container(border=True):
        mark = " :gray-badge[gets what no other team does]" if team.is_default else ""
        st.markdown(f"**{formatting.plain(team.name)}**{mark}")
        st.caption(
            formatting.plain(", ".join(team.members.values())) or "Nobody yet: add people on the People page."
        )
        st.caption(
            f"New tickets are {assignment_rule_form.described(ruled.get(team.id)) or 'given by hand'}."
        )
        if team.id in told:
            slack.state(told[team.id])
        if me.may(Permission.TEAM_MANAGE, least=Scope.ALL) or team.id in me.teams:
            bar = st.container(horizontal=True)
            form = Editing(f"team-{team.id}", team.version)
            with bar.popover("Change", icon=":material/edit:"), st.form(form.key, border=False):
                new = st.text_input("Name", max_chars=80, key=form.field("name", team.name))
                way, cap = assignment_rule_form.asked(form, ruled.get(team.id))
                form.tell()
                if st.form_submit_button("Save"):
                    with form.save("Saved.") as session:
                        row = teams.find(session, team.id)
                        row.must_be(form.seen)
                        teams.rename(session, me, row, name=new)
                        assignment_rules.rule_team(session, me, row, way=way, cap=cap)
            with bar:
                slack.change(team.id, told.get(team.id))
                removable = len(found) > 1 and me.may(Permission.TEAM_MANAGE, least=Scope.ALL)
                if removable and st.button(
                    "Delete or merge …", key=f"remove-{team.id}", icon=":material/merge:"
                ):
                    removal.team(team, {t.id: t.name for t in found if t.id != team.id})
