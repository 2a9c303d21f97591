"""The append-only stream of what happened, and who may tick the timetable."""

from datetime import datetime

from sqlalchemy import Column, Index, Text, text
from sqlmodel import Field, SQLModel

from db.types import Moment
from db.vocabulary import Action, Channel

TURNS = "action IN ('ticket.created', 'ticket.merged', 'ticket.moved', 'ticket.unmerged')"
"""Where a stay of a ticket in a status begins or ends."""


class Event(SQLModel, table=True):
    """One deed: what, which field, from what to what, who, on whose behalf, when, through which door.

    The database refuses to change or delete a row. History, audit, time and statistics are read from here.
    """

    __table_args__ = (
        Index("ix_event_ticket", "ticket_id", "id"),
        Index(
            "ix_event_deed", "ticket_id", "id",
            sqlite_where=text("action <> 'comment.added'"), postgresql_where=text("action <> 'comment.added'"),
        ),
        Index("ix_event_action", "action", "id"),
        Index("ix_event_actor", "actor_id", "id"),
        Index(
            "ix_event_behalf", "ticket_id", "action",
            sqlite_where=text("behalf_id IS NOT NULL"), postgresql_where=text("behalf_id IS NOT NULL"),
        ),
        Index(
            "ix_event_batch", "batch",
            sqlite_where=text("batch IS NOT NULL"), postgresql_where=text("batch IS NOT NULL"),
        ),
        Index(
            "ix_event_turn", "ticket_id", "id", "at", "action", "field",
            sqlite_where=text(TURNS), postgresql_where=text(TURNS),
        ),
        Index(
            "ix_event_moved", "at", "ticket_id", "id", "old",
            sqlite_where=text("action = 'ticket.moved'"), postgresql_where=text("action = 'ticket.moved'"),
        ),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Moment, index=True)
    action: Action = Field(sa_column=Column(Text, nullable=False))
    ticket_id: int | None = None
    subject: str = Field(default="", max_length=40)
    """What else it was done to, as kind and id: `comment:12`, `person:3`."""
    field: str | None = Field(default=None, max_length=40)
    old: str | None = Field(default=None, sa_column=Column(Text))
    new: str | None = Field(default=None, sa_column=Column(Text))
    actor_id: int | None = None
    """Who did it; none means Docket itself."""
    behalf_id: int | None = None
    internal: bool = False
    """Whether only those who may read internal notes may see it."""
    reason: str | None = Field(default=None, sa_column=Column(Text))
    """Why it was done, in the doer's words, where that is asked."""
    batch: str | None = Field(default=None, max_length=16)
    """What the events of one change of many tickets have in common."""
    channel: Channel = Field(sa_column=Column(Text, nullable=False))
    address: str | None = Field(default=None, max_length=64)


class Lease(SQLModel, table=True):
    """Who may do a periodic task at present, so that several processes do it once."""

    name: str = Field(max_length=40, primary_key=True)
    holder: str = Field(max_length=64)
    until: datetime = Field(sa_type=Moment)
