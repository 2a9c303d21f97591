"""Teams: who works tickets together."""

import streamlit as st

from db.vocabulary import Permission, Scope
from lib.assignment import rules as assignment_rules
from lib.notifications.slack import team_channels
from lib.people import teams
from ui.settings import assignment_rules as assignment_rule_form
from ui.settings import removal, slack
from ui.shared import formatting, page
from ui.shared.forms import EditForm
from ui.shell import layout

me = page.me()
layout.show_header("Teams", actor=me)

if me.may(Permission.TEAM_MANAGE, least=Scope.ALL):
    with (
        st.form(page.form_key("new_team")),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        name = st.text_input("New team", max_chars=80, placeholder="Network")
        if st.form_submit_button("Add team", icon=":material/add:"):
            with page.attempt("Team added.", form="new_team") as session:
                teams.create(session, me, name=name)

with page.see() as session:
    found = teams.list_all(session, me)
    ruled = assignment_rules.list_by_team(session, me)
    told = team_channels.list_all(session, me)

for team in found:
    with st.container(border=True):
        mark = " :gray-badge[default team]" if team.is_default else ""
        st.markdown(f"**{formatting.escape_markdown(team.name)}**{mark}")
        st.caption(
            formatting.escape_markdown(", ".join(team.members.values()))
            or "No members yet. Add them under Settings → Manage users."
        )
        st.caption(
            f"New tickets are {assignment_rule_form.format_rule(ruled.get(team.id)) or 'assigned manually'}."
        )
        if team.id in told:
            slack.show_channel_state(told[team.id])
        if me.may(Permission.TEAM_MANAGE, least=Scope.ALL) or team.id in me.teams:
            bar = st.container(horizontal=True)
            form = EditForm(f"team-{team.id}", team.version)
            with bar.popover("Edit", icon=":material/edit:"), st.form(form.key, border=False):
                new = st.text_input("Name", max_chars=80, key=form.field("name", team.name))
                way, cap = assignment_rule_form.show_fields(form, ruled.get(team.id))
                form.tell()
                if st.form_submit_button("Save"):
                    with form.save("Saved.") as session:
                        row = teams.get(session, team.id)
                        row.must_be(form.seen)
                        teams.rename(session, me, row, name=new)
                        assignment_rules.set_for_team(session, me, row, way=way, cap=cap)
            with bar:
                slack.show_channel_form(team.id, told.get(team.id))
                removable = len(found) > 1 and me.may(Permission.TEAM_MANAGE, least=Scope.ALL)
                if removable and st.button(
                    "Delete or merge…", key=f"remove-{team.id}", icon=":material/merge:"
                ):
                    removal.show_delete_team_dialog(team, {t.id: t.name for t in found if t.id != team.id})
