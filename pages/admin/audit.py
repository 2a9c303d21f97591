"""The audit: administration, sign-ins and refusals, newest first."""

import streamlit as st

from lib.trust import audit
from ui import frame, page, words

me = page.me()
frame.header("Audit", actor=me)
st.caption("What was administered, who signed in, and what was refused. Nobody can change or delete it.")

kinds = [a.value for a in audit.Action if a not in audit.ON_TICKETS]
kind = st.selectbox(
    "What", kinds, index=None, key="what", bind="query-params", placeholder="Everything", width=320
)
before = page.number_asked("before") or None
with page.see() as session:
    found = audit.read(session, me, action=kind, before=before, limit=51)

if not found:
    st.info("Nothing to show here.", icon=":material/policy:")
else:
    st.table(
        {
            "When": [words.when(e.at) for e in found[:50]],
            "Who": [words.plain(e.actor or "—") for e in found[:50]],
            "What": [words.plain(e.action) for e in found[:50]],
            "To": [words.plain(e.subject) for e in found[:50]],
            "Detail": [
                words.plain(
                    " ".join(filter(None, (e.field, e.old and f"from {e.old}", e.new and f"to {e.new}")))
                )
                for e in found[:50]
            ],
            "Through": [e.channel for e in found[:50]],
        },
        border="horizontal",
        hide_index=True,
    )
if len(found) > 50:
    kept = {"what": kind} if kind else {}
    older = {**kept, "before": str(found[49].id)}
    st.page_link("pages/admin/audit.py", label="Older", icon=":material/chevron_right:", query_params=older)
