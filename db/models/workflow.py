"""Links between tickets, merges, and the status changes each role may make."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from db.models.numbered import Numbered
from db.types import Moment


class Link(Numbered, table=True):
    """A link between two tickets: blocks, parent, relates or duplicates."""

    __table_args__ = (
        UniqueConstraint("kind", "source_id", "target_id"),
        CheckConstraint("source_id <> target_id", name="two"),
    )

    kind: str = Field(max_length=20)
    """The kind of link, read from source to target."""
    source_id: int = Field(foreign_key="ticket.id", index=True, ondelete="CASCADE")
    """The ticket that blocks, is the parent, or is the duplicate."""
    target_id: int = Field(foreign_key="ticket.id", index=True, ondelete="CASCADE")
    """The other ticket."""
    created_at: datetime = Field(sa_type=Moment)


class Transition(SQLModel, table=True):
    """A status change that differs from the default for a role; without a row it is allowed without a reason."""

    role_id: int = Field(foreign_key="role.id", primary_key=True, ondelete="CASCADE")
    from_id: int = Field(foreign_key="status.id", primary_key=True, ondelete="CASCADE")
    """The old status."""
    to_id: int = Field(foreign_key="status.id", primary_key=True, ondelete="CASCADE")
    """The new status."""
    allowed: bool
    """Whether the role may make it."""
    asks_reason: bool = False
    """Whether it requires a reason."""


class Merge(Numbered, table=True):
    """A merge of one ticket into another, with what is needed to undo it."""

    __tablename__ = "ticket_merge"
    __table_args__ = (
        Index(
            "ix_ticket_merge_now", "source_id",
            unique=True, sqlite_where=text("undone_at IS NULL"), postgresql_where=text("undone_at IS NULL"),
        ),
    )  # fmt: skip

    source_id: int = Field(foreign_key="ticket.id", ondelete="CASCADE")
    """The ticket that was merged."""
    target_id: int = Field(foreign_key="ticket.id", index=True, ondelete="CASCADE")
    """The ticket it was merged into."""
    actor_id: int | None = Field(default=None, foreign_key="person.id")
    """Who merged it."""
    at: datetime = Field(sa_type=Moment)
    """When it was merged."""
    undone_at: datetime | None = Field(default=None, sa_type=Moment)
    """When the merge was undone."""
    status_id: int = Field(foreign_key="status.id")
    """The source's status before."""
    resolved_at: datetime | None = Field(default=None, sa_type=Moment)
    """The source's resolution before."""
    resolver_id: int | None = None
    """The person that resolution was attributed to."""
    confided: bool = False
    """Whether the merge made the target confidential."""
    opening_id: int | None = None
    """The comment that holds the source's title and description."""
    moved: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """The people, tags and links that moved along."""
