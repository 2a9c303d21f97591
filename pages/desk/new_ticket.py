"""Opening a ticket: what happened, how urgent, about what, and for whom."""

from functools import partial

import streamlit as st

from db.vocabulary import Permission, Scope
from lib.catalog import categories, tags
from lib.catalog import custom_field_values as values_
from lib.catalog.ticket_fields import LEVELS
from lib.core.errors import Refusal
from lib.people import accounts, teams
from lib.tickets import tickets
from ui.components.writer import show_refusal_in_writer, ticket_writer
from ui.shared import custom_fields, formatting, page
from ui.shell import layout
from ui.ticket import compose

DRAFT_SLOT = "new-ticket"

me = page.me()
with page.see() as session:
    draft = compose.load_draft(session, me, DRAFT_SLOT)
    known = {c.id: c for c in categories.list_all(session)}
    offered_tags = tags.list_names(session, me) if me.staff else []
    others = me.may(Permission.TICKET_CREATE, least=Scope.TEAM)
    people = {p.id: p for p in accounts.list_visible(session, me, limit=500)} if others else {}

layout.show_header("New ticket", actor=me)
key, values = f"writer-{draft.token}", draft.values
written = ticket_writer(draft, key=key, files=compose.load_files(me, draft))

keep = compose.build_draft_saver(DRAFT_SLOT, draft.token)
left, right = st.columns(2)
default = next((c.id for c in known.values() if c.is_default), None)
category = left.selectbox(
    "Category", list(known), index=compose.index_of(known, values.get("category", default)),
    key=f"category-{draft.token}", format_func=lambda id: known[id].path,
    on_change=compose.save_category, args=(keep, known, draft),
)  # fmt: skip
usual = {name: field.usual for name, field in LEVELS.items()} | {
    "priority": compose.default_priority(known, category)
}
levels = {
    name: right.selectbox(
        field.label, list(field.values), index=compose.index_of(field.values, values.get(name, usual[name])),
        key=f"{name}-{draft.token}", format_func=lambda level: level.title, on_change=keep, args=(name,),
    )
    for name, field in LEVELS.items()
}  # fmt: skip
team = next((c.team_id for c in compose.list_with_ancestors(known, category) if c.team_id), None)
with page.see() as session:
    asked = values_.list_for_new_ticket(
        session, me, category_id=category, team_id=team or teams.get_default_id(session)
    )
    names = {p.id: p.name for p in accounts.list_visible(session, me, limit=500)} if asked else {}
filled = custom_fields.show_new_ticket_fields(
    asked, values.get("fields") or {}, token=draft.token, people=names,
    keep=compose.build_custom_fields_saver(DRAFT_SLOT, draft.token),
)  # fmt: skip
requester, proposal = None, ""
if others:
    proposal = left.text_input(
        "Propose a category", values.get("proposal", ""), max_chars=80, key=f"proposal-{draft.token}",
        placeholder="Name of the missing category", on_change=keep, args=("proposal",),
        help="Choose the closest category for now. The ticket moves when an administrator accepts the new one.",
    )  # fmt: skip
    requester = st.selectbox(
        "On behalf of", list(people), index=compose.index_of(people, values.get("requester", me.id)),
        key=f"requester-{draft.token}", on_change=keep, args=("requester",),
        format_func=lambda id: formatting.format_searchable_name(people[id].name, people[id].email),
    )  # fmt: skip
tagged: list[str] = []
due_on = None
if me.staff:
    due_on = right.date_input(
        "Due",
        compose.parse_date(values.get("due")),
        key=f"due-{draft.token}",
        format=formatting.day_input_format(),
        on_change=keep,
        args=("due",),
    )
    given = [str(name) for name in values.get("tags") or []]
    tagged = st.multiselect(
        "Tags", sorted({*offered_tags, *given}), given, key=f"tags-{draft.token}", accept_new_options=True,
        max_selections=tickets.MAX_TAGS, placeholder="Choose or type tags", on_change=keep, args=("tags",),
    )  # fmt: skip
confidential = st.checkbox(
    "Confidential: only the requester, the assignee, people in CC, and the team's managers can see it",
    value=bool(values.get("confidential")), key=f"confidential-{draft.token}", on_change=keep, args=("confidential",),
)  # fmt: skip

with st.container(horizontal=True):
    pressed = st.button("Create ticket", type="primary", icon=":material/send:", key="open_ticket")
    if st.button("Discard draft", type="tertiary", key="discard"):
        with page.attempt("Draft discarded.") as session:
            compose.discard_draft(session, me, DRAFT_SLOT)

if written and (pressed or written.submitted):
    try:
        sent = compose.submit_draft(draft, partial(
            compose.create_ticket, actor=me, draft=draft, written=written, category_id=category, levels=levels,
            requester_id=requester, confidential=confidential, tags=tagged, due_on=due_on, fields=filled,
            proposal=proposal,
        ))  # fmt: skip
    except Refusal as said:
        show_refusal_in_writer(key, said)
    late = "was already open, without your last changes. They are in the draft of your reply."
    page.flash(f"Ticket #{sent.made} {late if sent.late else 'is open.'}")
    st.switch_page("pages/desk/ticket.py", query_params={"id": str(sent.made)})
