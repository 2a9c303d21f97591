"""The audit: administration, sign-ins and refusals, newest first."""

import streamlit as st

from lib.audit import audit_log
from ui.settings import audit_labels
from ui.shared import formatting, lists, page
from ui.shared.tables import show_table
from ui.shell import layout

me = page.me()
layout.show_header("Audit log", actor=me)
st.caption("Changes to settings, sign-ins and refusals. Nobody can change or delete entries.")

kinds = [action.value for action in audit_log.AUDITED_ACTIONS]
kind = st.selectbox(
    "Action",
    kinds,
    index=None,
    key="what",
    bind="query-params",
    placeholder="All actions",
    width=360,
    format_func=audit_labels.format_action,
)
before = page.number_from_url("before") or None
with page.see() as session:
    found = audit_log.list_entries(session, me, action=kind, before=before, limit=51)
    names = audit_log.get_subject_names(session, found)

if not found:
    st.info("No entries.", icon=":material/policy:")
else:
    show_table(
        {
            "When": [formatting.format_timestamp(e.at) for e in found[:50]],
            "Person": [e.actor or "Docket" for e in found[:50]],
            "Action": [audit_labels.format_entry(e, names) for e in found[:50]],
            "Details": [audit_labels.format_change(e) for e in found[:50]],
            "Through": [e.channel for e in found[:50]],
        },
        label="Audit log",
    )
if len(found) > 50:
    kept = {"what": audit_labels.format_action(kind)} if kind else {}
    older = {**kept, "before": str(found[49].id)}
    lists.show_more_link("Older entries", "/audit-log", older)
