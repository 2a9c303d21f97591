"""What people hear of, told from an event; most events are for the history alone."""

from collections.abc import Callable

from db.models import Event
from db.vocabulary import Action, Kind, Occasion

TOLD = frozenset({"title", "description", "priority", "category", "due_on"})
"""The fields whose change somebody hears of."""


def of(event: Event, kinds: Callable[[], dict[str, str]]) -> Occasion | None:  # noqa: PLR0911 - one answer a deed
    """Return what people hear of an event, or None; `kinds` gives what the names of statuses mean."""
    match event.action:
        case Action.TICKET_CREATED:
            return Occasion.CREATED
        case Action.TICKET_ASSIGNED:
            return Occasion.ASSIGNED if event.new else Occasion.HANDED_BACK
        case Action.COMMENT_ADDED | Action.COMMENT_EDITED:
            return Occasion.NOTED if event.internal else Occasion.REPLIED
        case Action.TICKET_MOVED:
            return _moved(event, kinds())
        case Action.TICKET_UPDATED if event.field == "team":
            return Occasion.ARRIVED
        case Action.TICKET_UPDATED if event.field in TOLD:
            return Occasion.CHANGED
        case Action.TICKET_PARTICIPANTS if event.new:
            return Occasion.COPIED
        case Action.TICKET_MERGED:
            return Occasion.MERGED
    return None


def _moved(event: Event, kinds: dict[str, str]) -> Occasion:
    if kinds.get(event.new or "") == Kind.DONE:
        return Occasion.DONE
    return Occasion.REOPENED if kinds.get(event.old or "") == Kind.DONE else Occasion.MOVED
