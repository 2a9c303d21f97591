"""When and how often a ticket changed, as far as the reader may know.

Internal notes and fields that requesters may not read don't count as changes for people who may not read notes. They
see the ticket's `public_version` and `public_updated_at`.
"""

from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import case
from sqlmodel import col

from db.models import Ticket
from db.vocabulary import Permission, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.core.errors import Conflict

_NOTES = Permission.COMMENT_READ_INTERNAL


class HasTeam(Protocol):
    """A ticket, or a row of a list, with the team that works on it."""

    @property
    def team_id(self) -> int:
        """The team's id."""
        ...


def can_see_all_changes(actor: Actor, where: HasTeam) -> bool:
    """Return whether the actor may know about every change to a ticket, because they may read its notes."""
    reach = actor.reach(_NOTES)
    return reach == Scope.ALL or (reach == Scope.TEAM and where.team_id in actor.teams)


def visible_version(actor: Actor, ticket: Ticket) -> int:
    """Return the version of a ticket as the actor sees it."""
    return ticket.version if can_see_all_changes(actor, ticket) else ticket.public_version


def must_be(actor: Actor, ticket: Ticket, seen: int) -> None:
    """Raise Conflict if the ticket was changed after version `seen`, as far as the actor may know."""
    now = visible_version(actor, ticket)
    if now != seen:
        raise Conflict(
            f"Somebody else changed #{ticket.id} while you were working on it. "
            "Your change was not saved. Check the ticket and try again.",
            current={"version": now},
        )


@lru_cache(maxsize=gate.CACHED_STATEMENTS)
def updated_at_expression(actor: Actor) -> Any:
    """Return the SQL expression for when each ticket last changed, as far as the actor may know."""
    known = all_changes_condition(actor)
    if known is not None:
        return case((known, col(Ticket.updated_at)), else_=col(Ticket.public_updated_at))
    return col(Ticket.updated_at if actor.reach(_NOTES) == Scope.ALL else Ticket.public_updated_at)


def all_changes_condition(actor: Actor) -> Any:
    """Return the SQL condition for tickets whose every change the actor may know; None for all tickets or none."""
    return gate.scope_condition(actor, _NOTES) if actor.reach(_NOTES) == Scope.TEAM and actor.teams else None
