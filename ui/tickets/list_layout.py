"""How a person has their list: its columns and groups, chosen on the page, kept in the address."""

from collections.abc import Mapping

import streamlit as st

from lib.access.gate import Actor
from lib.catalog.ticket_fields import GROUPED, LEVELS, LISTED, NAMED, SORTED, FieldType
from lib.lists import columns as list_columns
from lib.lists import grouped_list, query_language, ticket_list
from lib.lists.filters import Narrowed
from lib.lists.grouped_list import Group
from lib.transactions import Session
from ui.components.ticket_rows import TITLE, Column, Heading, column
from ui.shared import lists


def facts() -> tuple[str, ...]:
    """Return the facts that the address asks for."""
    return list_columns.read(st.query_params.get("cols", ""))


def group() -> str:
    """Return what the address groups by, or nothing."""
    asked = st.query_params.get("group", "")
    return asked if asked in GROUPED else ""


def choose() -> None:
    """Let a person choose columns and groups."""
    with st.popover("Columns", icon=":material/view_column:", type="tertiary", key="columns"):
        st.session_state["cols"] = list(facts())
        st.multiselect(
            "Columns, in this order", list(LISTED), key="cols", format_func=_label,
            max_selections=list_columns.MOST, on_change=_columns,
        )  # fmt: skip
        lists.follow("group", ("", *GROUPED), default="")
        st.selectbox(
            "In groups of", ["", *GROUPED], key="group", on_change=lists.chosen, args=("group", ""),
            format_func=lambda name: _label(name) if name else "No groups",
        )  # fmt: skip


def _label(name: str) -> str:
    return NAMED[name].label


def _columns() -> None:
    lists.put(cols=list_columns.write(st.session_state["cols"]))


def columns(sort: str, kept: Mapping[str, str]) -> list[Column]:
    """Return the columns of the list, whose headings sort it; `kept` is what else stands in the address."""
    return [TITLE, *(column(name, _sorting(name, sort, kept)) for name in facts())]


def _sorting(name: str, sort: str, kept: Mapping[str, str]) -> str:
    if name not in SORTED:
        return ""
    first, second = lists.orders(SORTED[name])
    return lists.link("/tickets", {**kept, "sort": second if sort == first else first})


def page(
    session: Session,
    actor: Actor,
    narrowed: Narrowed,
    *,
    sort: str,
    cursor: str | None = None,
    limit: int = 50,
    count: int | None = None,
) -> ticket_list.Page | grouped_list.Page:
    """Return a page of the list, in the groups that the address asks for. Raises Invalid.

    `count` is that of the list, None if it was not taken.
    """
    if name := group():
        return grouped_list.page(
            session, actor, narrowed, group=name, sort=sort, cursor=cursor, limit=limit, count=count
        )
    return ticket_list.page(session, actor, narrowed, sort=sort, cursor=cursor, limit=limit)


def headings(
    found: ticket_list.Page | grouped_list.Page, view: str, kept: Mapping[str, str]
) -> list[Heading]:
    """Return what stands above each group of a page, none without groups.

    Each leads to the list of its group alone; `view` is the line of the view that is shown, `kept` what else stands in
    the address.
    """
    shown, at = [], 0
    for each in found.groups if isinstance(found, grouped_list.Page) else ():
        count = "" if each.count is None else lists.capped(each.count)
        shown.append(Heading(at, each.name, count, _alone(each, view, kept), each.continued))
        at += len(each.rows)
    return shown


def _alone(one: Group, view: str, kept: Mapping[str, str]) -> str:
    """Return the address of the list with one group alone; what else it says of the same fact would mean or."""
    name = group()
    value = one.name.lower() if name in LEVELS else one.name
    if GROUPED[name].type == FieldType.PERSON:
        value = str(one.value)  # a name may be that of several
    if one.value is None:
        value = "none"
    rest, whole = _without(kept.get("q", ""), name), _without(view, name)
    line = f"{rest} {query_language.write(name, [value])} "  # a space, as nothing is being typed
    asked = {**kept, "q": line.lstrip()}
    if whole != view:
        asked |= {"show": "all", "q": f"{whole} {line}".lstrip()}
    return lists.link("/tickets", {k: v for k, v in asked.items() if k != "group"})


def _without(line: str, name: str) -> str:
    """Return a line without its qualifiers of a name, but for those that leave something out."""
    terms = query_language.read(line).terms
    for place in reversed(range(len(terms))):
        if terms[place].name == name and not terms[place].negated:
            line = query_language.without(line, place)
    return line
