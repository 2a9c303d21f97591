"""The one gate: who may see and do what, for page, API, worker, search, export and command line alike.

Reads are scoped in SQL by `visible`, deeds are permitted by `permit`; both follow the same rule, which
docs/permissions.md explains and a property test holds equal.
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
"""What concerns no ticket: the account, and what others keep."""
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
"""What taking part in a ticket is enough for; the rest is work, which only those who work the ticket's team may do.

So staff who ask another team for something are requesters there: they read no note about themselves.
"""
Statement = TypeVar("Statement", bound=Executable)
Model = TypeVar("Model", bound=SQLModel)
CACHED_STATEMENTS = 128
"""Statements of each sort that stay built, as putting one together takes longer than asking it; each hangs on nothing
but what an actor may, and all that one actor has take about 300 KB."""


class NotAPerson(RuntimeError):
    """Docket itself did what only a person does: a bug, never shown."""


@dataclass(frozen=True)
class Actor:
    """Who acts, made afresh from the database for each unit of work and never kept.

    Two actors are equal when they are the same person and may the same, by whatever door they came.
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
    """What they chose, or on pages the browser's for those who chose none."""
    desk_timezone: str = field(default=time_zones.UTC, compare=False)
    cap: str | None = field(default=None, compare=False)
    """The scope of the API token through which they act, if it is one."""
    batch: str | None = field(default=None, compare=False)
    """What the events of one change of many tickets have in common."""

    @property
    def person_id(self) -> int:
        """The id of the person who acts. Raises NotAPerson for Docket itself, which has none."""
        if self.id is None:
            raise NotAPerson(f"{self.name} is not a person.")
        return self.id

    def reach(self, permission: Permission) -> Scope:
        """Return how far `permission` reaches for this actor; what is not granted is NONE."""
        return self.scopes.get(permission, Scope.NONE)

    def may(self, permission: Permission, *, least: Scope = Scope.OWN) -> bool:
        """Tell whether the actor holds `permission` at least as far as `least`."""
        return self.reach(permission) >= least

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which the actor's days begin: their own, or the desk's for those who have none."""
        return time_zones.find(self.timezone, default=self.desk_timezone)

    @property
    def staff(self) -> bool:
        """Whether the actor works tickets, which is to say may read internal notes."""
        return self.may(Permission.COMMENT_READ_INTERNAL)

    def capped(self, scope: str) -> "Actor":
        """Return the actor as an API token of `scope` (read, write, admin) lets them be: never more than themselves."""
        kept = {p: s for p, s in self.scopes.items() if _token_allows(scope, p)}
        return replace(self, scopes=kept, cap=scope)


def _token_allows(scope: str, permission: Permission) -> bool:
    if scope == "admin":
        return True
    if scope == "write":
        return permission not in ADMIN_PERMISSIONS
    return permission in READ_PERMISSIONS


def system_actor(purpose: str, *permissions: Permission, channel: Source = Source.WORKER) -> Actor:
    """Return Docket itself acting for a named purpose, with just the permissions listed."""
    return Actor(
        id=None,
        name=f"Docket ({purpose})",
        role="system",
        channel=channel,
        scopes=dict.fromkeys(permissions, Scope.ALL),
    )


@lru_cache(maxsize=CACHED_STATEMENTS)
def participation_condition(actor: Actor) -> ColumnElement[bool]:
    """The tickets an actor asked for, is in copy of, or is assigned while still in their team."""
    return or_(*participation_conditions(actor))


def participation_conditions(actor: Actor) -> list[ColumnElement[bool]]:
    """Return the same one by one: each has an index of its own, along which PostgreSQL doesn't look for either."""
    copied = select(Participant.ticket_id).where(Participant.person_id == actor.id)
    return [
        col(Ticket.requester_id) == actor.id,
        col(Ticket.id).in_(copied),
        and_(col(Ticket.assignee_id) == actor.id, col(Ticket.team_id).in_(actor.teams)),
    ]


