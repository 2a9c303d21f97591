"""How lists of tickets are chosen and shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

import streamlit as st

from lib.desk.filters import FIELDS
from lib.desk.listing import CAP
from lib.gate import Actor


@dataclass(frozen=True)
class View:
    """A ready-made list; `empty` is the sentence when it is, and a label and link for what to do.

    One that is not `listed` is offered only where a link led to it.
    """

    label: str
    filters: Mapping[str, tuple[str, ...]]
    empty: tuple[str, ...]
    staff: bool = False
    listed: bool = True


RECENT = 7
"""Days for which what was resolved is recent."""
NEW = ("New ticket", "/new")
OPEN, ME, TEAM = {"kind": ("open",)}, ("me",), {"team": ("mine",)}
RESOLVED, BLOCKED = {"resolved_after": (f"{RECENT}d",)}, {"kind": ("blocked",)}
UNRESOLVED = (f"Nothing was resolved in the last {RECENT} days.",)
VIEWS: Mapping[str, View] = {
    "open": View("Open", OPEN, ("No open tickets. When you need help, open one.", *NEW)),
    "mine": View("Mine", {**OPEN, "assignee": ME}, ("Nothing is assigned to you.",), staff=True),
    "unassigned": View(
        "Unassigned", {**OPEN, **TEAM, "assignee": ("none",)}, ("Every open ticket is in somebody's hands.",),
        staff=True,
    ),
    "asked": View("Asked by me", {"requester": ME}, ("You have not asked for anything.", *NEW), staff=True),
    "done": View("Done", {"kind": ("done",)}, ("Nothing is done yet.",)),
    "all": View("All", {}, ("No tickets here yet.", *NEW)),
    "waiting": View(
        "Waiting for me", {**OPEN, "assignee": ME, "last_word": ("requester",)}, ("Nobody waits for your answer.",),
        staff=True, listed=False,
    ),
    "blocked": View(
        "Blocked, mine", {**BLOCKED, "assignee": ME}, ("Nothing of yours is blocked.",), staff=True, listed=False
    ),
    "resolved": View("Resolved, mine", {**RESOLVED, "assignee": ME}, UNRESOLVED, staff=True, listed=False),
    "team": View("My teams", {**OPEN, **TEAM}, ("Your teams have no open tickets.",), staff=True, listed=False),
    "team-unanswered": View(
        "Not answered yet", {**OPEN, **TEAM, "answered": ("no",)}, ("Every open ticket was answered.",),
        staff=True, listed=False,
    ),
    "team-blocked": View("Blocked", {**BLOCKED, **TEAM}, ("Nothing is blocked.",), staff=True, listed=False),
    "team-resolved": View("Resolved", {**RESOLVED, **TEAM}, UNRESOLVED, staff=True, listed=False),
    "asked-open": View(
        "Asked by me, open", {**OPEN, "requester": ME}, ("Nothing that you asked for is open.", *NEW), listed=False
    ),
    "asked-pending": View(
        "Waiting for me", {"kind": ("paused",), "requester": ME}, ("Nobody waits for your answer.",), listed=False
    ),
    "asked-resolved": View("Resolved", {**RESOLVED, "requester": ME}, UNRESOLVED, listed=False),
}  # fmt: skip
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


NARROWING = [name for name in FIELDS if name != "q"]


def offered(actor: Actor, asked: str | None) -> dict[str, View]:
    """Return the views that a person may choose from: the usual ones, and the one whose label a link asked for."""
    open_to = {name: view for name, view in VIEWS.items() if actor.staff or not view.staff}
    usual = {name: view for name, view in open_to.items() if view.listed}
    further = (name for name, view in open_to.items() if view.label == asked and not view.listed)
    return usual | {name: open_to[name] for name in [next(further, "")] if name}


def opening(view: str = "open", *, sort: str = "-updated", **narrowing: str) -> str:
    """Return the address of a list of tickets; view and order stand in it by their labels, as people choose them."""
    return link("/tickets", {"show": VIEWS[view].label, "sort": SORTS[sort], **narrowing})


def narrowing() -> dict[str, list[str]]:
    """Return what a link narrowed the list to, besides its view and words."""
    return {name: st.query_params.get_all(name) for name in NARROWING if name in st.query_params}


def told(given: Mapping[str, Sequence[str]], statuses: Mapping[str, str]) -> str:
    """Return in words what a list is narrowed to; `statuses` are names by id."""
    parts = []
    for name, values in given.items():
        field, _, side = name.replace("last_word", "last word by").partition("_")
        shown = [
            statuses.get(v, v) if name == "status" else v.partition(".")[0].replace("T", " ") for v in values
        ]
        parts.append(f"{field.replace('_', ' ')} {side} {' or '.join(shown)}".replace("  ", " "))
    return ", ".join(parts)


def begin_again(*, with_all: bool = False) -> None:
    """Go back to the first page, because the list is another one now; `with_all` tickets that its view holds."""
    for name in ("after", *(NARROWING if with_all else ())):
        st.query_params.pop(name, None)


def capped(count: int) -> str:
    """Return a capped count as a number."""
    return f"{CAP:,}+" if count > CAP else f"{count:,}"


def link(path: str, query: Mapping[str, str | Sequence[str]]) -> str:
    """Return the address of a page inside Docket, as a link in HTML has it."""
    return f"{path}?{urlencode(query, doseq=True)}" if query else path


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
