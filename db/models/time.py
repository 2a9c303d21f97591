"""Time that people worked, what kind of work it was, and the months in which it is settled."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

from db.models.versions import Versioned
from db.types import Moment
from lib.errors import Conflict


class Activity(Versioned, table=True):
    """A kind of work, by which time is told apart; administrators keep the list."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=40, unique=True)
    position: int
    is_default: bool = False
    retired: bool = False


class TimeEntry(SQLModel, table=True):
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
        # Not for those alone that are there: SQLite would look each entry up, and read along another.
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

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id", ondelete="CASCADE")
    worker_id: int = Field(foreign_key="person.id")
    """Who worked."""
    author_id: int = Field(foreign_key="person.id")
    """Who wrote it down."""
    day: date
    """The worker's own day."""
    seconds: int
    """What it took, to the second."""
    minutes: int
    """What is shown and summed: the seconds rounded as the settings were then, or what somebody wrote."""
    activity_id: int = Field(foreign_key="activity.id")
    note: str = Field(default="", max_length=500)
    billable: bool = False
    started_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    created_at: datetime = Field(sa_type=Moment)
    removed_at: datetime | None = Field(default=None, sa_type=Moment)
    came_from: int | None = None
    """The number of the ticket on which it was logged, while that is merged into this one."""
    version: int = 1

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        """Let an update miss a row that somebody else changed meanwhile, instead of overwriting it."""
        return {"version_id_col": cls.__table__.c.version, "version_id_generator": False}  # ty: ignore[missing-attribute]

    def must_be(self, seen: int) -> None:
        """Raise Conflict unless nobody changed the entry since version `seen`."""
        if self.version != seen:
            raise Conflict(
                "Somebody changed this entry while you were working on it. Nothing of yours was saved; look at what "
                "it is now and try again.",
                current={"version": self.version},
            )


class Timer(SQLModel, table=True):
    """What counts for one person at present, or was stopped for them and waits for their word."""

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE")
    ticket_id: int = Field(foreign_key="ticket.id", index=True, ondelete="CASCADE")
    started_at: datetime = Field(sa_type=Moment)
    timezone: str | None = Field(default=None, max_length=60)
    """Where its owner was when it started: what it counts is logged on that day there, whoever stops it."""
    stopped_at: datetime | None = Field(default=None, sa_type=Moment)
    """When somebody else's deed stopped it."""
    entry_id: int | None = Field(default=None, foreign_key="time_entry.id", ondelete="SET NULL")
    """What was logged then; without it, its owner has to say what becomes of it."""
    why: str = Field(default="", max_length=100)
    """Why it was stopped, in words."""


class Timesheet(SQLModel, table=True):
    """How far one person's month is settled; no row means that it is open."""

    __table_args__ = (CheckConstraint("state IN ('open', 'submitted', 'approved')", name="state"),)

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE")
    month: date = Field(primary_key=True)
    """Its first day."""
    state: str = Field(max_length=10)
    at: datetime = Field(sa_type=Moment)
    by_id: int | None = Field(default=None, foreign_key="person.id")
    """Who brought it there."""


class Rate(Versioned, table=True):
    """What an hour costs from a day on: of a person, at an activity, or where none is named, of all."""

    __table_args__ = (CheckConstraint("cents >= 0", name="cents"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", ondelete="CASCADE")
    activity_id: int | None = Field(default=None, foreign_key="activity.id", ondelete="CASCADE")
    since: date
    cents: int
    """Hundredths of the desk's currency."""
    removed_at: datetime | None = Field(default=None, sa_type=Moment)
