"""Who can be given a ticket: what people know, when they are away, and by which rule tickets are handed out."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Index, Text
from sqlmodel import Field, SQLModel

from db.types import Moment
from db.vocabulary import Way


class Skill(SQLModel, table=True):
    """A person knows a category, and with it all that stands below it."""

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE")
    category_id: int = Field(foreign_key="category.id", primary_key=True, ondelete="CASCADE", index=True)


class Absence(SQLModel, table=True):
    """Days on which a person is away, the first and the last of them included."""

    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="order"),
        Index("ix_absence_person_ends", "person_id", "ends_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", ondelete="CASCADE")
    starts_on: date
    ends_on: date


class AssignmentRule(SQLModel, table=True):
    """How new tickets of a category or a team find their assignee; its row is the lock, and knows whose turn it was."""

    __tablename__ = "assignment_rule"
    __table_args__ = (
        CheckConstraint("(category_id IS NULL) <> (team_id IS NULL)", name="one"),
        CheckConstraint("way IN ('manual', 'round_robin', 'least_loaded')", name="way"),
        CheckConstraint("cap >= 1", name="cap"),
    )

    id: int | None = Field(default=None, primary_key=True)
    category_id: int | None = Field(default=None, foreign_key="category.id", unique=True, ondelete="CASCADE")
    team_id: int | None = Field(default=None, foreign_key="team.id", unique=True, ondelete="CASCADE")
    way: Way = Field(sa_column=Column(Text, nullable=False))
    cap: int | None = None
    """With how many open tickets a person is given no more."""
    last_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    """Who was given the last ticket in turn."""


class DispatchWait(SQLModel, table=True):
    """A rule found nobody for a ticket who is free; it waits `since` then."""

    __tablename__ = "dispatch_wait"

    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True, ondelete="CASCADE")
    since: datetime = Field(sa_type=Moment)
