"""How tickets stand to one another, and which moves a role may make."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from db.types import Moment


class Link(SQLModel, table=True):
    """One ticket stands to another: it blocks it, is its parent, relates to it, or duplicates it."""

    __table_args__ = (
        UniqueConstraint("kind", "source_id", "target_id"),
        CheckConstraint("source_id <> target_id", name="two"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=20)
    source_id: int = Field(foreign_key="ticket.id", index=True, ondelete="CASCADE")
    target_id: int = Field(foreign_key="ticket.id", index=True, ondelete="CASCADE")
    created_at: datetime = Field(sa_type=Moment)


class Transition(SQLModel, table=True):
    """A move between two statuses that is other than usual for a role; no row means it is allowed without a reason."""

    role_id: int = Field(foreign_key="role.id", primary_key=True, ondelete="CASCADE")
    from_id: int = Field(foreign_key="status.id", primary_key=True, ondelete="CASCADE")
    to_id: int = Field(foreign_key="status.id", primary_key=True, ondelete="CASCADE")
    allowed: bool
    asks_reason: bool = False


class Merge(SQLModel, table=True):
    """One ticket went into another, with what it takes to part them again."""

    __tablename__ = "ticket_merge"
    __table_args__ = (
        Index(
            "ix_ticket_merge_now", "source_id",
            unique=True, sqlite_where=text("undone_at IS NULL"), postgresql_where=text("undone_at IS NULL"),
        ),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="ticket.id", ondelete="CASCADE")
    target_id: int = Field(foreign_key="ticket.id", index=True, ondelete="CASCADE")
    actor_id: int | None = Field(default=None, foreign_key="person.id")
    at: datetime = Field(sa_type=Moment)
    undone_at: datetime | None = Field(default=None, sa_type=Moment)
    status_id: int = Field(foreign_key="status.id")
    """Where the source stood."""
    resolved_at: datetime | None = Field(default=None, sa_type=Moment)
    resolver_id: int | None = None
    confided: bool = False
    """Whether the target became confidential by it."""
    opening_id: int | None = None
    """The comment that holds the source's own title and description."""
    moved: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """People, tags and links that went along."""
