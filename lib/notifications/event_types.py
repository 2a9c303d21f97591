"""What people hear of, told from an event; most events are for the history alone."""

from collections.abc import Callable

from db.models import Event
from db.vocabulary import Action, NotificationType, StatusCategory
from lib.catalog.ticket_fields import FIELDS

NOTIFIED_FIELDS = frozenset(field.event for field in FIELDS if field.notify)
"""The fields whose change somebody hears of."""


def find_for_event(event: Event, kinds: Callable[[], dict[str, str]]) -> NotificationType | None:  # noqa: PLR0911 - one answer a deed
    """Return what people hear of an event, or None; `kinds` gives what the names of statuses mean."""
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
