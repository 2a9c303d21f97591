"""Facts, a file for each room; models hold no session, actor, time or network."""

from db.models.assignment import Absence, AssignmentRule, Skill
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
from db.models.fields import CustomField, FieldCategory, FieldChoice, FieldRole, FieldValue
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
from db.models.talk import CannedReply, Mention, Presence, Seen, Watch
from db.models.trust import Event, Lease
from db.models.views import SavedView
from db.models.workflow import Link, Merge, Transition

__all__ = [
    "Absence",
    "ApiToken",
    "AssignmentRule",
    "Attachment",
    "Attempt",
    "CannedReply",
    "Category",
    "Comment",
    "CustomField",
    "Draft",
    "Event",
    "FieldCategory",
    "FieldChoice",
    "FieldRole",
    "FieldValue",
    "Lease",
    "Link",
    "Membership",
    "Mention",
    "Merge",
    "OneTimeSecret",
    "Participant",
    "Person",
    "Presence",
    "Receipt",
    "Role",
    "RolePermission",
    "SavedView",
    "SearchEntry",
    "Seen",
    "SignIn",
    "Skill",
    "Status",
    "Tag",
    "Team",
    "Ticket",
    "TicketTag",
    "Transition",
    "Watch",
]
