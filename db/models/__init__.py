"""Facts, a file for each room; models hold no session, actor, time or network."""

from db.models.desk import (
    Attachment,
    Category,
    Comment,
    Draft,
    Participant,
    SearchEntry,
    Status,
    Tag,
    Ticket,
    TicketTag,
)
from db.models.people import (
    ApiToken,
    Attempt,
    Membership,
    OneTimeSecret,
    Person,
    Receipt,
    Role,
    RolePermission,
    SignIn,
    Team,
)
from db.models.trust import Event, Lease
from db.models.workflow import Link, Transition

__all__ = [
    "ApiToken",
    "Attachment",
    "Attempt",
    "Category",
    "Comment",
    "Draft",
    "Event",
    "Lease",
    "Link",
    "Membership",
    "OneTimeSecret",
    "Participant",
    "Person",
    "Receipt",
    "Role",
    "RolePermission",
    "SearchEntry",
    "SignIn",
    "Status",
    "Tag",
    "Team",
    "Ticket",
    "TicketTag",
    "Transition",
]
