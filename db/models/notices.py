"""Who hears of what: notices in Docket, the messages that are owed, and what people chose to hear."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Column, Index, Text, text
from sqlmodel import Field, SQLModel

from db.types import Moment
from db.vocabulary import Medium, Occasion, Relation, Sort

_OWED = text("done_at IS NULL AND parked_at IS NULL")
_TEAM = text("done_at IS NULL AND parked_at IS NULL AND team_id IS NOT NULL")
_UNREAD = text("read_at IS NULL AND listed")


class Notice(SQLModel, table=True):
    """Somebody is to hear of an event: in Docket if `listed`, and with a message where one is written down."""

    __table_args__ = (
        Index("uq_notice_person_event", "person_id", "event_id", unique=True),
        Index("ix_notice_unread", "person_id", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", ondelete="CASCADE")
    event_id: int = Field(index=True)
    ticket_id: int = Field(foreign_key="ticket.id", index=True, ondelete="CASCADE")
    occasion: Occasion = Field(sa_column=Column(Text, nullable=False))
    relation: Relation = Field(sa_column=Column(Text, nullable=False))
    comment_id: int | None = None
    listed: bool = True
    at: datetime = Field(sa_type=Moment)
    read_at: datetime | None = Field(default=None, sa_type=Moment)
    snoozed_until: datetime | None = Field(default=None, sa_type=Moment)
    mail_id: int | None = Field(default=None, index=True)
    slack_id: int | None = Field(default=None, index=True)


class Message(SQLModel, table=True):
    """A message that is owed to a person or a team's channel; it holds ids alone, its text is made when it is sent.

    `due_at` is when it may be sent, or until when whoever claimed it has time.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "medium", "due_at", sqlite_where=_OWED, postgresql_where=_OWED),
        Index(
            "ix_outbox_owed", "person_id", "ticket_id", "medium",
            sqlite_where=_OWED, postgresql_where=_OWED,
        ),
        Index("ix_outbox_team", "team_id", "ticket_id", sqlite_where=_TEAM, postgresql_where=_TEAM),
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint("(person_id IS NULL) <> (team_id IS NULL)", name="whose"),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    medium: Medium = Field(sa_column=Column(Text, nullable=False))
    sort: Sort = Field(sa_column=Column(Text, nullable=False))
    person_id: int | None = Field(default=None, foreign_key="person.id", ondelete="CASCADE")
    team_id: int | None = Field(default=None, foreign_key="team.id", ondelete="CASCADE")
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id", ondelete="CASCADE")
    created_at: datetime = Field(sa_type=Moment)
    due_at: datetime = Field(sa_type=Moment)
    attempts: int = 0
    claimed_by: str | None = Field(default=None, max_length=64)
    done_at: datetime | None = Field(default=None, sa_type=Moment, index=True)
    parked_at: datetime | None = Field(default=None, sa_type=Moment, index=True)
    empty: bool = False
    """Whether nothing was left to say when its turn came."""
    error: str | None = Field(default=None, max_length=300)
    """In words, why it was not sent the last time."""


class NoticeChoice(SQLModel, table=True):
    """Somebody chose to hear of something, or not to, other than the rules have it."""

    __tablename__ = "notice_choice"

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE")
    occasion: str = Field(max_length=20, primary_key=True)
    relation: str = Field(max_length=20, primary_key=True)
    medium: str = Field(max_length=10, primary_key=True)
    wanted: bool


class NoticeRules(SQLModel, table=True):
    """The one row of the desk's own rules: what differs from the table that came with Docket."""

    __tablename__ = "notice_rules"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: int = Field(default=1, primary_key=True)
    version: int = 1
    own: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """The letters of cells, by "occasion/relation"."""


class NoticeHabit(SQLModel, table=True):
    """When somebody wants to be reached: minutes of their day, days of their week, and how often."""

    __tablename__ = "notice_habit"
    __table_args__ = (
        CheckConstraint("quiet_from BETWEEN 0 AND 1439 AND quiet_until BETWEEN 0 AND 1439", name="quiet"),
        CheckConstraint("days BETWEEN 1 AND 127", name="days"),
        CheckConstraint("hours IN (0, 4, 24, 168)", name="hours"),
    )

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE")
    quiet_from: int = 0
    quiet_until: int = 0
    """The same as `quiet_from` for no quiet hours."""
    days: int = 127
    """Monday is 1, Tuesday 2, Wednesday 4, and so on."""
    hours: int = 0
    """How many hours lie between two mails about what is not pressing; 0 for each at once."""


class Mute(SQLModel, table=True):
    """Somebody wants to hear no more of a ticket, except when they are mentioned or given it."""

    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True, ondelete="CASCADE")
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True, ondelete="CASCADE")


class MediumState(SQLModel, table=True):
    """How sending goes through one medium."""

    __tablename__ = "medium_state"

    medium: str = Field(max_length=10, primary_key=True)
    paused: bool = False
    """Whether an administrator stopped it."""
    failing_since: datetime | None = Field(default=None, sa_type=Moment)
    not_before: datetime | None = Field(default=None, sa_type=Moment)
    """Until when the other side asked to be left alone."""
    error: str | None = Field(default=None, max_length=300)


class SlackName(SQLModel, table=True):
    """Who somebody is in Slack: found by their address once, or set by themselves."""

    __tablename__ = "slack_name"

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE")
    slack_id: str = Field(max_length=40)


class SlackPlace(SQLModel, table=True):
    """What a team wants in Slack, and its channel there, if it has one: by its id, or an incoming webhook, sealed."""

    __tablename__ = "slack_place"
    __table_args__ = (CheckConstraint("channel IS NULL OR webhook IS NULL", name="one"),)

    team_id: int = Field(foreign_key="team.id", primary_key=True, ondelete="CASCADE")
    channel: str | None = Field(default=None, max_length=40)
    webhook: str | None = Field(default=None, sa_column=Column(Text))
    detailed: bool = False
    """Whether the channel, and whoever is written to directly about the team's tickets, are told who did what too, and
    not only the number, the title and what sort of thing happened."""
    failing_since: datetime | None = Field(default=None, sa_type=Moment)
    not_before: datetime | None = Field(default=None, sa_type=Moment)
    error: str | None = Field(default=None, max_length=300)


class TeamNotice(SQLModel, table=True):
    """A team's channel is to hear of an event through a message."""

    __tablename__ = "team_notice"

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="outbox.id", index=True, ondelete="CASCADE")
    event_id: int
    ticket_id: int = Field(foreign_key="ticket.id", index=True, ondelete="CASCADE")
    occasion: Occasion = Field(sa_column=Column(Text, nullable=False))


class SlackThread(SQLModel, table=True):
    """Where in Slack a person's or a team's talk about a ticket began."""

    __tablename__ = "slack_thread"

    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True, ondelete="CASCADE")
    place: str = Field(max_length=40, primary_key=True)
    began: str = Field(max_length=40)
