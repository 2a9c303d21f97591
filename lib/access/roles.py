"""Roles: named sets of permissions, each with a scope."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from db.models import Role, RolePermission
from db.vocabulary import Permission, Scope
from lib.access.gate import PARTICIPATION_PERMISSIONS, Actor
from lib.core.errors import Invalid

DESCRIPTIONS: Mapping[Permission, str] = {
    Permission.APIKEY_OWN: "create API tokens",
    Permission.ATTACHMENT_ADD: "add files",
    Permission.ATTACHMENT_READ: "open files",
    Permission.ATTACHMENT_REMOVE: "remove files",
    Permission.AUDIT_READ: "read the audit log",
    Permission.COMMENT_EDIT_OWN: "edit your own comments for 15 minutes",
    Permission.COMMENT_INTERNAL: "write internal notes",
    Permission.COMMENT_PUBLIC: "reply",
    Permission.COMMENT_READ_INTERNAL: "read internal notes",
    Permission.EXPORT_TICKETS: "export tickets",
    Permission.RATE_MANAGE: "manage hourly rates and see costs",
    Permission.REPORT_VIEW: "see reports",
    Permission.SLA_OVERRIDE: "not used yet",
    Permission.SYSTEM_MANAGE: "change categories, statuses and settings",
    Permission.TEAM_MANAGE: "change teams and their members",
    Permission.TEMPLATE_MANAGE: "manage canned replies",
    Permission.TICKET_ASSIGN_OTHER: "assign tickets to others",
    Permission.TICKET_BULK: "change many tickets at once",
    Permission.TICKET_CLAIM: "assign tickets to yourself",
    Permission.TICKET_CLOSE: "complete and reopen tickets",
    Permission.TICKET_CONFIDENTIAL: "see confidential tickets",
    Permission.TICKET_CREATE: "create tickets, with a wider scope also for others",
    Permission.TICKET_DELETE: "delete tickets",
    Permission.TICKET_MERGE: "merge and link tickets",
    Permission.TICKET_MOVE_TEAM: "move tickets to another team",
    Permission.TICKET_PARTICIPANTS: "change who is in CC",
    Permission.TICKET_PRIORITY: "set the priority",
    Permission.TICKET_READ: "see tickets",
    Permission.TICKET_TRANSITION: "move tickets between statuses",
    Permission.TICKET_UPDATE: "change title, description, category and tags",
    Permission.TIME_LOG: "log and edit your own time, and estimate",
    Permission.TIME_MANAGE: "log and edit time for others",
    Permission.TIME_READ: "see logged time on tickets",
    Permission.USER_MANAGE: "invite, change and disable people",
}


PLANNED = frozenset({Permission.SLA_OVERRIDE})
"""Permissions that roles already have but that no code checks yet, so they are not shown."""
_PERMISSIONS = {p.value: p for p in Permission}
_SCOPES = select(RolePermission.permission, RolePermission.scope).where(
    col(RolePermission.role_id) == bindparam("role_id")
)
"""Built once, because every request executes it."""


@dataclass(frozen=True)
class RoleCard:
    """A role as shown on pages and in the API. `scopes` maps permissions to scopes."""

    id: int
    name: str
    built_in: bool
    scopes: Mapping[Permission, Scope]


def get_scopes(session: Session, role_id: int) -> dict[Permission, Scope]:
    """Return a role's permissions with their scopes. Permissions unknown to this version are ignored."""
    rows = session.exec(_SCOPES, params={"role_id": role_id}).all()
    return {_PERMISSIONS[name]: Scope(scope) for name, scope in rows if name in _PERMISSIONS}


def list_all(session: Session) -> list[RoleCard]:
    """Return all roles with their permissions. Everybody who is signed in may see them."""
    found = session.exec(select(Role).order_by(col(Role.id))).all()
    return [RoleCard(r.id, r.name, r.built_in, get_scopes(session, r.id)) for r in found]


def get(session: Session, name_or_id: str | int) -> RoleCard:
    """Return a role by id or name. Raises Invalid naming the field `role`."""
    which = (
        col(Role.id) == name_or_id if isinstance(name_or_id, int) else col(Role.name) == name_or_id.lower()
    )
    row = session.exec(select(Role).where(which)).first()
    if row is None:
        raise Invalid("There is no such role.", fields={"role": "There is no such role."})
    return RoleCard(row.id, row.name, row.built_in, get_scopes(session, row.id))


def can_grant(actor: Actor, role: RoleCard) -> bool:
    """Return whether `actor` may give `role` to somebody.

    People who manage everybody may give any role, others only roles that don't exceed their own. Permissions that
    participants have anyway are not compared.
    """
    if actor.may(Permission.USER_MANAGE, least=Scope.ALL):
        return True
    return Permission.USER_MANAGE not in role.scopes and all(
        actor.reach(p) >= s or (s == Scope.OWN and p in PARTICIPATION_PERMISSIONS)
        for p, s in role.scopes.items()
    )
