"""The contents of a new database: built-in roles, statuses, the first team and category."""

from sqlalchemy import Connection, func, insert, select
from sqlmodel import col

from db.models import Category, Role, RolePermission, Status, Team
from db.vocabulary import Permission, Scope, StatusCategory

P = Permission
O, T, A = Scope.OWN, Scope.TEAM, Scope.ALL  # noqa: E741 - the letters of the matrix in docs/permissions.md

REQUESTER: dict[Permission, Scope] = {
    P.TICKET_CREATE: O,
    P.TICKET_READ: O,
    P.TICKET_CONFIDENTIAL: O,
    P.TICKET_UPDATE: O,
    P.TICKET_CLOSE: O,
    P.TICKET_PARTICIPANTS: O,
    P.COMMENT_PUBLIC: O,
    P.COMMENT_EDIT_OWN: O,
    P.ATTACHMENT_ADD: O,
    P.ATTACHMENT_READ: O,
    P.ATTACHMENT_REMOVE: O,
    P.EXPORT_TICKETS: O,
}

AGENT: dict[Permission, Scope] = {
    P.TICKET_CREATE: T,
    P.TICKET_READ: T,
    P.TICKET_UPDATE: T,
    P.TICKET_PRIORITY: T,
    P.TICKET_CLAIM: T,
    P.TICKET_TRANSITION: T,
    P.TICKET_CLOSE: T,
    P.TICKET_MERGE: T,
    P.TICKET_MOVE_TEAM: T,
    P.TICKET_PARTICIPANTS: T,
    P.COMMENT_PUBLIC: T,
    P.COMMENT_INTERNAL: T,
    P.COMMENT_READ_INTERNAL: T,
    P.COMMENT_EDIT_OWN: T,
    P.ATTACHMENT_ADD: T,
    P.ATTACHMENT_READ: T,
    P.ATTACHMENT_REMOVE: T,
    P.REPORT_VIEW: O,
    P.TIME_LOG: T,
    P.TIME_READ: T,
    P.APIKEY_OWN: O,
}

MANAGER: dict[Permission, Scope] = AGENT | {
    P.TICKET_ASSIGN_OTHER: T,
    P.TICKET_CONFIDENTIAL: T,
    P.TICKET_DELETE: T,
    P.TICKET_BULK: T,
    P.EXPORT_TICKETS: T,
    P.REPORT_VIEW: T,
    P.SLA_OVERRIDE: T,
    P.TEMPLATE_MANAGE: T,
    P.TIME_MANAGE: T,
    P.TEAM_MANAGE: T,
    P.USER_MANAGE: T,
    P.AUDIT_READ: T,
}

ADMINISTRATOR: dict[Permission, Scope] = dict.fromkeys(P, A)
del ADMINISTRATOR[P.TICKET_CLAIM], ADMINISTRATOR[P.TICKET_CONFIDENTIAL]

ROLES: dict[str, dict[Permission, Scope]] = {
    "requester": REQUESTER,
    "agent": AGENT,
    "manager": MANAGER,
    "administrator": ADMINISTRATOR,
}

STATUSES: tuple[tuple[str, StatusCategory, bool], ...] = (
    ("To-Do", StatusCategory.TODO, True),
    ("In Progress", StatusCategory.ACTIVE, True),
    ("Blocked", StatusCategory.BLOCKED, True),
    ("Pending", StatusCategory.PAUSED, True),
    ("Completed", StatusCategory.DONE, True),
    ("Cancelled", StatusCategory.DONE, False),
)
"""Name, status category, and whether tickets in it count as resolved. New tickets get the first one."""

MERGED_NAMES = ("Merged", "Merged into another")
"""Candidate names for the status of merged tickets. The first unused one is taken."""
TEAM = "Service desk"
CATEGORY = "General"


def create_defaults(connection: Connection) -> None:
    """Insert the default rows into an empty database, and into every database the rows that Docket requires."""
    _create_desk(connection)
    if not connection.scalar(select(func.count()).select_from(Status).where(col(Status.is_merged))):
        _create_merged_status(connection)


def _create_merged_status(connection: Connection) -> None:
    taken = set(connection.scalars(select(col(Status.name))))
    name = next(name for name in MERGED_NAMES if name not in taken)
    place = len(taken)
    connection.execute(
        insert(Status).values(
            name=name,
            kind=StatusCategory.DONE.value,
            position=place,
            counts=False,
            retired=True,
            is_merged=True,
        )
    )


def _create_desk(connection: Connection) -> None:
    if connection.scalar(select(func.count()).select_from(Role)):
        return
    for name, permissions in ROLES.items():
        role = connection.scalar(insert(Role).values(name=name, built_in=True).returning(col(Role.id)))
        rows = [{"role_id": role, "permission": p.value, "scope": int(s)} for p, s in permissions.items()]
        connection.execute(insert(RolePermission), rows)
    rows = [
        {"name": name, "kind": kind.value, "position": place, "counts": counts, "is_default": place == 0}
        for place, (name, kind, counts) in enumerate(STATUSES)
    ]
    connection.execute(insert(Status), rows)
    team = connection.scalar(insert(Team).values(name=TEAM, is_default=True).returning(col(Team.id)))
    connection.execute(insert(Category).values(name=CATEGORY, team_id=team, is_default=True, retired=False))
