"""Event types: which notification type an event has. Most events have none and are only for the history."""

from collections.abc import Callable

from db.models import Event
from db.vocabulary import Action, NotificationType, StatusCategory
from lib.catalog.ticket_fields import FIELDS

NOTIFIED_FIELDS = frozenset(field.event for field in FIELDS if field.notify)
"""Fields whose changes people are notified of."""


def find_for_event(event: Event, kinds: Callable[[], dict[str, str]]) -> NotificationType | None:  # noqa: PLR0911 - one per action
    """Return the notification type of an event, or None. `kinds` returns status categories by status name."""
    match event.action:
        case Action.TICKET_CREATED:
            return NotificationType.CREATED
        case Action.TICKET_ASSIGNED:
            return NotificationType.ASSIGNED if event.new else NotificationType.HANDED_BACK
        case Action.COMMENT_ADDED | Action.COMMENT_EDITED:
            return NotificationType.NOTED if event.internal else NotificationType.REPLIED
        case Action.TICKET_MOVED:
            return _find_for_move(event, kinds())
        case Action.TICKET_UPDATED if event.field == "team":
            return NotificationType.ARRIVED
        case Action.TICKET_UPDATED if event.field in NOTIFIED_FIELDS:
            return NotificationType.CHANGED
        case Action.TICKET_PARTICIPANTS if event.new:
            return NotificationType.COPIED
        case Action.TICKET_MERGED:
            return NotificationType.MERGED
    return None


def _find_for_move(event: Event, kinds: dict[str, str]) -> NotificationType:
    if kinds.get(event.new or "") == StatusCategory.DONE:
        return NotificationType.DONE
    return (
        NotificationType.REOPENED
        if kinds.get(event.old or "") == StatusCategory.DONE
        else NotificationType.MOVED
    )
