"""Skills, absences and the rules that assign new tickets."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Index, Text
from sqlmodel import Field, SQLModel

from db.models.numbered import Numbered
from db.types import UtcDateTime
from db.vocabulary import AssignmentMethod


class Skill(SQLModel, table=True):
    """A category that a person is skilled in; it includes all subcategories."""

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE")
    category_id: int = Field(foreign_key="category.id", primary_key=True, ondelete="CASCADE", index=True)


class Absence(Numbered, table=True):
    """A range of days on which a person is away, first and last day included."""

    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="order"),
        Index("ix_absence_person_ends", "person_id", "ends_on"),
    )

    person_id: int = Field(foreign_key="person.id", ondelete="CASCADE")
    starts_on: date
    """The first day away."""
    ends_on: date
    """The last day away."""


class AssignmentRule(Numbered, table=True):
    """How new tickets of a category or a team get their assignee; its row is the lock that keeps turns in order."""

    __tablename__ = "assignment_rule"
    __table_args__ = (
        CheckConstraint("(category_id IS NULL) <> (team_id IS NULL)", name="one"),
        CheckConstraint("way IN ('manual', 'round_robin', 'least_loaded')", name="way"),
        CheckConstraint("cap >= 1", name="cap"),
    )

    category_id: int | None = Field(default=None, foreign_key="category.id", unique=True, ondelete="CASCADE")
    """The category it is for, unless it is for a team."""
    team_id: int | None = Field(default=None, foreign_key="team.id", unique=True, ondelete="CASCADE")
    """The team it is for, unless it is for a category."""
    way: AssignmentMethod = Field(sa_column=Column(Text, nullable=False))
    """The assignment method."""
    cap: int | None = None
    """The number of open tickets at which a person gets no more; empty for no limit."""
    last_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    """The person who got the last ticket, for round robin."""


class QueuedTicket(SQLModel, table=True):
    """A ticket that waits in the assignment queue because its rule found nobody available."""

    __tablename__ = "dispatch_wait"

    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True, ondelete="CASCADE")
    since: datetime = Field(sa_type=UtcDateTime)
    """When the rule first found nobody."""
