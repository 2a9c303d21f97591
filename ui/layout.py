"""How a person has their list: its columns and groups, chosen on the page, kept in the address."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from db.vocabulary import Kind
from lib.desk import layout
from lib.desk.listing import TicketRow
from ui import lists
from ui.components.ticket_rows import COLUMNS, Column

LABELS: Mapping[str, str] = {
    "category": "Category",
    "priority": "Priority",
    "status": "Status",
    "assignee": "Assignee",
    "requester": "Requester",
    "team": "Team",
    "created": "Opened",
    "updated": "Updated",
    "due": "Due",
}
SORTED: Mapping[str, tuple[str, str]] = {
    "priority": ("-priority", "priority"),
    "created": ("-created", "created"),
    "updated": ("-updated", "updated"),
}
"""By what a click on a heading sorts at first, and the next time."""
KINDS = list(Kind)
Order = Callable[[TicketRow], tuple[Any, ...]]
GROUPS: Mapping[str, tuple[Order, Callable[[TicketRow], str]]] = {
    "status": (lambda r: (KINDS.index(r.kind), r.status_id), lambda r: r.status),
    "priority": (lambda r: (-r.priority,), lambda r: r.priority.label.capitalize()),
    "category": (lambda r: (r.category or "",), lambda r: r.category or "No category"),
    "team": (lambda r: (r.team,), lambda r: r.team),
    "assignee": (lambda r: ((r.assignee or "").casefold(), r.assignee_id or 0), lambda r: r.assignee or "Nobody yet"),
    "requester": (lambda r: (r.requester.casefold(), r.requester_id), lambda r: r.requester),
}  # fmt: skip


def facts() -> tuple[str, ...]:
    """Return the facts that the address asks for."""
    return layout.read(st.query_params.get("cols", ""))


def group() -> str:
    """Return what the address groups by, or nothing."""
    asked = st.query_params.get("group", "")
    return asked if asked in GROUPS else ""


def choose() -> None:
    """Let a person choose columns and groups."""
    with st.popover("Columns", icon=":material/view_column:", type="tertiary", key="columns"):
        st.session_state["cols"] = list(facts())
        st.multiselect(
            "Columns, in this order", layout.FACTS, key="cols", format_func=LABELS.__getitem__,
            max_selections=layout.MOST, on_change=_columns,
        )  # fmt: skip
        lists.follow("group", ("", *GROUPS), default="")
        st.selectbox(
            "In groups of", ["", *GROUPS], key="group", on_change=lists.chosen, args=("group", ""),
            format_func=lambda name: LABELS.get(name, "No groups"),
        )  # fmt: skip


def _columns() -> None:
    lists.put(cols=layout.write(st.session_state["cols"]))


def columns(sort: str, kept: Mapping[str, str]) -> list[Column]:
    """Return the columns of the list, whose headings sort it; `kept` is what else stands in the address."""
    return [COLUMNS[0], *(Column(name, LABELS[name], _sorting(name, sort, kept)) for name in facts())]


def _sorting(name: str, sort: str, kept: Mapping[str, str]) -> str:
    if name not in SORTED:
        return ""
    first, second = SORTED[name]
    return lists.link("/tickets", {**kept, "sort": second if sort == first else first})


def grouped(rows: Sequence[TicketRow]) -> tuple[Sequence[TicketRow], list[str]]:
    """Return rows in the order of their groups, and the name of the group of each; no names without groups."""
    name = group()
    if not name:
        return rows, []
    order, label = GROUPS[name]
    ordered = sorted(rows, key=order)
    return ordered, [label(row) for row in ordered]