def scope_condition(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """The SQL condition on `ticket` for what `permission` reaches; the twin of `can`."""
    reach = actor.reach(permission)
    if reach == Scope.NONE:
        return false()
    if reach == Scope.ALL:
        return true()
    mine = participation_condition(actor) if permission in PARTICIPATION_PERMISSIONS else false()
    return mine if reach == Scope.OWN else or_(mine, col(Ticket.team_id).in_(actor.teams))


@lru_cache(maxsize=CACHED_STATEMENTS)
def visible_condition(actor: Actor) -> ColumnElement[bool]:
    """The SQL condition for the tickets an actor may see at all."""
    private = or_(participation_condition(actor), scope_condition(actor, Permission.TICKET_CONFIDENTIAL))
    return and_(
        col(Ticket.deleted_at).is_(None),
        scope_condition(actor, Permission.TICKET_READ),
        or_(~col(Ticket.confidential), private),
    )


def visible(actor: Actor, *entities: Any) -> Any:
    """Return a select of `entities` from tickets the actor may see; join further tables onto it."""
    return (
        select(*(entities or (Ticket,)))
        .select_from(Ticket)
        .where(visible_condition(actor))
        .execution_options(gate="visible")
    )


def select_count(chosen: Any) -> Any:
    """Return a select that counts the rows of another select; it is scoped if that one is."""
    number = select(func.count()).select_from(chosen.subquery())
    return number.execution_options(**chosen.get_execution_options())


def unscoped(statement: Statement, reason: str, **options: Any) -> Statement:
    """Let a statement through the session's guard, with more execution options if any, and say why it may pass.

    This and `unscoped_get` are the only ways around it (`lib/transactions.py`). Raises ValueError without a reason.
    """
    return statement.execution_options(**options, gate=_require_reason(reason))


def unscoped_get(session: Session, model: type[Model], key: Any, reason: str) -> Model | None:
    """Return the row with a primary key, or None, past the session's guard, and say why it may pass."""
    return session.get(model, key, execution_options={"gate": _require_reason(reason)})


def _require_reason(reason: str) -> str:
    if not reason.strip():
        raise ValueError("an unscoped statement needs a reason")
    return reason


def visible_comments_condition(actor: Actor) -> ColumnElement[bool]:
    """The SQL condition on `comment` (joined to a visible ticket): internal notes only for those who may read them."""
    return or_(~col(Comment.internal), scope_condition(actor, Permission.COMMENT_READ_INTERNAL))


_CC_STATEMENT = unscoped(
    select(Participant.person_id).where(
        col(Participant.ticket_id) == bindparam("ticket"), col(Participant.person_id) == bindparam("person")
    ),
    "only whether the person takes part in the ticket",
)
"""Built once, as it is asked for each ticket on its own."""


def _participates(session: Session, actor: Actor, ticket: Ticket) -> bool:
    if actor.id is None:
        return False
    if ticket.requester_id == actor.id:
        return True
    if ticket.assignee_id == actor.id and ticket.team_id in actor.teams:
        return True
    return session.exec(_CC_STATEMENT, params={"ticket": ticket.id, "person": actor.id}).first() is not None


def can(session: Session, actor: Actor, permission: Permission, ticket: Ticket) -> bool:
    """Tell whether `permission` reaches this ticket; the twin of `scope_condition`."""
    if works_on(actor, permission, ticket):
        return True
    shared = permission in PARTICIPATION_PERMISSIONS and actor.may(permission)
    return shared and _participates(session, actor, ticket)


def select_roles_granting(permission: Permission, *scopes: Scope) -> Any:
    """Return a select of the roles that grant a permission with one of these scopes."""
    return select(RolePermission.role_id).where(
        RolePermission.permission == permission, col(RolePermission.scope).in_(scopes)
    )


def list_workers(session: Session, team_id: int, permission: Permission) -> dict[int, str]:
    """Return who in a team works its tickets as far as `permission` goes: active people, names by id, by name."""
    rows = session.exec(
        select(Person.id, Person.name)
        .join(Membership, col(Membership.person_id) == Person.id)
        .where(Membership.team_id == team_id, col(Person.active))
        .where(col(Person.role_id).in_(select_roles_granting(permission, Scope.TEAM, Scope.ALL)))
        .order_by(Person.name)
    ).all()
    return dict(rows)


def works_on(actor: Actor, permission: Permission, ticket: Ticket) -> bool:
    """Tell whether `permission` reaches this ticket because the actor works it, not because they take part in it."""
    reach = actor.reach(permission)
    return reach == Scope.ALL or (reach == Scope.TEAM and ticket.team_id in actor.teams)


def can_see(session: Session, actor: Actor, ticket: Ticket) -> bool:
    """Tell whether the actor may see the ticket; the twin of `visible_condition`."""
    if ticket.deleted_at is not None or not can(session, actor, Permission.TICKET_READ, ticket):
        return False
    if not ticket.confidential:
        return True
    return can(session, actor, Permission.TICKET_CONFIDENTIAL, ticket) or _participates(
        session, actor, ticket
    )


def permit(session: Session, actor: Actor, permission: Permission, ticket: Ticket) -> None:
    """Let the deed on `ticket` go on.

    Raises NotFound when the actor may not see the ticket, NotPermitted when they see it but may not do this, and
    Invalid when it was merged into another one, where nothing but reading goes on.
    """
    if not can_see(session, actor, ticket):
        raise not_found(actor, permission, "ticket", ticket.id)
    if not can(session, actor, permission, ticket):
        raise not_permitted(actor, permission, subject="ticket", subject_id=ticket.id)
    if ticket.merged_into_id is not None and permission not in READ_PERMISSIONS:
        raise Invalid(f"#{ticket.id} was merged into another ticket and can no longer be changed.")


def require(actor: Actor, permission: Permission, *, least: Scope = Scope.OWN) -> None:
    """Let a deed that concerns no ticket go on; raises NotPermitted."""
    if not actor.may(permission, least=least):
        raise not_permitted(actor, permission, subject="desk", subject_id=None)


def build_denial(actor: Actor, permission: Permission, subject: str, subject_id: int | None) -> Denial:
    """Return what the audit keeps of a refusal."""
    return Denial(actor.id, permission.value, subject, subject_id, actor.channel.value)


def not_permitted(
    actor: Actor, permission: Permission, *, subject: str, subject_id: int | None
) -> NotPermitted:
    """Return the refusal of something the actor may see but not do, to be raised and recorded."""
    return NotPermitted(
        f"Your role ({actor.role}) doesn't allow this: it needs the permission {permission.value}.",
        permission=permission.value,
        denial=build_denial(actor, permission, subject, subject_id),
    )


def not_found(actor: Actor, permission: Permission, subject: str, subject_id: int | None) -> NotFound:
    """Return the refusal of something the actor may not know of, to be raised and recorded."""
    return NotFound(
        "This doesn't exist, or you don't have access to it.",
        denial=build_denial(actor, permission, subject, subject_id),
    )
