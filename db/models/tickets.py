"""Tickets, their tags, links and merges, and the status changes each role may make."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, Text, UniqueConstraint, event, text
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

from db.models.catalog import Status
from db.models.numbered import Numbered
from db.types import UtcDateTime
from db.vocabulary import Priority, StatusCategory

ACCESS_COLUMNS = ("team_id", "requester_id", "confidential", "deleted_at")
"""The columns that decide who sees a ticket. An index that ends with them can answer a count without reading rows."""


def _index_open_tickets(name: str, *columns: str) -> Index:
    """Return a partial index on open tickets. SQLite only uses it if queries contain exactly this condition."""
    return Index(name, *columns, sqlite_where=text("open = 1"), postgresql_where=text("open"))


class Ticket(Numbered, table=True):
    """A request for help; its public number is its id."""

    __table_args__ = (
        CheckConstraint("priority BETWEEN 1 AND 4", name="priority"),
        Index(
            "ix_ticket_updated",
            "updated_at", "id", "created_at", "first_response_at", "resolved_at", "assignee_id", "staff_opened",
            *ACCESS_COLUMNS,
        ),
        Index("ix_ticket_created", "created_at", "id"),
        Index("ix_ticket_priority", "priority", "id"),
        Index("ix_ticket_due", "due_order", "id"),
        Index("ix_ticket_team_due", "team_id", "due_order", "id"),
        Index("ix_ticket_team_updated", "team_id", "updated_at", "id"),
        Index("ix_ticket_team_created", "team_id", "created_at", "id"),
        Index("ix_ticket_team_number", "team_id", "id"),
        Index("ix_ticket_team_priority", "team_id", "priority", "id"),
        Index("ix_ticket_requester_updated", "requester_id", "updated_at", "id"),
        Index("ix_ticket_requester_public", "requester_id", "public_updated_at", "id"),
        Index("ix_ticket_assignee_updated", "assignee_id", "updated_at", "id"),
        _index_open_tickets(
            "ix_ticket_open_assignee",
            "assignee_id", "priority", "updated_at", "id", "status_id", *ACCESS_COLUMNS,
        ),
        _index_open_tickets(
            "ix_ticket_open_status",
            "status_id", "team_id", "created_at", "assignee_id", *ACCESS_COLUMNS[1:],
        ),
        _index_open_tickets("ix_ticket_open_updated", "updated_at", "id"),
        Index(
            "ix_ticket_unanswered", *ACCESS_COLUMNS, "assignee_id",
            sqlite_where=text("open = 1 AND first_response_at IS NULL AND staff_opened = 0"),
            postgresql_where=text("open AND first_response_at IS NULL AND NOT staff_opened"),
        ),
        Index("ix_ticket_responder", "responder_id", "first_response_at"),
        Index("ix_ticket_resolver", "resolver_id", "resolved_at"),
        Index("ix_ticket_status_updated", "status_id", "updated_at", "id"),
        Index("ix_ticket_status_rank", "status_id", "rank", "id"),
        Index("ix_ticket_team_status_rank", "team_id", "status_id", "rank", "id"),
        Index("ix_ticket_team_category", "team_id", "category_id"),
        Index("ix_ticket_category_updated", "category_id", "updated_at", "id"),
        Index(
            "ix_ticket_former_assignee", "former_assignee_id",
            sqlite_where=text("former_assignee_id IS NOT NULL"),
            postgresql_where=text("former_assignee_id IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    title: str = Field(max_length=200)
    """The title."""
    description: str = Field(default="", sa_column=Column(Text, nullable=False))
    """The description, in Markdown."""
    status_id: int = Field(foreign_key="status.id")
    """The current status."""
    open: bool = True
    """Whether the status category is not Done; a copy that partial indexes need."""
    priority: int = Priority.NORMAL
    """1 low, 2 normal, 3 high, 4 urgent."""
    category_id: int | None = Field(default=None, foreign_key="category.id")
    """The category, if any."""
    team_id: int = Field(foreign_key="team.id")
    """The team that works on it."""
    requester_id: int = Field(foreign_key="person.id")
    """Who needs help."""
    assignee_id: int | None = Field(default=None, foreign_key="person.id")
    """The accountable person, a member of the team."""
    former_assignee_id: int | None = None
    """Who was the assignee when they left the team or were disabled, until the ticket is assigned again."""
    confidential: bool = False
    """Whether only people with the permission `ticket.confidential`, and those involved, see it."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    """When it last changed, for people who may read internal notes."""
    public_updated_at: datetime = Field(sa_type=UtcDateTime)
    """When something last changed that everybody who sees the ticket may know about; never later than `updated_at`."""
    staff_opened: bool = False
    """Whether staff created it, for themselves or on behalf of the requester. No first response is expected then."""
    first_response_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When staff first replied publicly."""
    responder_id: int | None = None
    """The assignee at the first response; reports attribute it to this person."""
    resolved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it was resolved."""
    resolver_id: int | None = None
    """The assignee at the resolution; reports attribute it to this person."""
    deleted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it was deleted."""
    due_on: date | None = None
    """The due date."""
    due_order: date = date.max
    """The due date for sorting, with the last possible day for tickets without one."""
    estimate: int | None = None
    """The estimated work in minutes; visible to people who see its time."""
    rank: float = 0
    """The position in its board column, smallest on top."""
    merged_into_id: int | None = None
    """The ticket it was merged into. While this is set, nothing here changes."""
    version: int = 1
    """Counts all changes. An update names the version that it is based on."""
    public_version: int = 1
    """Counts the changes that everybody who sees the ticket may know about."""

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        """Make an update match no row if somebody else changed it, instead of overwriting their change."""
        return {"version_id_col": cls.__table__.c.version, "version_id_generator": False}  # ty: ignore[missing-attribute]

    def change(self, *, at: datetime, internal: bool = False) -> None:
        """Count a change made at `at`. Only people who may read notes know about an `internal` one.

        Comments are not counted, so that they don't cause conflicts with edits.
        """
        self.version += 1
        self.updated_at = at
        if not internal:
            self.public_version += 1
            self.public_updated_at = at

    def enter(self, status: Status, *, at: datetime) -> None:
        """Set the ticket's status to `status` at `at` and update its resolution.

        Entering a done status that counts as resolved resolves the ticket. Moving on to another such status keeps the
        resolution; leaving them clears it.
        """
        self.status_id = status.id
        self.open = status.kind != StatusCategory.DONE
        if self.open or not status.counts:
            self.resolved_at = self.resolver_id = None
        elif self.resolved_at is None:
            self.resolved_at, self.resolver_id = at, self.assignee_id


