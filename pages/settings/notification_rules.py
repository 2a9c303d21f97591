"""Notification rules: of what whom Docket tells, and where, unless they chose otherwise."""

import streamlit as st

from db.vocabulary import NotificationChannel, RecipientReason
from lib.notifications import default_rules, rules
from ui.shared import lists, notification_labels, page
from ui.shared.forms import EditForm
from ui.shell import layout

me = page.me()
layout.show_header("Notification rules", actor=me)
with page.see() as session:
    own = rules.get(session, me)

st.caption(
    "The defaults for everyone who has not changed their notification settings. People are not notified of their own "
    "changes. Requesters are never notified of internal notes. Rules marked :material/bolt: are sent at once."
)
lists.read_choice_from_url(
    "whom", [relation.value for relation in RecipientReason], default=RecipientReason.MENTIONED.value
)
chosen = st.segmented_control(
    "Recipients", [relation.value for relation in RecipientReason], key="whom", required=True,
    format_func=lambda value: notification_labels.REASON_LABELS[RecipientReason(value)],
    on_change=lists.write_choice_to_url, args=("whom", RecipientReason.MENTIONED.value),
)  # fmt: skip
whom = RecipientReason(chosen or RecipientReason.MENTIONED.value)

form = EditForm("rules", own.version)
wanted = form.pending()
for occasion, relation in default_rules.PAIRS:
    if relation == whom:
        pair = (occasion, relation)
        mark = " :material/bolt:" if default_rules.is_immediate(*pair) else ""
        key = f"{form.key}-{own.version}-{occasion.value}-{whom.value}"
        now = wanted.get(pair, own.cells[pair])
        st.session_state.setdefault(key, [m for m in NotificationChannel if m in now])
        picked = st.pills(
            f"{default_rules.EVENT_LABELS[occasion]}{mark}", list(default_rules.available_channels(whom)),
            selection_mode="multi", format_func=notification_labels.format_channel, key=key,
            help=notification_labels.format_default(pair) if pair in own.own else None,
        )  # fmt: skip
        wanted[pair] = frozenset(picked)
        if wanted[pair] == own.cells[pair]:
            del wanted[pair]
form.tell()
with st.container(horizontal=True, vertical_alignment="center"):
    if st.button("Save", type="primary"):
        with form.save("Rules saved.") as session:
            rules.update(session, me, wanted, seen=form.seen)
    if wanted and st.button("Discard changes", type="tertiary", icon=":material/undo:"):
        form.discard()
    if wanted:
        rows = ", ".join(dict.fromkeys(notification_labels.REASON_LABELS[relation] for _, relation in wanted))
        st.caption(f"Unsaved changes: {rows}", width="content")

if own.own:
    count = len(own.own)
    st.caption(f"{count} rule{' differs' if count == 1 else 's differ'} from the shipped rules.")
    with st.popover("Reset to shipped rules", icon=":material/restart_alt:"):
        st.write("This replaces all changed rules. Personal notification settings stay.")
        if st.button("Reset rules", type="primary"):
            with page.attempt("Rules reset.") as session:
                rules.reset(session, me, seen=own.version)
