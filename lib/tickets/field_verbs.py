"""Field verbs: the function that changes each ticket field, and how to restore a value from an event."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlmodel import Session, select

from db.models import Team, Ticket
from lib.access.gate import Actor
from lib.catalog import categories, custom_field_values, statuses
from lib.catalog.ticket_fields import FieldType, TicketField
from lib.core.errors import Invalid
from lib.people import teams
from lib.tickets import tickets


def _assign(
    session: Session, actor: Actor, ticket: Ticket, to: int | None, *, seen: int, reason: str = ""
) -> None:
    if to is None:
        tickets.unassign(session, actor, ticket, seen=seen, reason=reason)
    else:
        tickets.assign(session, actor, ticket, to=to, seen=seen, reason=reason)


VERBS: Mapping[str, Callable[..., None]] = {
    "title": lambda s, a, t, to, seen: tickets.rename(s, a, t, title=to, seen=seen),
    "description": lambda s, a, t, to, seen: tickets.set_description(s, a, t, description=to, seen=seen),
    "priority": lambda s, a, t, to, seen: tickets.prioritize(s, a, t, priority=to, seen=seen),
    "category": lambda s, a, t, to, seen: tickets.categorize(
        s, a, t, category=categories.get(s, to), seen=seen
    ),
    "due": lambda s, a, t, to, seen: tickets.set_due_date(s, a, t, due_on=to, seen=seen),
    "tag": lambda s, a, t, to, seen: tickets.set_tags(s, a, t, tags=to, seen=seen),
    "field": lambda s, a, t, to, seen: custom_field_values.update(s, a, t, given=to, seen=seen),
    "status": lambda s, a, t, to, seen, reason="": tickets.move(
        s, a, t, to=statuses.get(s, to), seen=seen, reason=reason
    ),
    "team": lambda s, a, t, to, seen: tickets.move_to_team(s, a, t, team=teams.get(s, to), seen=seen),
    "assignee": _assign,
    "confidential": lambda s, a, t, to, seen: tickets.set_confidential(s, a, t, confidential=to, seen=seen),
}
"""By field, in the order to apply several changes: those that may end the actor's access come last."""
REASONED = ("status", "assignee")
"""Fields whose verbs take a reason."""


def change(
    session: Session, actor: Actor, ticket: Ticket, *, name: str, to: Any, seen: int, reason: str = ""
) -> None:
    """Change a field of a ticket. A reference is given as its id, or as its name where that is unique.

    `reason` is used only for the fields in REASONED. Raises what the field's verb raises.
    """
    more = {"reason": reason} if name in REASONED else {}
    VERBS[name](session, actor, ticket, to, seen=seen, **more)


def parse_event_value(session: Session, field: TicketField, told: str | None) -> Any:
    """Return the value for `change` from the text in an event. Raises Invalid for a team that no longer exists."""
    match field.type:
        case FieldType.LEVEL:
            return field.values[(told or "").upper()]
        case FieldType.DAY:
            return date.fromisoformat(told) if told else None
        case FieldType.TAGS:
            return told.split(", ") if told else ()
        case FieldType.PERSON:
            return int(told) if told else None
    return _team(session, told) if field.values is Team else told or ""


def _team(session: Session, name: str | None) -> int:
    team = session.exec(select(Team.id).where(Team.name == name)).first()
    if team is None:
        raise Invalid(f"The team {name} no longer exists.")
    return team
