"""How tickets stand to one another, and which moves a role may make."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
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
