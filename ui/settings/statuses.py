"""The parts with which administrators keep statuses and the workflow."""

from collections.abc import Sequence

import streamlit as st

from db.vocabulary import StatusCategory
from lib.access import roles
from lib.access.gate import Actor
from lib.catalog import statuses, tags
from lib.catalog.statuses import StatusCard
from lib.catalog.tags import TagCard
from lib.tickets import workflow as rules
from ui.settings import removal
from ui.shared import formatting, page, tables
from ui.shared.forms import EditForm

CATEGORY_LABELS = {
    StatusCategory.TODO: "To do",
    StatusCategory.ACTIVE: "In progress",
    StatusCategory.BLOCKED: "Blocked",
    StatusCategory.PAUSED: "Waiting",
    StatusCategory.DONE: "Done",
}
NO_LIMIT = 0
RULE_LABELS = {"allowed": "Allowed", "reason": "Allowed with a reason", "no": "Not allowed"}


def format_status(status: StatusCard) -> str:
    """Return what a status means and asks, in words."""
    parts = [CATEGORY_LABELS[status.kind]]
    if status.is_default:
        parts.append("default for new tickets")
    if status.kind == StatusCategory.DONE and not status.counts:
        parts.append("does not count as resolved")
    if status.asks_reason:
        parts.append("requires a reason")
    if status.limit:
        parts.append(f"limit {status.limit}")
    return " · ".join(parts)


def show_edit_form(me: Actor, status: StatusCard) -> None:
    """Let an administrator change one status."""
    form = EditForm(f"status-{status.id}", status.version)
    with st.form(form.key, border=False):
        name = st.text_input("Name", max_chars=40, key=form.field("name", status.name))
        asks = st.checkbox("Require a reason", key=form.field("asks", status.asks_reason))
        limit = st.number_input(
            "Ticket limit (0: no limit)",
            0,
            10_000,
            key=form.field("limit", status.limit or NO_LIMIT),
        )
        form.tell()
        if st.form_submit_button("Save", type="primary"):
            with form.save("Saved.") as session:
                row = statuses.get(session, status.id)
                row.must_be(form.seen)
                statuses.rename(session, me, row, name=name)
                statuses.set_reason_required(session, me, row, asks=asks)
                statuses.set_limit(session, me, row, limit=int(limit) or None)


def show_archive_button(status: StatusCard, every: Sequence[StatusCard]) -> None:
    """Let an administrator archive one status, unless tickets begin there."""
    if status.is_default:
        return
    if st.button("Archive…", key=f"archive-{status.id}", icon=":material/inventory_2:"):
        done = status.kind == StatusCategory.DONE
        removal.show_archive_status_dialog(
            status,
            {s.id: s.name for s in every if s.id != status.id and (s.kind == StatusCategory.DONE) == done},
        )


def show_workflow(me: Actor, every: Sequence[StatusCard]) -> None:
    """Let an administrator say which moves a role may make."""
    st.subheader("Workflow", anchor=False)
    st.caption("All status changes are allowed unless you restrict them here for a role.")
    with page.see() as session:
        there = {r.id: r.name for r in roles.list_all(session)}
    names = {s.id: s.name for s in every}
    left, middle, right = st.columns(3)
    role = left.selectbox("Role", list(there), format_func=lambda id: there[id].capitalize(), key="role")
    was = middle.selectbox("From status", list(names), format_func=names.__getitem__, key="was")
    to = right.selectbox("To status", [i for i in names if i != was], format_func=names.__getitem__, key="to")
    with page.see() as session:
        own = rules.list_rules(session, role)
    now = own.get((was, to), rules.DEFAULT_RULE)
    at = "no" if not now.allowed else "reason" if now.asks_reason else "allowed"
    chosen = st.segmented_control(
        "Permission",
        list(RULE_LABELS),
        default=at,
        required=True,
        format_func=RULE_LABELS.__getitem__,
        key=f"may-{role}-{was}-{to}-{at}",
    )
    if chosen and chosen != at:
        with page.attempt("Workflow changed.") as session:
            rules.set_rule(
                session, me, role_id=role, was=statuses.get(session, was), to=statuses.get(session, to),
                allowed=chosen != "no", asks_reason=chosen == "reason",
            )  # fmt: skip
    unusual = [
        f"{names[a]} → {names[b]}: {_format_rule(r)}"
        for (a, b), r in own.items()
        if a in names and b in names
    ]
    for line in unusual:
        st.caption(line)


def _format_rule(rule: rules.TransitionRule) -> str:
    return RULE_LABELS["no"] if not rule.allowed else RULE_LABELS["reason"]


def show_tag_editor(me: Actor, every: Sequence[TagCard]) -> None:
    """Let an administrator rename, merge or delete one tag."""
    names = {card.id: card.name for card in every}
    counts = {card.id: card.count for card in every}
    chosen = st.selectbox(
        "Edit tag", list(names), index=None, format_func=names.__getitem__, placeholder="Choose a tag",
        key=f"tag-{page.attempt_count()}",
    )  # fmt: skip
    if chosen is None:
        return
    with st.container(border=True):
        with st.form(f"rename-{chosen}", border=False):
            name = st.text_input("Name", names[chosen], max_chars=tags.MAX_LENGTH)
            if st.form_submit_button("Rename", type="primary"):
                with page.attempt("Renamed.") as session:
                    tags.rename(session, me, tags.get(session, me, chosen), name=name)
        others = [id for id in names if id != chosen]
        if others:
            with st.form(f"merge-{chosen}", border=False):
                heir = st.selectbox("Merge into", others, format_func=names.__getitem__)
                if st.form_submit_button("Merge", icon=":material/merge:"):
                    with page.attempt("Merged.") as session:
                        into = tags.get(session, me, heir)
                        tags.merge(session, me, tags.get(session, me, chosen), into=into)
        held = (
            f"It is used on {counts[chosen]:,} tickets." if counts[chosen] != 1 else "It is used on 1 ticket."
        )
        with st.popover("Delete", icon=":material/delete:"):
            st.markdown(
                f"**{formatting.escape_markdown(names[chosen])}** will be removed from every ticket. {held}"
            )
            if st.button("Delete tag", type="primary"):
                with page.attempt("Tag deleted.") as session:
                    tags.remove(session, me, tags.get(session, me, chosen))


def show_tags(every: Sequence[TagCard]) -> None:
    """Show the tags and on how many tickets each stands."""
    listed = sorted(every, key=lambda card: (-card.count, card.name))
    tables.show_table(
        {"Tag": [card.name for card in listed], "Tickets": [f"{card.count:,}" for card in listed]},
        label="Tags",
    )
