"""The lists that are there from the beginning, each a line in the language of the search box."""

from collections.abc import Mapping
from dataclasses import dataclass

from lib.access.gate import Actor
from ui.shared.lists import build_url


@dataclass(frozen=True)
class View:
    """A ready-made list; `empty` is the sentence when it is, and a label and link for what to do.

    One that is not `listed` is offered only where a link led to it.
    """

    label: str
    line: str
    empty: tuple[str, ...] = ()
    staff: bool = False
    listed: bool = True


RECENT_DAYS = 7
"""Days for which what was resolved is recent."""
NEW_TICKET_LINK = ("New ticket", "/new")
RESOLVED = f"resolved:{RECENT_DAYS}d"
NONE_RESOLVED = (f"No tickets were resolved in the last {RECENT_DAYS} days.",)
VIEWS: Mapping[str, View] = {
    "open": View("Open", "is:open", ("No open tickets. When you need help, create one.", *NEW_TICKET_LINK)),
    "mine": View("Mine", "is:open assignee:me", ("Nothing is assigned to you.",), staff=True),
    "unassigned": View(
        "Unassigned", "is:open team:mine assignee:none", ("No unassigned tickets.",), staff=True
    ),
    "asked": View("My requests", "requester:me", ("You have not created any tickets.", *NEW_TICKET_LINK), staff=True),
    "done": View("Done", "is:done", ("No completed tickets yet.",)),
    "all": View("All", "", ("No tickets here yet.", *NEW_TICKET_LINK)),
    "waiting": View(
        "Waiting for me", "is:open is:waiting assignee:me", ("No tickets are waiting for "
                                                             "you.",), staff=True, listed=False
    ),
    "blocked": View(
        "Blocked, assigned to me", "is:blocked assignee:me", ("None of your tickets are "
                                                              "blocked.",), staff=True, listed=False
    ),
    "resolved": View("Resolved, assigned to me", f"{RESOLVED} assignee:me", NONE_RESOLVED, staff=True, listed=False),
    "team": View("My teams", "is:open team:mine", ("Your teams have no open tickets.",), staff=True, listed=False),
    "team-unanswered": View(
        "No first response", "is:open is:unanswered team:mine", ("Every open ticket has a first response.",),
        staff=True, listed=False,
    ),
    "team-blocked": View("Blocked", "is:blocked team:mine", ("No blocked tickets.",), staff=True, listed=False),
    "team-resolved": View("Resolved", f"{RESOLVED} team:mine", NONE_RESOLVED, staff=True, listed=False),
    "asked-open": View(
        "My open requests", "is:open requester:me", ("You have no open requests.", *NEW_TICKET_LINK),
        listed=False,
    ),
    "asked-pending": View(
        "Waiting for me", "is:paused requester:me", ("No tickets are waiting for you.",), listed=False
    ),
    "asked-resolved": View("Resolved", f"{RESOLVED} requester:me", NONE_RESOLVED, listed=False),
}  # fmt: skip
BOARD_VIEWS: Mapping[str, View] = {
    "all": View("All", ""),
    "mine": View("Mine", "assignee:me"),
    "unassigned": View("Unassigned", "assignee:none"),
}


def list_for_person(actor: Actor, asked: str | None) -> dict[str, View]:
    """Return the views that a person may choose from: the usual ones, and the one that a link asked for."""
    return {
        name: view
        for name, view in VIEWS.items()
        if (actor.staff or not view.staff) and (view.listed or name == asked)
    }


def build_list_url(view: str = "open", *, sort: str = "-updated", line: str = "") -> str:
    """Return the address of a list of tickets: a view by its name, an order, and a line that narrows it further."""
    return build_url("/tickets", {name: v for name, v in (("show", view), ("sort", sort), ("q", line)) if v})
