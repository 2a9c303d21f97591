"""What the scope of a token lets through, for every route: tickets and what belongs to them, or all that its owner may.

docs/api.md tells the rule. A route whose place is not named here does not start.
"""

from collections.abc import Mapping
from typing import Literal, get_args

from db.vocabulary import Permission
from lib.core.errors import NotPermitted

Scope = Literal["read", "write", "admin"]
SCOPE_ORDER: tuple[Scope, ...] = get_args(Scope)

TICKETS: tuple[Scope, Scope] = ("read", "write")
"""Tickets, and what belongs to them."""
REFERENCE_DATA: tuple[Scope, Scope] = ("read", "admin")
"""What tickets refer to, which others keep."""
ACCOUNT: tuple[Scope, Scope] = ("admin", "admin")
"""One's own account, and administration."""

PATH_SCOPES: Mapping[str, tuple[Scope, Scope]] = {
    "activities": REFERENCE_DATA, "attachments": TICKETS, "audit": ACCOUNT, "canned-replies": REFERENCE_DATA,
    "categories": REFERENCE_DATA, "category-proposals": ACCOUNT, "comments": TICKETS, "docs": REFERENCE_DATA,
    "drafts": TICKETS, "fields": REFERENCE_DATA, "mail-templates": ACCOUNT, "me": REFERENCE_DATA,
    "me/preferences": ACCOUNT, "me/sessions": ACCOUNT, "me/timer": TICKETS, "metrics": ACCOUNT,
    "notice-rules": ACCOUNT, "notifications": TICKETS, "openapi.json": REFERENCE_DATA,
    "people": REFERENCE_DATA, "preview": TICKETS, "rates": ACCOUNT, "roles": ACCOUNT, "search": TICKETS,
    "settings": ACCOUNT, "similar": TICKETS, "status-times": TICKETS, "statuses": REFERENCE_DATA,
    "tags": REFERENCE_DATA, "teams": REFERENCE_DATA, "teams/slack": ACCOUNT, "tickets": TICKETS,
    "time-entries": TICKETS, "time-months": ACCOUNT, "time-report": TICKETS, "time-week": TICKETS,
    "tokens": ACCOUNT, "views": REFERENCE_DATA, "workflow": REFERENCE_DATA,
}  # fmt: skip
"""By the fixed parts of a path, the longest that is named: the least scope that reads there, and that changes."""
PATH_PERMISSIONS: Mapping[str, Permission] = {
    "audit": Permission.AUDIT_READ, "canned-replies": Permission.TEMPLATE_MANAGE, "people": Permission.USER_MANAGE,
    "rates": Permission.RATE_MANAGE, "teams": Permission.TEAM_MANAGE, "tokens": Permission.APIKEY_OWN,
    **dict.fromkeys(
        ("activities", "categories", "category-proposals", "fields", "mail-templates", "metrics", "notice-rules",
         "settings", "statuses", "tags", "workflow"), Permission.SYSTEM_MANAGE,
    ),
}  # fmt: skip
"""By the first part of a path: the permission that a role needs there, where it is one for all."""


def get_required_scope(method: str, path: str) -> Scope:
    """Return the least scope of a token that lets a request through. Raises LookupError for an unknown place."""
    fixed = "/".join(part for part in path.strip("/").split("/") if not part.startswith("{"))
    while fixed not in PATH_SCOPES:
        if "/" not in fixed:
            raise LookupError(f"say in api/shared/scopes.py who may use {path}")
        fixed = fixed.rpartition("/")[0]
    reads, changes = PATH_SCOPES[fixed]
    return reads if method.upper() == "GET" else changes


def check_scope(cap: str | None, needed: Scope, path: str) -> None:
    """Let a request through that came with a token of scope `cap`, or with none. Raises NotPermitted."""
    if cap is None or SCOPE_ORDER.index(cap) >= SCOPE_ORDER.index(needed):
        return
    if cap == "read" and needed == "write":
        raise NotPermitted("This token's scope is read, so it can't change anything.", permission="")
    permission = PATH_PERMISSIONS.get(path.strip("/").partition("/")[0])
    also = f" and the permission {permission.value}" if permission else ""
    raise NotPermitted(
        f"This token's scope is {cap}, which covers tickets only. This needs a token of scope "
        f"{needed}{also}.",
        permission=permission.value if permission else "",
    )
