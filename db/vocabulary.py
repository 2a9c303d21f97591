"""Enumerations that are stored in the database, such as priorities, permissions and event actions."""

from enum import IntEnum, StrEnum


class StatusCategory(StrEnum):
    """What a status means for clocks and reports, whatever its name."""

    TODO = "todo"
    ACTIVE = "active"
    BLOCKED = "blocked"
    PAUSED = "paused"
    DONE = "done"


class Level(IntEnum):
    """A level on a scale. Lists are sorted by its number."""

    @property
    def label(self) -> str:
        """The name that the API and searches use."""
        return self.name.lower()

    @property
    def title(self) -> str:
        """The name that screens show."""
        return self.name.capitalize()


class Priority(Level):
    """How urgent a ticket is. Higher numbers come first."""

    LOW = 1
    NORMAL = 2
    HIGH = 3
    URGENT = 4


class LinkKind(StrEnum):
    """A type of link between two tickets. Each link is stored once, from its source to its target."""

    BLOCKS = "blocks"
    PARENT = "parent"
    RELATES = "relates"
    DUPLICATES = "duplicates"


class PresenceActivity(StrEnum):
    """What a person is doing on an open ticket, in ascending order of relevance."""

    LOOKING = "looking"
    REPLYING = "replying"
    NOTING = "noting"


class AssignmentMethod(StrEnum):
    """How an assignment rule chooses the assignee of new tickets."""

    MANUAL = "manual"
    ROUND_ROBIN = "round_robin"
    LEAST_LOADED = "least_loaded"


class FieldKind(StrEnum):
    """The type of a custom field."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    PERSON = "person"


class Access(IntEnum):
    """A role's access to a custom field."""

    NONE = 0
    READ = 1
    WRITE = 2

    @property
    def label(self) -> str:
        """The name that people and the API use."""
        return self.name.lower()


class Scope(IntEnum):
    """How far a permission reaches: nothing, tickets you participate in, your teams' tickets, or everything."""

    NONE = 0
    OWN = 1
    TEAM = 2
    ALL = 3


class Permission(StrEnum):
    """All permissions, in alphabetical order."""

    APIKEY_OWN = "apikey.own"
    ATTACHMENT_ADD = "attachment.add"
    ATTACHMENT_READ = "attachment.read"
    ATTACHMENT_REMOVE = "attachment.remove"
    AUDIT_READ = "audit.read"
    COMMENT_EDIT_OWN = "comment.edit_own"
    COMMENT_INTERNAL = "comment.internal"
    COMMENT_PUBLIC = "comment.public"
    COMMENT_READ_INTERNAL = "comment.read_internal"
    EXPORT_TICKETS = "export.tickets"
    RATE_MANAGE = "rate.manage"
    REPORT_VIEW = "report.view"
    SLA_OVERRIDE = "sla.override"
    SYSTEM_MANAGE = "system.manage"
    TEAM_MANAGE = "team.manage"
    TEMPLATE_MANAGE = "template.manage"
    TICKET_ASSIGN_OTHER = "ticket.assign_other"
    TICKET_BULK = "ticket.bulk"
    TICKET_CLAIM = "ticket.claim"
    TICKET_CLOSE = "ticket.close"
    TICKET_CONFIDENTIAL = "ticket.confidential"
    TICKET_CREATE = "ticket.create"
    TICKET_DELETE = "ticket.delete"
    TICKET_MERGE = "ticket.merge"
    TICKET_MOVE_TEAM = "ticket.move_team"
    TICKET_PARTICIPANTS = "ticket.participants"
    TICKET_PRIORITY = "ticket.priority"
    TICKET_READ = "ticket.read"
    TICKET_TRANSITION = "ticket.transition"
    TICKET_UPDATE = "ticket.update"
    TIME_LOG = "time.log"
    TIME_MANAGE = "time.manage"
    TIME_READ = "time.read"
    USER_MANAGE = "user.manage"


