"""Access checks: who may see and do what, for pages, API, worker, search, exports and commands.

Reads are scoped in SQL by `visible`, changes are permitted by `permit`. Both follow the same rules, explained in
docs/permissions.md; a property test keeps them equal.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Executable, and_, bindparam, false, func, or_, true
from sqlmodel import Session, SQLModel, col, select

from db.models import Comment, Membership, Participant, Person, RolePermission, Ticket
from db.vocabulary import Permission, Scope, Source
from lib.core import time_zones
from lib.core.errors import Denial, Invalid, NotFound, NotPermitted

READ_PERMISSIONS = frozenset(
    {
        Permission.TICKET_READ,
        Permission.TICKET_CONFIDENTIAL,
        Permission.COMMENT_READ_INTERNAL,
        Permission.ATTACHMENT_READ,
        Permission.EXPORT_TICKETS,
        Permission.REPORT_VIEW,
        Permission.TIME_READ,
    }
)
ADMIN_PERMISSIONS = frozenset(
    {
        Permission.APIKEY_OWN,
        Permission.AUDIT_READ,
        Permission.RATE_MANAGE,
        Permission.SYSTEM_MANAGE,
        Permission.TEAM_MANAGE,
        Permission.TEMPLATE_MANAGE,
        Permission.USER_MANAGE,
    }
)
"""Permissions that are not about a ticket: your own account, and administration."""
PARTICIPATION_PERMISSIONS = frozenset(
    {
        Permission.TICKET_READ,
        Permission.TICKET_CONFIDENTIAL,
        Permission.TICKET_UPDATE,
        Permission.TICKET_CLOSE,
        Permission.TICKET_PARTICIPANTS,
        Permission.COMMENT_PUBLIC,
        Permission.COMMENT_EDIT_OWN,
        Permission.ATTACHMENT_ADD,
        Permission.ATTACHMENT_READ,
        Permission.ATTACHMENT_REMOVE,
        Permission.EXPORT_TICKETS,
    }
)
"""Permissions that participants in a ticket have on it. All others require working on the ticket's team.

So staff who ask another team for help are requesters there and can't read notes about themselves.
"""
Statement = TypeVar("Statement", bound=Executable)
Model = TypeVar("Model", bound=SQLModel)
CACHED_STATEMENTS = 128
"""How many built statements of each kind are cached, because building one takes longer than executing it. A statement
depends only on an actor's permissions; all those of one actor take about 300 KB."""


class NotAPerson(RuntimeError):
    """Docket itself tried what only a person can do. This is a bug and is never shown to people."""


@dataclass(frozen=True)
class Actor:
    """The person or process that acts, built from the database for each unit of work and never kept.

    Two actors are equal when they are the same person with the same permissions, whatever the source.
    """

    id: int | None
    name: str = field(compare=False)
    role: str = field(compare=False)
    scopes: Mapping[Permission, Scope] = field(hash=False)
    teams: frozenset[int] = frozenset()
    channel: Source = field(default=Source.PAGE, compare=False)
    address: str | None = field(default=None, compare=False)
    email: str = field(default="", compare=False)
    role_id: int | None = field(default=None, compare=False)
    sign_in_id: int | None = field(default=None, compare=False)
    timezone: str | None = field(default=None, compare=False)
    """The chosen time zone or, on pages, the browser's if none was chosen."""
    desk_timezone: str = field(default=time_zones.UTC, compare=False)
    cap: str | None = field(default=None, compare=False)
    """The scope of the API token in use, if any."""
    batch: str | None = field(default=None, compare=False)
    """An id that all events of one bulk change share."""

    @property
    def person_id(self) -> int:
        """The id of the person who acts. Raises NotAPerson for Docket itself."""
        if self.id is None:
            raise NotAPerson(f"{self.name} is not a person.")
        return self.id

    def reach(self, permission: Permission) -> Scope:
        """Return the scope of `permission` for this actor; NONE if it is not granted."""
        return self.scopes.get(permission, Scope.NONE)

    def may(self, permission: Permission, *, least: Scope = Scope.OWN) -> bool:
        """Return whether the actor has `permission` with at least the scope `least`."""
        return self.reach(permission) >= least

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which the actor's days begin: their own, or the default time zone if they have none."""
        return time_zones.find(self.timezone, default=self.desk_timezone)

    @property
    def staff(self) -> bool:
        """Whether the actor is staff, that is, may read internal notes."""
        return self.may(Permission.COMMENT_READ_INTERNAL)

    def capped(self, scope: str) -> "Actor":
        """Return the actor limited to an API token's `scope` (read, write, admin), never with more permissions."""
        kept = {p: s for p, s in self.scopes.items() if _token_allows(scope, p)}
        return replace(self, scopes=kept, cap=scope)