@event.listens_for(Ticket.due_on, "set")
def _sort_by_due_date(ticket: Ticket, day: date | None, *_more: Any) -> None:
    ticket.due_order = day or date.max


class TicketTag(SQLModel, table=True):
    """A tag on a ticket."""

    __tablename__ = "ticket_tag"

    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True, ondelete="CASCADE")
    tag_id: int = Field(foreign_key="tag.id", primary_key=True, ondelete="CASCADE", index=True)


class Link(Numbered, table=True):
    """A link between two tickets: blocks, parent, relates or duplicates."""

    __table_args__ = (
        UniqueConstraint("kind", "source_id", "target_id"),
        CheckConstraint("source_id <> target_id", name="two"),
    )

    kind: str = Field(max_length=20)
    """The type of link, read from source to target."""
    source_id: int = Field(foreign_key="ticket.id", index=True, ondelete="CASCADE")
    """The ticket that blocks, is the parent, or is the duplicate."""
    target_id: int = Field(foreign_key="ticket.id", index=True, ondelete="CASCADE")
    """The other ticket."""
    created_at: datetime = Field(sa_type=UtcDateTime)


class Transition(SQLModel, table=True):
    """A status change as a role may make it. Without a row, the change is allowed without a reason."""

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
    at: datetime = Field(sa_type=UtcDateTime)
    """When it was merged."""
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the merge was undone."""
    status_id: int = Field(foreign_key="status.id")
    """The source's status before the merge."""
    resolved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """The source's resolution before the merge."""
    resolver_id: int | None = None
    """The person to whom that resolution was attributed."""
    confided: bool = False
    """Whether the merge made the target confidential."""
    opening_id: int | None = None
    """The comment that holds the source's title and description."""
    moved: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """The people, tags and links that were moved to the target."""
