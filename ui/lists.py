"""How lists of tickets are chosen and shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

import streamlit as st

from lib.desk.listing import CAP


@dataclass(frozen=True)
class View:
    """A ready-made list; `empty` is the sentence when it is, and a label and link for what to do."""

    label: str
    filters: Mapping[str, tuple[str, ...]]
    empty: tuple[str, ...]
    staff: bool = False


NEW = ("New ticket", "/new")
VIEWS: Mapping[str, View] = {
    "open": View("Open", {"kind": ("open",)}, ("No open tickets. When you need help, open one.", *NEW)),
    "mine": View(
        "Mine", {"kind": ("open",), "assignee": ("me",)}, ("Nothing is assigned to you.",), staff=True
    ),
    "unassigned": View(
        "Unassigned",
        {"kind": ("open",), "assignee": ("none",)},
        ("Every open ticket is in somebody's hands.",),
        staff=True,
    ),
    "asked": View(
        "Asked by me", {"requester": ("me",)}, ("You have not asked for anything.", *NEW), staff=True
    ),
    "done": View("Done", {"kind": ("done",)}, ("Nothing is done yet.",)),
    "all": View("All", {}, ("No tickets here yet.", *NEW)),
}
BOARD: Mapping[str, View] = {
    "all": View("Everybody's", {}, ()),
    "mine": View("Mine", {"assignee": ("me",)}, ()),
    "unassigned": View("Unassigned", {"assignee": ("none",)}, ()),
}
SORTS: Mapping[str, str] = {
    "-updated": "Last updated",
    "-created": "Newest",
    "created": "Oldest",
    "-priority": "Most urgent",
}


def begin_again() -> None:
    """Go back to the first page, because the list is another one now."""
    st.query_params.pop("after", None)


def link(path: str, query: Mapping[str, str]) -> str:
    """Return the address of a page inside Docket, as a link in HTML has it."""
    return f"{path}?{urlencode(query)}" if query else path


def more(label: str, path: str, query: Mapping[str, str]) -> None:
    """Lead to another part of a list. Streamlit's own link to the page one is on leaves no trace in the history."""
    st.html(
        f"<p class='dk dk-more'><a href='{escape(link(path, query))}' target='_self'>{escape(label)}</a></p>"
    )


def shown(count: int, noun: str) -> str:
    """Return a capped count in words."""
    if count > CAP:
        return f"More than {CAP:,} {noun}s"
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
