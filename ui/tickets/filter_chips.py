"""The filters of a list as chips: each qualifier of the search line can be taken out, and new ones put together."""

from collections.abc import Iterable
from datetime import date

import streamlit as st

from lib.access.gate import Actor
from lib.catalog import categories, statuses, tags
from lib.catalog.ticket_fields import FILTERED, FieldType
from lib.lists import query_language
from lib.lists.qualifiers import Term
from lib.people import accounts, teams
from ui.shared import formatting, page, search_box
from ui.shared.lists import begin_again

FIELDS = {name: field for name, field in FILTERED.items() if field.chip}
ONESELF = {"me": "Me", "none": "Nobody"}


def chips(me: Actor, line: str) -> str:
    """Show a chip for each qualifier of the line under the key `q`, which takes it out, and ways to add one.

    Returns the qualifier that is being typed, if there is one that could go on.
    """
    last = query_language.last(line)
    typing = last[1].written if last else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="chips"):
        adding = st.popover("Filter", icon=":material/filter_list:", key="filter", on_change="rerun")
        if adding.open:
            with adding:
                _form(me)
        search_box.explain(search_box.put_in)
        terms = query_language.read(line).terms
        people, taken = _people(me, terms), _taken(me, line) if terms else frozenset()
        for place, term in enumerate(terms):
            if place not in taken:
                continue
            values = [people.get(v, v) if _holds_people(term) else v for v in term.values]
            label = f"{'not ' if term.negated else ''}{term.name}: {', '.join(values)}"
            st.button(
                formatting.plain(label), key=f"chip-{place}", icon=":material/close:", icon_position="right",
                on_click=_drop, args=(place,), help="Take this filter out",
            )  # fmt: skip
        return typing if search_box.offers(me, line) else ""


def _taken(me: Actor, line: str) -> frozenset[int]:
    """Return the places of the qualifiers that are understood; only they have chips."""
    with page.see() as session:
        return query_language.understand(
            session, page.there(me), query_language.read(line), words=False
        ).taken


def _people(me: Actor, terms: Iterable[Term]) -> dict[str, str]:
    """Return the names of the people whom terms name by their numbers."""
    said = {v for term in terms if _holds_people(term) for v in term.values}
    numbers = [int(v) for v in said if v.isascii() and v.isdigit() and len(v) < 10]
    if not numbers:
        return {}
    with page.see() as session:
        return {str(id): name for id, name in accounts.names(session, me, numbers).items()}


def _holds_people(term: Term) -> bool:
    return term.name in FILTERED and FILTERED[term.name].type == FieldType.PERSON


def _form(me: Actor) -> None:
    field = st.selectbox(
        "Filter by", list(FIELDS), key="chip_field", format_func=lambda name: FIELDS[name].label
    )
    negated = st.checkbox("Leave these out instead", key="chip_not")
    values = _dates() if FIELDS[field].dated else _values(me, field)
    st.button(
        "Add filter", type="primary", disabled=not values, on_click=_add, args=(field, values, negated),
        key="chip_add",
    )  # fmt: skip


def _values(me: Actor, field: str) -> list[str]:
    if field == "requester":
        return [typed] if (typed := st.text_input("A name, or me", key="chip_requester").strip()) else []
    options = _options(me, field)
    return st.multiselect(
        FIELDS[field].label,
        list(options),
        key=f"chip_{field}",
        format_func=options.__getitem__,
        max_selections=20,
    )


def _options(me: Actor, field: str) -> dict[str, str]:
    if FIELDS[field].type == FieldType.LEVEL:
        return {level.label: level.title for level in reversed(FIELDS[field].values)}
    with page.see() as session:
        match field:
            case "status":
                names: Iterable[str] = (s.name for s in statuses.every(session))
            case "category":
                names = (c.name for c in categories.every(session))
            case "tag":
                names = tags.names(session, me)
            case "team":
                names = (t.name for t in teams.every(session, me))
            case _:
                staff = {name for team in teams.every(session, me) for name in team.members.values()}
                return {**ONESELF, **{name: formatting.findable(name) for name in sorted(staff)}}
        return {name: name for name in names}


def _dates() -> list[str]:
    first = st.date_input("From", value=None, key="chip_from")
    last = st.date_input("Until, included", value=None, key="chip_until")
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


def _add(field: str, values: list[str], negated: bool) -> None:
    added = query_language.write(field, values, negated=negated)
    st.session_state.q = f"{st.session_state.q or ''} {added}".strip()
    begin_again()


def _drop(place: int) -> None:
    st.session_state.q = query_language.without(st.session_state.q or "", place)
    begin_again()
