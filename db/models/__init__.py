"""The database models, one file for each package of `lib`. They have no access to sessions, actors, time or network."""

from db.models.access import Role, RolePermission
from db.models.assignment import Absence, AssignmentRule, QueuedTicket, Skill
from db.models.audit import Event, Lease, Receipt
from db.models.catalog import (
    CannedReply,
    Category,
    CategoryProposal,
    CustomField,
    FieldCategory,
    FieldChoice,
    FieldRole,
    FieldValue,
    Status,
    Tag,
)
from db.models.conversation import Attachment, Comment, Draft, Mention, Participant, Presence, Seen, Watch
from db.models.identity import ApiToken, Attempt, OneTimeSecret, SignIn
from db.models.lists import SavedView
from db.models.notifications import (
    ChannelState,
    DeliveryNotice,
    Message,
    Mute,
    Notice,
    NotificationPreference,
    NotificationRuleSet,
    NotificationSchedule,
    SlackAccount,
    SlackThread,
    TeamNotification,
    TeamSlackChannel,
)
from db.models.people import Membership, Person, Team
from db.models.search_index import ReindexProgress, SearchEntry
from db.models.settings import Setting
from db.models.tickets import Link, Merge, Ticket, TicketTag, Transition
from db.models.timekeeping import Activity, Rate, TimeEntry, Timer, Timesheet

__all__ = [
    "Absence",
    "Activity",
    "ApiToken",
    "AssignmentRule",
    "Attachment",
    "Attempt",
    "CannedReply",
    "Category",
    "CategoryProposal",
    "ChannelState",
    "Comment",
    "CustomField",
    "DeliveryNotice",
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
    "Message",
    "Mute",
    "Notice",
    "NotificationPreference",
    "NotificationRuleSet",
    "NotificationSchedule",
    "OneTimeSecret",
    "Participant",
    "Person",
    "Presence",
    "QueuedTicket",
    "Rate",
    "Receipt",
    "ReindexProgress",
    "Role",
    "RolePermission",
    "SavedView",
    "SearchEntry",
    "Seen",
    "Setting",
    "SignIn",
    "Skill",
    "SlackAccount",
    "SlackThread",
    "Status",
    "Tag",
    "Team",
    "TeamNotification",
    "TeamSlackChannel",
    "Ticket",
    "TicketTag",
    "TimeEntry",
    "Timer",
    "Timesheet",
    "Transition",
    "Watch",
]
