"""The append-only event log, idempotency keys and the leases of periodic tasks."""

from datetime import datetime

from sqlalchemy import Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from db.models.numbered import Numbered
from db.types import UtcDateTime
from db.vocabulary import Action, Source

STATUS_CHANGES = "action IN ('ticket.created', 'ticket.merged', 'ticket.moved', 'ticket.unmerged')"
"""The events that begin or end a ticket's time in a status."""


class Event(Numbered, table=True):
    """One change: what changed, the old and new value, who did it, on whose behalf, when and from where.

    The database refuses to change or delete a row. History, the audit log and reports are read from this table.
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
            sqlite_where=text(STATUS_CHANGES), postgresql_where=text(STATUS_CHANGES),
        ),
        Index(
            "ix_event_moved", "at", "ticket_id", "id", "old",
            sqlite_where=text("action = 'ticket.moved'"), postgresql_where=text("action = 'ticket.moved'"),
        ),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    at: datetime = Field(sa_type=UtcDateTime, index=True)
    """When it happened."""
    action: Action = Field(sa_column=Column(Text, nullable=False))
    """What happened, listed in [events](events.md)."""
    ticket_id: int | None = None
    """The ticket, if it is about one."""
    subject: str = Field(default="", max_length=40)
    """What else it is about, as type and id: `comment:12`, `person:3`."""
    field: str | None = Field(default=None, max_length=40)
    """The field that changed."""
    old: str | None = Field(default=None, sa_column=Column(Text))
    """The old value."""
    new: str | None = Field(default=None, sa_column=Column(Text))
    """The new value."""
    actor_id: int | None = None
    """Who did it; empty for Docket itself."""
    behalf_id: int | None = None
    """On whose behalf it was done."""
    internal: bool = False
    """Whether only people who may read internal notes can see it."""
    reason: str | None = Field(default=None, sa_column=Column(Text))
    """The reason that was given, where one is required."""
    batch: str | None = Field(default=None, max_length=16)
    """An id that all events of one bulk change share."""
    channel: Source = Field(sa_column=Column(Text, nullable=False))
    """Where it came from."""
    address: str | None = Field(default=None, max_length=64)
    """The IP address."""


class Receipt(Numbered, table=True):
    """The stored response to a request with an `Idempotency-Key`; a repeated request gets the same response."""

    __table_args__ = (UniqueConstraint("person_id", "key"),)

    person_id: int = Field(foreign_key="person.id", ondelete="CASCADE")
    key: str = Field(max_length=255)
    """The `Idempotency-Key`."""
    fingerprint: str = Field(max_length=64)
    """The hash of the request, to refuse the same key with a different request."""
    answer: str = Field(sa_column=Column(Text, nullable=False))
    """The response."""
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    """When it was stored."""


class Lease(SQLModel, table=True):
    """The right to run a periodic task, so that only one of several processes runs it."""

    name: str = Field(max_length=40, primary_key=True)
    """The task."""
    holder: str = Field(max_length=64)
    """The process that runs it."""
    until: datetime = Field(sa_type=UtcDateTime)
    """When the lease ends."""
