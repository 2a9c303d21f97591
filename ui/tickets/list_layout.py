"""How a person has their list: its columns and groups, chosen on the page, kept in the address."""

from collections.abc import Mapping

import streamlit as st

from lib.access.gate import Actor
from lib.catalog.ticket_fields import GROUPED, LEVELS, LISTED, NAMED, SORTED, FieldType
from lib.lists import columns as list_columns
from lib.lists import grouped_list, query_language, ticket_list
from lib.lists.filters import TicketFilter
from lib.lists.grouped_list import Group
from lib.transactions import Session
from ui.components.ticket_rows import TITLE, Column, Heading, column
from ui.shared import lists


def columns_from_url() -> tuple[str, ...]:
    """Return the facts that the address asks for."""
    return list_columns.parse(st.query_params.get("cols", ""))


def group_from_url() -> str:
    """Return what the address groups by, or nothing."""
    asked = st.query_params.get("group", "")
    return asked if asked in GROUPED else ""


def show_layout_options() -> None:
    """Let a person choose columns and groups."""
    with st.popover("Columns", icon=":material/view_column:", type="tertiary", key="columns"):
        st.session_state["cols"] = list(columns_from_url())
        st.multiselect(
            "Columns and their order", list(LISTED), key="cols", format_func=_label,
            max_selections=list_columns.MAX_COLUMNS, on_change=_save_columns,
        )  # fmt: skip
        lists.read_choice_from_url("group", ("", *GROUPED), default="")
        st.selectbox(
            "Group by", ["", *GROUPED], key="group", on_change=lists.write_choice_to_url, args=("group", ""),
            format_func=lambda name: _label(name) if name else "No grouping",
        )  # fmt: skip


def _label(name: str) -> str:
    return NAMED[name].label


def _save_columns() -> None:
    lists.update_url(cols=list_columns.to_text(st.session_state["cols"]))


def build_columns(sort: str, kept: Mapping[str, str]) -> list[Column]:
    """Return the columns of the list, whose headings sort it; `kept` is what else stands in the address."""
    return [TITLE, *(column(name, _build_sort_url(name, sort, kept)) for name in columns_from_url())]


def _build_sort_url(name: str, sort: str, kept: Mapping[str, str]) -> str:
    if name not in SORTED:
        return ""
    first, second = lists.list_sort_orders(SORTED[name])
    return lists.build_url("/tickets", {**kept, "sort": second if sort == first else first})


def load_page(
    session: Session,
    actor: Actor,
    narrowed: TicketFilter,
    *,
    sort: str,
    cursor: str | None = None,
    limit: int = 50,
    count: int | None = None,
) -> ticket_list.Page | grouped_list.Page:
    """Return a page of the list, in the groups that the address asks for. Raises Invalid.

    `count` is that of the list, None if it was not taken.
    """
    if name := group_from_url():
        return grouped_list.get_page(
            session, actor, narrowed, group=name, sort=sort, cursor=cursor, limit=limit, count=count
        )
    return ticket_list.get_page(session, actor, narrowed, sort=sort, cursor=cursor, limit=limit)


def build_headings(
    found: ticket_list.Page | grouped_list.Page, view: str, kept: Mapping[str, str]
) -> list[Heading]:
    """Return what stands above each group of a page, none without groups.

    Each leads to the list of its group alone; `view` is the line of the view that is shown, `kept` what else stands in
    the address.
    """
    shown, at = [], 0
    for each in found.groups if isinstance(found, grouped_list.Page) else ():
        count = "" if each.count is None else lists.format_count(each.count)
        shown.append(Heading(at, each.name, count, _build_group_url(each, view, kept), each.continued))
        at += len(each.rows)
    return shown


def _build_group_url(one: Group, view: str, kept: Mapping[str, str]) -> str:
    """Return the address of the list with one group alone; what else it says of the same fact would mean or."""
    name = group_from_url()
    value = one.name.lower() if name in LEVELS else one.name
    if GROUPED[name].type == FieldType.PERSON:
        value = str(one.value)  # a name may be that of several
    if one.value is None:
        value = "none"
    rest, whole = _remove_qualifier(kept.get("q", ""), name), _remove_qualifier(view, name)
    line = f"{rest} {query_language.format_qualifier(name, [value])} "  # a space, as nothing is being typed
    asked = {**kept, "q": line.lstrip()}
    if whole != view:
        asked |= {"show": "all", "q": f"{whole} {line}".lstrip()}
    return lists.build_url("/tickets", {k: v for k, v in asked.items() if k != "group"})


def _remove_qualifier(line: str, name: str) -> str:
    """Return a line without its qualifiers of a name, but for those that leave something out."""
    terms = query_language.parse(line).terms
    for place in reversed(range(len(terms))):
        if terms[place].name == name and not terms[place].negated:
            line = query_language.remove_qualifier(line, place)
    return line