def _token_allows(scope: str, permission: Permission) -> bool:
    if scope == "admin":
        return True
    if scope == "write":
        return permission not in ADMIN_PERMISSIONS
    return permission in READ_PERMISSIONS


def system_actor(purpose: str, *permissions: Permission, channel: Source = Source.WORKER) -> Actor:
    """Return Docket itself as the actor for a named purpose, with only the given permissions."""
    return Actor(
        id=None,
        name=f"Docket ({purpose})",
        role="system",
        channel=channel,
        scopes=dict.fromkeys(permissions, Scope.ALL),
    )


@lru_cache(maxsize=CACHED_STATEMENTS)
def participation_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the SQL condition for tickets the actor requested, is in CC of, or is assigned to while in their team."""
    return or_(*participation_conditions(actor))


def participation_conditions(actor: Actor) -> list[ColumnElement[bool]]:
    """Return the parts of `participation_condition`: PostgreSQL uses the index of each, but not when they are ORed."""
    copied = select(Participant.ticket_id).where(Participant.person_id == actor.id)
    return [
        col(Ticket.requester_id) == actor.id,
        col(Ticket.id).in_(copied),
        and_(col(Ticket.assignee_id) == actor.id, col(Ticket.team_id).in_(actor.teams)),
    ]


def scope_condition(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Return the SQL condition on `ticket` for what `permission` covers; mirrors `can`."""
    reach = actor.reach(permission)
    if reach == Scope.NONE:
        return false()
    if reach == Scope.ALL:
        return true()
    mine = participation_condition(actor) if permission in PARTICIPATION_PERMISSIONS else false()
    return mine if reach == Scope.OWN else or_(mine, col(Ticket.team_id).in_(actor.teams))


@lru_cache(maxsize=CACHED_STATEMENTS)
def visible_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the SQL condition for the tickets that the actor may see."""
    private = or_(participation_condition(actor), scope_condition(actor, Permission.TICKET_CONFIDENTIAL))
    return and_(
        col(Ticket.deleted_at).is_(None),
        scope_condition(actor, Permission.TICKET_READ),
        or_(~col(Ticket.confidential), private),
    )


def visible(actor: Actor, *entities: Any) -> Any:
    """Return a select of `entities` from tickets that the actor may see. Further tables can be joined to it."""
    return (
        select(*(entities or (Ticket,)))
        .select_from(Ticket)
        .where(visible_condition(actor))
        .execution_options(gate="visible")
    )


def select_count(chosen: Any) -> Any:
    """Return a select that counts the rows of another select. It is scoped if that one is."""
    number = select(func.count()).select_from(chosen.subquery())
    return number.execution_options(**chosen.get_execution_options())


def unscoped(statement: Statement, reason: str, **options: Any) -> Statement:
    """Mark a statement as allowed to pass the session's guard, with the reason and optional execution options.

    Only this and `unscoped_get` bypass the guard (`lib/transactions.py`). Raises ValueError without a reason.
    """
    return statement.execution_options(**options, gate=_require_reason(reason))


def unscoped_get(session: Session, model: type[Model], key: Any, reason: str) -> Model | None:
    """Return the row with a primary key, or None, bypassing the session's guard for the given reason."""
    return session.get(model, key, execution_options={"gate": _require_reason(reason)})


def _require_reason(reason: str) -> str:
    if not reason.strip():
        raise ValueError("an unscoped statement needs a reason")
    return reason


