"""Notifications, the queue of outgoing messages, and people's notification settings."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Column, Index, Text, text
from sqlmodel import Field, SQLModel

from db.models.numbered import Numbered
from db.types import UtcDateTime
from db.vocabulary import MessageKind, NotificationChannel, NotificationType, RecipientReason

_QUEUED = text("done_at IS NULL AND parked_at IS NULL")
_QUEUED_FOR_TEAM = text("done_at IS NULL AND parked_at IS NULL AND team_id IS NOT NULL")
_UNREAD = text("read_at IS NULL AND listed")


class Notice(Numbered, table=True):
    """A notification for one person about one event. If `listed`, it is in the inbox; else only in email or Slack."""

    __table_args__ = (
        Index("uq_notice_person_event", "person_id", "event_id", unique=True),
        Index("ix_notice_unread", "person_id", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
        {"sqlite_autoincrement": True},
    )

    person_id: int = Field(foreign_key="person.id", ondelete="CASCADE")
    event_id: int = Field(index=True)
    """The event it is about."""
    ticket_id: int = Field(foreign_key="ticket.id", index=True, ondelete="CASCADE")
    occasion: NotificationType = Field(sa_column=Column(Text, nullable=False))
    """The type of the notification."""
    relation: RecipientReason = Field(sa_column=Column(Text, nullable=False))
    """Why this person is notified."""
    comment_id: int | None = None
    """The comment it leads to."""
    listed: bool = True
    """Whether it appears in the inbox."""
    at: datetime = Field(sa_type=UtcDateTime)
    """When it was created."""
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it was read."""
    snoozed_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When a snoozed notification returns."""


class Message(Numbered, table=True):
    """An outgoing message to a person or a team's Slack channel. It holds ids; its text is rendered when it is sent.

    `due_at` is when it may be sent or, once a worker has claimed it, when that claim ends.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_due", "medium", "due_at", sqlite_where=_QUEUED, postgresql_where=_QUEUED),
        Index(
            "ix_delivery_owed", "person_id", "ticket_id", "medium",
            sqlite_where=_QUEUED, postgresql_where=_QUEUED,
        ),
        Index(
            "ix_delivery_team", "team_id", "ticket_id",
            sqlite_where=_QUEUED_FOR_TEAM, postgresql_where=_QUEUED_FOR_TEAM,
        ),
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint("(person_id IS NULL) <> (team_id IS NULL)", name="whose"),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    medium: NotificationChannel = Field(sa_column=Column(Text, nullable=False))
    """The channel."""
    sort: MessageKind = Field(sa_column=Column(Text, nullable=False))
    """The kind of message."""
    person_id: int | None = Field(default=None, foreign_key="person.id", ondelete="CASCADE")
    """The recipient, unless it is a team's channel."""
    team_id: int | None = Field(default=None, foreign_key="team.id", ondelete="CASCADE")
    """The team whose channel receives it, unless it is a person."""
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id", ondelete="CASCADE")
    """The ticket it is about, if any."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    """When it may be sent or, once a worker has claimed it, when that claim ends."""
    attempts: int = 0
    """The number of failed attempts."""
    claimed_by: str | None = Field(default=None, max_length=64)
    """The worker that is sending it."""
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    """When it was sent, canceled, or dropped because there was nothing left to report."""
    parked_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    """When it failed for good; an administrator can retry or cancel it."""
    empty: bool = False
    """Whether it was dropped because there was nothing left to report when it was due."""
    error: str | None = Field(default=None, max_length=300)
    """Why the last attempt failed, as a sentence."""


class DeliveryNotice(SQLModel, table=True):
    """A notification that a message reports. One message may report several."""

    __tablename__ = "delivery_notice"

    delivery_id: int = Field(foreign_key="delivery.id", primary_key=True, ondelete="CASCADE")
    """The message."""
    notice_id: int = Field(foreign_key="notice.id", primary_key=True, index=True, ondelete="CASCADE")
    """The notification."""


class NotificationPreference(SQLModel, table=True):
    """A person's setting for one type of notification, where it differs from the notification rules."""

    __tablename__ = "notice_choice"

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE")
    occasion: str = Field(max_length=20, primary_key=True)
    """The type of notification."""
    relation: str = Field(max_length=20, primary_key=True)
    """The reason it is sent."""
    medium: str = Field(max_length=10, primary_key=True)
    """The channel."""
    wanted: bool
    """Whether it is on."""