class Action(StrEnum):
    """What happened in an event, listed in docs/events.md."""

    ACTIVITY_CHANGED = "activity.changed"
    ACTIVITY_CREATED = "activity.created"
    ACTIVITY_RETIRED = "activity.retired"
    ATTACHMENT_REMOVED = "attachment.removed"
    CANNED_CHANGED = "canned_reply.changed"
    CANNED_CREATED = "canned_reply.created"
    CANNED_DELETED = "canned_reply.deleted"
    CATEGORY_ANSWERED = "category.answered"
    CATEGORY_CHANGED = "category.changed"
    CATEGORY_CREATED = "category.created"
    CATEGORY_DELETED = "category.deleted"
    CATEGORY_PROPOSED = "category.proposed"
    CATEGORY_RESTORED = "category.restored"
    COMMENT_ADDED = "comment.added"
    COMMENT_EDITED = "comment.edited"
    COMMENT_REMOVED = "comment.removed"
    DELIVERY_CHANGED = "delivery.changed"
    DENIED = "access.denied"
    FIELD_CHANGED = "field.changed"
    FIELD_CREATED = "field.created"
    FIELD_RETIRED = "field.retired"
    NOTICE_RULES_CHANGED = "notice_rules.changed"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105
    PERSON_CHANGED = "person.changed"
    PERSON_CREATED = "person.created"
    PERSON_LINK_MADE = "person.link_made"
    RATE_REMOVED = "rate.removed"
    RATE_RESTORED = "rate.restored"
    RATE_SET = "rate.set"
    ROLE_CHANGED = "role.changed"
    SECOND_FACTOR_OFF = "second_factor.off"
    SECOND_FACTOR_ON = "second_factor.on"
    SESSION_REVOKED = "session.revoked"
    SESSION_MISUSED = "session.misused"
    SETTING_CHANGED = "setting.changed"
    SHEET_APPROVED = "timesheet.approved"
    SHEET_REOPENED = "timesheet.reopened"
    SHEET_SUBMITTED = "timesheet.submitted"
    SIGNED_IN = "session.signed_in"
    SIGNED_OUT = "session.signed_out"
    SIGN_IN_FAILED = "session.failed"
    STATUS_CHANGED = "status.changed"
    STATUS_CREATED = "status.created"
    STATUS_RESTORED = "status.restored"
    STATUS_RETIRED = "status.retired"
    TAG_CHANGED = "tag.changed"
    TAG_CREATED = "tag.created"
    TAG_DELETED = "tag.deleted"
    TEAM_CHANGED = "team.changed"
    TEAM_CREATED = "team.created"
    TEAM_DELETED = "team.deleted"
    TEAM_MERGED = "team.merged"
    TICKET_ASSIGNED = "ticket.assigned"
    TICKET_CREATED = "ticket.created"
    TICKET_DELETED = "ticket.deleted"
    TICKET_FIELD = "ticket.field"
    TICKET_LINKED = "ticket.linked"
    TICKET_MERGED = "ticket.merged"
    TICKET_MOVED = "ticket.moved"
    TICKET_PARTICIPANTS = "ticket.participants"
    TICKET_UNLINKED = "ticket.unlinked"
    TICKET_UNMERGED = "ticket.unmerged"
    TICKET_UPDATED = "ticket.updated"
    TICKET_WATCHED = "ticket.watched"
    TIME_CHANGED = "time.changed"
    TIME_ESTIMATED = "time.estimated"
    TIME_LOGGED = "time.logged"
    TIME_REMOVED = "time.removed"
    TIMER_DISCARDED = "timer.discarded"
    TIMER_STARTED = "timer.started"
    TOKEN_CREATED = "token.created"  # noqa: S105
    TOKEN_REVOKED = "token.revoked"  # noqa: S105
    VIEW_CHANGED = "view.changed"
    VIEW_CREATED = "view.created"
    VIEW_DELETED = "view.deleted"


class NotificationType(StrEnum):
    """The types of notifications, listed in docs/notifications.md."""

    CREATED = "created"
    ARRIVED = "arrived"
    ASSIGNED = "assigned"
    HANDED_BACK = "handed_back"
    REPLIED = "replied"
    NOTED = "noted"
    MOVED = "moved"
    DONE = "done"
    REOPENED = "reopened"
    CHANGED = "changed"
    COPIED = "copied"
    MERGED = "merged"


class RecipientReason(StrEnum):
    """Why a person is notified about a ticket, strongest reason first."""

    MENTIONED = "mentioned"
    ASSIGNEE = "assignee"
    REQUESTER = "requester"
    FORMER = "former assignee"
    WATCHER = "watcher"
    TEAM = "team"
    MANAGER = "manager"
    CHANNEL = "channel"


class NotificationChannel(StrEnum):
    """Where notifications are delivered."""

    DOCKET = "docket"
    MAIL = "mail"
    SLACK = "slack"

    @property
    def letter(self) -> str:
        """The letter that stands for the channel in stored rules. No two channels start with the same letter."""
        return self.value[0]


class MessageKind(StrEnum):
    """The content of an outgoing message."""

    TICKET = "ticket"
    DIGEST = "digest"
    CHANNEL = "channel"
    INVITATION = "invitation"
    PASSWORD = "password"  # noqa: S105
    TRIAL = "trial"
    ADDRESS = "address"
    SAMPLE_TICKET = "sample ticket"
    SAMPLE_DIGEST = "sample digest"
    SAMPLE_INVITATION = "sample invitation"
    SAMPLE_PASSWORD = "sample password"  # noqa: S105
    SAMPLE_TRIAL = "sample trial"
    SAMPLE_ADDRESS = "sample address"


class Source(StrEnum):
    """Where a change came from."""

    PAGE = "page"
    API = "api"
    WORKER = "worker"
    COMMAND = "command"


class Purpose(StrEnum):
    """The purpose of a one-time secret."""

    SETUP = "setup"
    PASSWORD = "password"  # noqa: S105
    HANDOFF = "handoff"
    SECOND_FACTOR = "second_factor"