def visible_comments_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the SQL condition on `comment` (joined to a visible ticket) that hides internal notes from non-readers."""
    return or_(~col(Comment.internal), scope_condition(actor, Permission.COMMENT_READ_INTERNAL))


_CC_STATEMENT = unscoped(
    select(Participant.person_id).where(
        col(Participant.ticket_id) == bindparam("ticket"), col(Participant.person_id) == bindparam("person")
    ),
    "only whether the person takes part in the ticket",
)
"""Built once, because it is executed for each ticket."""


def _participates(session: Session, actor: Actor, ticket: Ticket) -> bool:
    if actor.id is None:
        return False
    if ticket.requester_id == actor.id:
        return True
    if ticket.assignee_id == actor.id and ticket.team_id in actor.teams:
        return True
    return session.exec(_CC_STATEMENT, params={"ticket": ticket.id, "person": actor.id}).first() is not None


def can(session: Session, actor: Actor, permission: Permission, ticket: Ticket) -> bool:
    """Return whether `permission` covers this ticket; mirrors `scope_condition`."""
    if works_on(actor, permission, ticket):
        return True
    shared = permission in PARTICIPATION_PERMISSIONS and actor.may(permission)
    return shared and _participates(session, actor, ticket)


def select_roles_granting(permission: Permission, *scopes: Scope) -> Any:
    """Return a select of the roles that grant a permission with one of the given scopes."""
    return select(RolePermission.role_id).where(
        RolePermission.permission == permission, col(RolePermission.scope).in_(scopes)
    )


def list_workers(session: Session, team_id: int, permission: Permission) -> dict[int, str]:
    """Return the active members of a team with `permission` for its tickets: names by id, sorted by name."""
    rows = session.exec(
        select(Person.id, Person.name)
        .join(Membership, col(Membership.person_id) == Person.id)
        .where(Membership.team_id == team_id, col(Person.active))
        .where(col(Person.role_id).in_(select_roles_granting(permission, Scope.TEAM, Scope.ALL)))
        .order_by(Person.name)
    ).all()
    return dict(rows)


def works_on(actor: Actor, permission: Permission, ticket: Ticket) -> bool:
    """Return whether `permission` covers this ticket through the actor's work, not as a participant."""
    reach = actor.reach(permission)
    return reach == Scope.ALL or (reach == Scope.TEAM and ticket.team_id in actor.teams)


def can_see(session: Session, actor: Actor, ticket: Ticket) -> bool:
    """Return whether the actor may see the ticket; mirrors `visible_condition`."""
    if ticket.deleted_at is not None or not can(session, actor, Permission.TICKET_READ, ticket):
        return False
    if not ticket.confidential:
        return True
    return can(session, actor, Permission.TICKET_CONFIDENTIAL, ticket) or _participates(
        session, actor, ticket
    )


def permit(session: Session, actor: Actor, permission: Permission, ticket: Ticket) -> None:
    """Check that the actor may do something to `ticket`; return if so.

    Raises NotFound when the actor may not see the ticket, NotPermitted when they may see it but not do this, and
    Invalid when it was merged into another ticket, where only reading is possible.
    """
    if not can_see(session, actor, ticket):
        raise not_found(actor, permission, "ticket", ticket.id)
    if not can(session, actor, permission, ticket):
        raise not_permitted(actor, permission, subject="ticket", subject_id=ticket.id)
    if ticket.merged_into_id is not None and permission not in READ_PERMISSIONS:
        raise Invalid(f"#{ticket.id} was merged into another ticket and can no longer be changed.")


def require(actor: Actor, permission: Permission, *, least: Scope = Scope.OWN) -> None:
    """Check a permission that is not about a ticket. Raises NotPermitted."""
    if not actor.may(permission, least=least):
        raise not_permitted(actor, permission, subject="desk", subject_id=None)


def build_denial(actor: Actor, permission: Permission, subject: str, subject_id: int | None) -> Denial:
    """Return what the audit log records about a refusal."""
    return Denial(actor.id, permission.value, subject, subject_id, actor.channel.value)


def not_permitted(
    actor: Actor, permission: Permission, *, subject: str, subject_id: int | None
) -> NotPermitted:
    """Return the error for something that the actor may see but not do. Raising it records the refusal."""
    return NotPermitted(
        f"Your role ({actor.role}) doesn't allow this: it needs the permission {permission.value}.",
        permission=permission.value,
        denial=build_denial(actor, permission, subject, subject_id),
    )


def not_found(actor: Actor, permission: Permission, subject: str, subject_id: int | None) -> NotFound:
    """Return the error for something that the actor may not know about. Raising it records the refusal."""
    return NotFound(
        "This doesn't exist, or you don't have access to it.",
        denial=build_denial(actor, permission, subject, subject_id),
    )