class NotificationRuleSet(SQLModel, table=True):
    """The notification rules, in a single row that holds only what differs from the built-in rules."""

    __tablename__ = "notice_rules"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: int = Field(default=1, primary_key=True)
    """Always 1."""
    version: int = 1
    own: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """The changed rules: letters of channels by "type/reason"."""


class NotificationSchedule(SQLModel, table=True):
    """When a person wants to be notified: quiet hours, days of the week, and how often."""

    __tablename__ = "notice_habit"
    __table_args__ = (
        CheckConstraint("quiet_from BETWEEN 0 AND 1439 AND quiet_until BETWEEN 0 AND 1439", name="quiet"),
        CheckConstraint("days BETWEEN 1 AND 127", name="days"),
        CheckConstraint("hours IN (0, 4, 24, 168)", name="hours"),
    )

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE")
    quiet_from: int = 0
    """The first minute of the quiet hours, counted from midnight."""
    quiet_until: int = 0
    """The minute at which the quiet hours end; equal to `quiet_from` for none."""
    days: int = 127
    """The days of the week with notifications, added up: Monday 1, Tuesday 2, Wednesday 4, and so on."""
    hours: int = 0
    """The hours between two emails about events that are not urgent; 0 for immediate."""


class Mute(SQLModel, table=True):
    """A ticket that a person muted. Only mentions and assignments still notify them."""

    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True, ondelete="CASCADE")
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True, ondelete="CASCADE")


class ChannelState(SQLModel, table=True):
    """The state of one notification channel."""

    __tablename__ = "medium_state"

    medium: str = Field(max_length=10, primary_key=True)
    """The channel."""
    paused: bool = False
    """Whether an administrator paused it."""
    failing_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """The start of the current failure; empty while sending works."""
    not_before: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the mail server or Slack allows the next attempt."""
    error: str | None = Field(default=None, max_length=300)
    """The last error, as a sentence."""


class SlackAccount(SQLModel, table=True):
    """A person's Slack account, found by email address or entered by themselves."""

    __tablename__ = "slack_name"

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE")
    slack_id: str = Field(max_length=40)
    """The Slack member id."""


class TeamSlackChannel(SQLModel, table=True):
    """A team's Slack settings and its channel, given by channel id or an encrypted incoming webhook."""

    __tablename__ = "slack_place"
    __table_args__ = (CheckConstraint("channel IS NULL OR webhook IS NULL", name="one"),)

    team_id: int = Field(foreign_key="team.id", primary_key=True, ondelete="CASCADE")
    channel: str | None = Field(default=None, max_length=40)
    """The id of the Slack channel."""
    webhook: str | None = Field(default=None, sa_column=Column(Text))
    """The URL of the incoming webhook, encrypted."""
    detailed: bool = False
    """Whether messages about the team's tickets also say who did what. Otherwise: number, title and type only."""
    failing_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """The start of the current failure; empty while sending works."""
    not_before: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When Slack allows the next attempt."""
    error: str | None = Field(default=None, max_length=300)
    """The last error, as a sentence."""


class TeamNotification(Numbered, table=True):
    """An event that a message to a team's Slack channel reports."""

    __tablename__ = "team_notice"

    message_id: int = Field(foreign_key="delivery.id", index=True, ondelete="CASCADE")
    """The message that reports it."""
    event_id: int
    """The event it reports."""
    ticket_id: int = Field(foreign_key="ticket.id", index=True, ondelete="CASCADE")
    occasion: NotificationType = Field(sa_column=Column(Text, nullable=False))
    """The type of the notification."""


class SlackThread(SQLModel, table=True):
    """The Slack thread about a ticket, for one person or one team channel."""

    __tablename__ = "slack_thread"

    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True, ondelete="CASCADE")
    place: str = Field(max_length=40, primary_key=True)
    """The Slack channel or member id."""
    began: str = Field(max_length=40)
    """The timestamp of the first message, by which Slack identifies the thread."""
