"""Logged time, timers, monthly timesheets, activities and hourly rates."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

from db.models.numbered import Numbered
from db.models.versions import Versioned
from db.types import UtcDateTime
from lib.core.errors import Conflict


class Activity(Numbered, Versioned, table=True):
    """A kind of work by which logged time is grouped. Administrators manage the list."""

    name: str = Field(max_length=40, unique=True)
    """The name on screens."""
    position: int
    """The order in lists."""
    is_default: bool = False
    """Whether it is preselected for logged time."""
    retired: bool = False
    """Whether it is archived."""


class TimeEntry(Numbered, table=True):
    """Time that one person worked on one ticket on one day."""

    __tablename__ = "time_entry"
    __table_args__ = (
        CheckConstraint("seconds BETWEEN 0 AND 86400", name="seconds"),
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
        Index("ix_time_entry_ticket", "ticket_id", "id"),
        Index("ix_time_entry_worker", "worker_id", "day", "id"),
        Index(
            "ix_time_entry_spent", "ticket_id", "activity_id", "day", "minutes",
            sqlite_where=text("removed_at IS NULL"), postgresql_where=text("removed_at IS NULL"),
        ),
        # Not a partial index: SQLite would then look up each entry separately and read another index as well.
        Index(
            "ix_time_entry_worked",
            "ticket_id", "worker_id", "activity_id", "billable", "day", "minutes", "removed_at",
        ),
        Index(
            "ix_time_entry_ran", "worker_id", "started_at",
            sqlite_where=text("started_at IS NOT NULL"), postgresql_where=text("started_at IS NOT NULL"),
        ),
        Index(
            "ix_time_entry_day", "day", "worker_id", "ticket_id", "activity_id", "billable", "minutes",
            sqlite_where=text("removed_at IS NULL"), postgresql_where=text("removed_at IS NULL"),
        ),
    )  # fmt: skip

    ticket_id: int = Field(foreign_key="ticket.id", ondelete="CASCADE")
    worker_id: int = Field(foreign_key="person.id")
    """Who worked."""
    author_id: int = Field(foreign_key="person.id")
    """Who logged it."""
    day: date
    """The day, in the worker's time zone."""
    seconds: int
    """The exact duration in seconds."""
    minutes: int
    """The duration in minutes that is shown and summed: rounded by the settings at that time, or as typed."""
    activity_id: int = Field(foreign_key="activity.id")
    """The activity."""
    note: str = Field(default="", max_length=500)
    """A note on the work."""
    billable: bool = False
    """Whether it is billable."""
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the timer started; empty for typed entries."""
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the timer stopped."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it was removed."""
    came_from: int | None = None
    """The number of the ticket it was logged on, while that ticket is merged into this one."""
    version: int = 1

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        """Make an update match no row if somebody else changed it, instead of overwriting their change."""
        return {"version_id_col": cls.__table__.c.version, "version_id_generator": False}  # ty: ignore[missing-attribute]

    def must_be(self, seen: int) -> None:
        """Raise Conflict if the entry was changed after version `seen`."""
        if self.version != seen:
            raise Conflict(
                "Somebody else changed this entry while you were working on it. Your change was not saved. Check "
                "the entry and try again.",
                current={"version": self.version},
            )


class Timer(SQLModel, table=True):
    """A person's running timer, or one that was stopped and needs their decision."""

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE")
    """The owner."""
    ticket_id: int = Field(foreign_key="ticket.id", index=True, ondelete="CASCADE")
    """The ticket it runs on."""
    started_at: datetime = Field(sa_type=UtcDateTime)
    """When it started."""
    timezone: str | None = Field(default=None, max_length=60)
    """The owner's time zone at the start. The time is logged on the day in this zone."""
    stopped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it was stopped by somebody else's change."""
    entry_id: int | None = Field(default=None, foreign_key="time_entry.id", ondelete="SET NULL")
    """The time entry that was logged then. Without one, the owner decides what to log."""
    why: str = Field(default="", max_length=100)
    """Why it was stopped, as a sentence."""


class Timesheet(SQLModel, table=True):
    """The state of a person's month. Without a row, the month is open."""

    __table_args__ = (CheckConstraint("state IN ('open', 'submitted', 'approved')", name="state"),)

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE")
    month: date = Field(primary_key=True)
    """The first day of the month."""
    state: str = Field(max_length=10)
    """The state."""
    at: datetime = Field(sa_type=UtcDateTime)
    """When it got this state."""
    by_id: int | None = Field(default=None, foreign_key="person.id")
    """Who set this state."""


class Rate(Numbered, Versioned, table=True):
    """An hourly rate from a given day on, for a person, an activity, both, or everyone."""

    __table_args__ = (CheckConstraint("cents >= 0", name="cents"),)

    person_id: int | None = Field(default=None, foreign_key="person.id", ondelete="CASCADE")
    """The person it is for; empty for everyone."""
    activity_id: int | None = Field(default=None, foreign_key="activity.id", ondelete="CASCADE")
    """The activity it is for; empty for all."""
    since: date
    """The first day it applies."""
    cents: int
    """The rate in hundredths of the currency."""
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it was removed."""
