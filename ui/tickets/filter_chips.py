"""The filters of a list as chips: each qualifier of the search line can be taken out, and new ones put together."""

from collections.abc import Iterable
from datetime import date

import streamlit as st

from lib.access.gate import Actor
from lib.catalog import categories, statuses, tags
from lib.catalog.ticket_fields import FILTERED, FieldType
from lib.lists import query_language
from lib.lists.qualifiers import QueryTerm
from lib.people import accounts, teams
from ui.shared import formatting, page, search_box
from ui.shared.lists import go_to_first_page

FIELD_LABELS = {name: field for name, field in FILTERED.items() if field.chip}
SPECIAL_PEOPLE = {"me": "Me", "none": "Unassigned"}


def show_chips(me: Actor, line: str) -> str:
    """Show a chip for each qualifier of the line under the key `q`, which takes it out, and ways to add one.

    Returns the qualifier that is being typed, if there is one that could go on.
    """
    last = query_language.find_last_term(line)
    typing = last[1].written if last else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="chips"):
        adding = st.popover("Filters", icon=":material/filter_list:", key="filter", on_change="rerun")
        if adding.open:
            with adding:
                _show_filter_form(me)
        search_box.show_help(search_box.fill_list_box)
        terms = query_language.parse(line).terms
        people, taken = _load_names(me, terms), _find_understood(me, line) if terms else frozenset()
        for place, term in enumerate(terms):
            if place not in taken:
                continue
            values = [people.get(v, v) if _holds_people(term) else v for v in term.values]
            label = f"{'not ' if term.negated else ''}{term.name}: {', '.join(values)}"
            st.button(
                formatting.escape_markdown(label), key=f"chip-{place}", icon=":material/close:", icon_position="right",
                on_click=_remove_filter, args=(place,), help="Remove filter",
            )  # fmt: skip
        return typing if search_box.show_suggestions(me, line) else ""


def _find_understood(me: Actor, line: str) -> frozenset[int]:
    """Return the places of the qualifiers that are understood; only they have chips."""
    with page.see() as session:
        return query_language.interpret(
            session, page.with_browser_timezone(me), query_language.parse(line), words=False
        ).taken


def _load_names(me: Actor, terms: Iterable[QueryTerm]) -> dict[str, str]:
    """Return the names of the people whom terms name by their numbers."""
    said = {v for term in terms if _holds_people(term) for v in term.values}
    numbers = [int(v) for v in said if v.isascii() and v.isdigit() and len(v) < 10]
    if not numbers:
        return {}
    with page.see() as session:
        return {str(id): name for id, name in accounts.get_names(session, me, numbers).items()}


def _holds_people(term: QueryTerm) -> bool:
    return term.name in FILTERED and FILTERED[term.name].type == FieldType.PERSON


def _show_filter_form(me: Actor) -> None:
    field = st.selectbox(
        "Field", list(FIELD_LABELS), key="chip_field", format_func=lambda name: FIELD_LABELS[name].label
    )
    negated = st.checkbox("Exclude these", key="chip_not")
    values = _choose_dates() if FIELD_LABELS[field].dated else _choose_values(me, field)
    st.button(
        "Add filter", type="primary", disabled=not values, on_click=_add_filter, args=(field, values, negated),
        key="chip_add",
    )  # fmt: skip


def _choose_values(me: Actor, field: str) -> list[str]:
    if field == "requester":
        return [typed] if (typed := st.text_input("Name or “me”", key="chip_requester").strip()) else []
    options = _load_options(me, field)
    return st.multiselect(
        FIELD_LABELS[field].label,
        list(options),
        key=f"chip_{field}",
        format_func=options.__getitem__,
        max_selections=20,
    )


def _load_options(me: Actor, field: str) -> dict[str, str]:
    if FIELD_LABELS[field].type == FieldType.LEVEL:
        return {level.label: level.title for level in reversed(FIELD_LABELS[field].values)}
    with page.see() as session:
        match field:
            case "status":
                names: Iterable[str] = (s.name for s in statuses.list_all(session))
            case "category":
                names = (c.name for c in categories.list_all(session))
            case "tag":
                names = tags.list_names(session, me)
            case "team":
                names = (t.name for t in teams.list_all(session, me))
            case _:
                staff = {name for team in teams.list_all(session, me) for name in team.members.values()}
                return {
                    **SPECIAL_PEOPLE,
                    **{name: formatting.format_searchable_name(name) for name in sorted(staff)},
                }
        return {name: name for name in names}


def _choose_dates() -> list[str]:
    first = st.date_input("From", value=None, key="chip_from")
    last = st.date_input("Through", value=None, key="chip_until")
    match first, last:
        case date(), date() if first == last:
            return [first.isoformat()]
        case date(), date():
            return [f"{first}..{last}"]
        case date(), None:
            return [f">={first}"]
        case None, date():
            return [f"<={last}"]
    return []


def _add_filter(field: str, values: list[str], negated: bool) -> None:
    added = query_language.format_qualifier(field, values, negated=negated)
    st.session_state.q = f"{st.session_state.q or ''} {added}".strip()
    go_to_first_page()


def _remove_filter(place: int) -> None:
    st.session_state.q = query_language.remove_qualifier(st.session_state.q or "", place)
    go_to_first_page()
