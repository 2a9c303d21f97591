"""Canned replies: prepared answers for all teams or for one."""

from collections.abc import Mapping

import streamlit as st

from db.vocabulary import Permission, Scope
from lib.catalog import canned_replies
from lib.catalog.canned_replies import VARIABLES, CannedReplyCard
from lib.people import teams
from ui.shared import formatting, page
from ui.shared.forms import EditForm
from ui.shell import layout

ALL_TEAMS = 0
me = page.me()
layout.show_header("Canned replies", actor=me)
with page.see() as session:
    found = canned_replies.list_all(session, me)
    named = {t.id: t.name for t in teams.list_all(session, me)}
everywhere = me.may(Permission.TEMPLATE_MANAGE, least=Scope.ALL)
places: Mapping[int, str] = {
    **({ALL_TEAMS: "All teams"} if everywhere else {}),
    **{id: name for id, name in named.items() if everywhere or id in me.teams},
}


def show_fields(card: CannedReplyCard | None, form: EditForm) -> tuple[str, str, int | None]:
    """Ask for a reply's name, text and team."""
    name = st.text_input("Name", max_chars=80, key=form.field("name", card.name if card else ""))
    body = st.text_area(
        "Text", height=200, help="Markdown works.", key=form.field("body", card.body if card else "")
    )
    now = (card.team_id or ALL_TEAMS) if card else next(iter(places))
    team = st.selectbox(
        "Available to", list(places), format_func=places.__getitem__, key=form.field("team", now)
    )
    form.tell()
    return name, body, team or None


st.caption("To use one in a reply, type :: and a word, or choose *Canned reply*.")
with st.expander("Variables", icon=":material/data_object:"):
    st.markdown("\n".join(f"- `{{{name}}}`: {told}" for name, told in VARIABLES.items()))
if places:
    form = EditForm("new_reply", 1)
    with st.expander("New canned reply", icon=":material/add:"), st.form(form.key, border=False):
        name, body, team = show_fields(None, form)
        if st.form_submit_button("Add canned reply", type="primary"):
            with form.save("Canned reply added.") as session:
                canned_replies.create(session, me, name=name, body=body, team_id=team)
if not found:
    st.info("There are no canned replies yet.", icon=":material/quickreply:")

for card in found:
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        place = named.get(card.team_id or ALL_TEAMS, "All teams")
        begin = " ".join(card.body.split())
        begin = begin if len(begin) <= 90 else f"{begin[:90]} …"
        st.markdown(
            f"**{formatting.escape_markdown(card.name)}**  \n"
            f":gray[{formatting.escape_markdown(place)} · {formatting.escape_markdown(begin)}]"
        )
        if not card.mine:
            continue
        with st.popover("Edit", icon=":material/edit:"):
            form = EditForm(f"reply-{card.id}", card.version)
            with st.form(form.key, border=False):
                name, body, team = show_fields(card, form)
                if st.form_submit_button("Save", type="primary"):
                    with form.save("Saved.") as session:
                        row = canned_replies.get(session, me, card.id)
                        canned_replies.update(
                            session, me, row, name=name, body=body, team_id=team, seen=form.seen
                        )
            if st.button("Delete", key=f"delete-{card.id}", icon=":material/delete:"):
                with form.save("Canned reply deleted.") as session:
                    canned_replies.delete(
                        session, me, canned_replies.get(session, me, card.id), seen=form.seen
                    )
