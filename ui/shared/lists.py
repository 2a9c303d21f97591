"""How lists of tickets are chosen and shown."""

from collections.abc import Collection, Mapping, Sequence
from html import escape
from urllib.parse import urlencode

import streamlit as st

from db.vocabulary import Permission
from lib.access.gate import Actor
from lib.catalog.ticket_fields import SORTED, TicketField
from lib.lists.ticket_list import MAX_COUNT
from ui.shared import page

_RENAMED_VISIT = "_renamed"


def list_sort_orders(field: TicketField) -> tuple[str, str]:
    """Return by what a click on the heading of a field sorts at first, and the next time."""
    down, up = f"-{field.name}", field.name
    return (down, up) if field.sort and field.sort.down_first else (up, down)


SORT_LABELS: Mapping[str, str] = {
    name: field.sort.down if name.startswith("-") else field.sort.up
    for field in SORTED.values()
    for name in list_sort_orders(field)
    if field.sort and field.sort.up
}


def read_choice_from_url(name: str, options: Collection[str], *, default: str) -> None:
    """Let the coming widget of the key `name` hold what the address says, or `default`.

    The other half is `write_choice_to_url`. Streamlit's own binding would write labels into the address, which are for
    eyes and may change.
    """
    asked = st.query_params.get(name, default)
    st.session_state[name] = asked if asked in options else default


def accept_old_parameter(old: str, key: str) -> None:
    """Let the coming widget of the key `key` begin with what the address still holds under an `old` name.

    A key that is bound to the address belongs to one page: Streamlit takes it out of every address on the way from
    that page to another one.
    """
    if st.session_state.get(_RENAMED_VISIT) != page.visit_number() and old in st.query_params:
        st.session_state[key] = st.query_params[old]
    st.session_state[_RENAMED_VISIT] = page.visit_number()


def write_choice_to_url(name: str, default: str) -> None:
    """Write what was chosen into the address, and go back to the first page, because the list is another one now."""
    go_to_first_page()
    value = st.session_state[name]
    update_url(**{name: value if value != default else ""})


def update_url(**values: str) -> None:
    """Write values into the address; an empty one is taken out."""
    for name, value in values.items():
        if value:
            st.query_params[name] = value
        else:
            st.query_params.pop(name, None)


def go_to_first_page() -> None:
    """Go back to the first page, because the list is another one now."""
    st.query_params.pop("after", None)


def show_export(actor: Actor, line: Sequence[str], sort: str, *, understood: bool = True) -> None:
    """Offer the list as a file to those who may export tickets."""
    if not actor.may(Permission.EXPORT_TICKETS):
        return
    with st.popover("Export", icon=":material/download:", type="tertiary", key="export"):
        for kind, label in {"csv": "CSV", "xlsx": "Excel (XLSX)"}.items():
            query = {"q": line, "sort": sort, "format": kind}
            if st.context.timezone:
                query["zone"] = st.context.timezone
            st.link_button(
                label, f"/api/v1/tickets/export?{urlencode(query, doseq=True)}", icon=":material/table:"
            )
        if not understood:
            st.caption("Parts of the search were not understood. See the last lines of the file.")


def format_count(count: int) -> str:
    """Return a capped count as a number."""
    return f"{MAX_COUNT:,}+" if count > MAX_COUNT else f"{count:,}"


def build_url(path: str, query: Mapping[str, str | Sequence[str]]) -> str:
    """Return the address of a page inside Docket, as a link in HTML has it."""
    return f"{path}?{urlencode(query, doseq=True)}" if query else path


def show_more_link(label: str, path: str, query: Mapping[str, str]) -> None:
    """Lead to another part of a list. Streamlit's own link to the page one is on leaves no trace in the history."""
    st.html(
        f"<p class='dk dk-more'><a href='{escape(build_url(path, query))}' target='_self'>{escape(label)}</a></p>"
    )


def format_total(count: int, noun: str, *, known: bool = True) -> str:
    """Return a capped count in words; one that is not `known` was not taken, as it would take long."""
    if not known:
        return f"Many {noun}s"
    if count > MAX_COUNT:
        return f"More than {MAX_COUNT:,} {noun}s"
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
