"""Tickets and what hangs on them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, Text, event, text
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

from db.models.versions import Versioned
from db.types import Moment
from db.vocabulary import Kind, Priority

FACTS = ("team_id", "requester_id", "confidential", "deleted_at")
"""What the gate asks of a ticket: an index that ends with it answers a count without opening a row."""


def _open(name: str, *columns: str) -> Index:
    """Index open tickets alone; the condition is letter by letter what a query says, else SQLite doesn't use it."""
    return Index(name, *columns, sqlite_where=text("open = 1"), postgresql_where=text("open"))


class Status(Versioned, table=True):
    """Where a ticket stands; its kind drives clocks and reports, its name is the desk's own."""

    __table_args__ = (
        CheckConstraint("kind IN ('todo', 'active', 'blocked', 'paused', 'done')", name="kind"),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=40, unique=True)
    kind: Kind = Field(sa_column=Column(Text, nullable=False))
    position: int
    counts: bool = True
    """Whether a done ticket counts as resolved; a cancelled one does not."""
    is_default: bool = False
    asks_reason: bool = False
    """Whether whoever moves a ticket here says why."""
    limit: int | None = None
    """How many tickets may stand here at once before the board warns."""
    retired: bool = False
    is_merged: bool = False
    """Whether this is where merged tickets stand; nobody moves one here by hand."""


class Category(Versioned, table=True):
    """What a ticket is about; a tree, with the team that gets its tickets and the priority they begin with."""

    __table_args__ = (
        Index(
            "uq_category_default",
            "is_default",
            unique=True,
            sqlite_where=text("is_default"),
            postgresql_where=text("is_default"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=80)
    parent_id: int | None = Field(default=None, foreign_key="category.id")
    team_id: int | None = Field(default=None, foreign_key="team.id")
    is_default: bool = False
    retired: bool = False
    position: int = 0
    """Its place among those beside it; equal places go by name."""
    priority: int | None = None
    """With what its tickets begin where nobody says otherwise; without one, normal."""


class CategoryProposal(SQLModel, table=True):
    """A category that somebody missed while filing a ticket; it waits for an administrator's answer."""

    __tablename__ = "category_proposal"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=80)
    ticket_id: int = Field(foreign_key="ticket.id", unique=True, ondelete="CASCADE")
    category_id: int | None = Field(default=None, foreign_key="category.id", ondelete="SET NULL")
    """Where the ticket was put meanwhile; if it is elsewhere by now, it stays there."""
    person_id: int = Field(foreign_key="person.id", ondelete="CASCADE")
    created_at: datetime = Field(sa_type=Moment)


class Ticket(SQLModel, table=True):
    """One request for help; its public number is its id."""

    __table_args__ = (
        CheckConstraint("priority BETWEEN 1 AND 4", name="priority"),
        Index(
            "ix_ticket_updated",
            "updated_at", "id", "created_at", "first_response_at", "resolved_at", "assignee_id", "staff_opened", *FACTS,
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
        _open("ix_ticket_open_assignee", "assignee_id", "priority", "updated_at", "id", "status_id", *FACTS),
        _open(
            "ix_ticket_open_status",
            "status_id", "team_id", "created_at", "assignee_id", *FACTS[1:],
        ),
        _open("ix_ticket_open_updated", "updated_at", "id"),
        Index(
            "ix_ticket_unanswered", *FACTS, "assignee_id",
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

    id: int | None = Field(default=None, primary_key=True)
    title: str = Field(max_length=200)
    description: str = Field(default="", sa_column=Column(Text, nullable=False))
    status_id: int = Field(foreign_key="status.id")
    open: bool = True
    """Whether the status' kind is not done: kept here so that an index can be partial on it."""
    priority: int = Priority.NORMAL
    category_id: int | None = Field(default=None, foreign_key="category.id")
    team_id: int = Field(foreign_key="team.id")
    requester_id: int = Field(foreign_key="person.id")
    assignee_id: int | None = Field(default=None, foreign_key="person.id")
    former_assignee_id: int | None = None
    """Who had it when they left its team or were disabled, until it is assigned again."""
    confidential: bool = False
    created_at: datetime = Field(sa_type=Moment)
    updated_at: datetime = Field(sa_type=Moment)
    """When it last changed, known to those who may read its notes."""
    public_updated_at: datetime = Field(sa_type=Moment)
    """When something last changed that everybody who sees it may know; never later than `updated_at`."""
    staff_opened: bool = False
    """Whether someone who works it opened it, for themselves or on behalf of its requester: no response is due."""
    first_response_at: datetime | None = Field(default=None, sa_type=Moment)
    responder_id: int | None = None
    """The assignee at the first response, to whom reports attribute it."""
    resolved_at: datetime | None = Field(default=None, sa_type=Moment)
    resolver_id: int | None = None
    """The assignee at the resolution, to whom reports attribute it."""
    deleted_at: datetime | None = Field(default=None, sa_type=Moment)
    due_on: date | None = None
    """The day by whose end it should be done."""
    due_order: date = date.max
    """The same for sorting, with a day for tickets that have none; set with `due_on`."""
    estimate: int | None = None
    """Minutes that the work is expected to take; known to those who see its time."""
    rank: float = 0
    """Its place in its column of the board, the smallest on top."""
    merged_into_id: int | None = None
    """The ticket that holds its conversation now; while it is set, nothing here changes."""
    version: int = 1
    public_version: int = 1
    """How often something changed that everybody who sees it may know."""

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        """Let an update miss a row that somebody else changed meanwhile, instead of overwriting it."""
        return {"version_id_col": cls.__table__.c.version, "version_id_generator": False}  # ty: ignore[missing-attribute]

    def change(self, *, at: datetime, internal: bool = False) -> None:
        """Count one more change, made at `at`, of which only those who read notes know if it is `internal`.

        Comments do not count, so that they never stale an edit.
        """
        self.version += 1
        self.updated_at = at
        if not internal:
            self.public_version += 1
            self.public_updated_at = at

    def enter(self, status: Status, *, at: datetime) -> None:
        """Be in `status` from `at` on.

        The ticket is resolved when it enters a done status that counts; moving on to another one of those changes
        nothing, and leaving them clears the resolution.
        """
        self.status_id = status.id or 0
        self.open = status.kind != Kind.DONE
        if self.open or not status.counts:
            self.resolved_at = self.resolver_id = None
        elif self.resolved_at is None:
            self.resolved_at, self.resolver_id = at, self.assignee_id


@event.listens_for(Ticket.due_on, "set")
def _sort_by_due_date(ticket: Ticket, day: date | None, *_more: Any) -> None:
    ticket.due_order = day or date.max


class Participant(SQLModel, table=True):
    """Somebody in copy: they see the ticket as its requester does."""

    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True, ondelete="CASCADE")
    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE", index=True)


class Tag(SQLModel, table=True):
    """A free word that groups tickets."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=40, unique=True)
    key: str = Field(max_length=160, unique=True, index=True)
    """What tells tags apart: the name without case and accents."""


class TicketTag(SQLModel, table=True):
    """A ticket bears a tag."""

    __tablename__ = "ticket_tag"

    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True, ondelete="CASCADE")
    tag_id: int = Field(foreign_key="tag.id", primary_key=True, ondelete="CASCADE", index=True)


class Comment(SQLModel, table=True):
    """A public reply, or an internal note that a requester never receives a byte of."""

    __table_args__ = (
        Index("ix_comment_ticket", "ticket_id", "id"),
        Index(
            "ix_comment_said", "ticket_id", "created_at", "id", "by_staff",
            sqlite_where=text("internal = 0 AND removed_at IS NULL"),
            postgresql_where=text("NOT internal AND removed_at IS NULL"),
        ),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id", ondelete="CASCADE")
    author_id: int = Field(foreign_key="person.id", index=True)
    internal: bool
    by_staff: bool = False
    """Whether its author worked the ticket then and was not its requester: a public one is a reply."""
    assignee_id: int | None = None
    """The ticket's assignee then, to whom reports attribute a first response."""
    body: str = Field(sa_column=Column(Text, nullable=False))
    created_at: datetime = Field(sa_type=Moment)
    edited_at: datetime | None = Field(default=None, sa_type=Moment)
    removed_at: datetime | None = Field(default=None, sa_type=Moment)
    came_from: int | None = None
    """The number of the ticket on which it was said, while that is merged into this one."""
    version: int = 1

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        """Let an update miss a row that somebody else changed meanwhile, instead of overwriting it."""
        return {"version_id_col": cls.__table__.c.version, "version_id_generator": False}  # ty: ignore[missing-attribute]


class Attachment(SQLModel, table=True):
    """A file; until a ticket or comment takes it, it belongs to its uploader alone."""

    __table_args__ = (Index("ix_attachment_ticket", "ticket_id", "comment_id"),)

    id: str = Field(max_length=32, primary_key=True)
    """128 random bits in hexadecimal; the stored object has another random name."""
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id", ondelete="CASCADE")
    comment_id: int | None = Field(default=None, foreign_key="comment.id", index=True, ondelete="CASCADE")
    uploader_id: int = Field(foreign_key="person.id", index=True)
    name: str = Field(max_length=255)
    type: str = Field(max_length=100)
    size: int
    sha256: str = Field(max_length=64)
    path: str = Field(max_length=80, unique=True)
    preview: bool = False
    """Whether it was verified as an image that a browser may show in place."""
    created_at: datetime = Field(sa_type=Moment)
    removed_at: datetime | None = Field(default=None, sa_type=Moment)
    came_from: int | None = None
    """The number of the ticket to which it was added, while that is merged into this one."""


class Draft(SQLModel, table=True):
    """What somebody has begun to write, so that nothing typed is ever lost."""

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE")
    slot: str = Field(max_length=40, primary_key=True)
    token: str = Field(max_length=64)
    body: str = Field(sa_column=Column(Text, nullable=False))
    updated_at: datetime = Field(sa_type=Moment)


class SearchEntry(SQLModel, table=True):
    """What can be found: one row for a ticket's own words, one for each comment, folded to plain letters.

    The full-text index stands on `words`; triggers (SQLite) or an expression index (PostgreSQL) keep it.
    """

    __tablename__ = "search_entry"
    __table_args__ = (
        Index("ix_search_entry_ticket", "ticket_id", "comment_id"),
        Index("ix_search_entry_place", "id", "ticket_id", "internal"),  # whose a match is, without its words
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id", ondelete="CASCADE")
    comment_id: int | None = Field(default=None, foreign_key="comment.id", index=True, ondelete="CASCADE")
    internal: bool = False
    words: str = Field(sa_column=Column(Text, nullable=False))


class SearchFolding(SQLModel, table=True):
    """How far the index of words was brought to how words are folded today: a single row."""

    __tablename__ = "search_folding"

    id: int = Field(default=1, primary_key=True)
    below: int
    """Texts with an id below this are still indexed as an earlier version did it; 0 when none is."""
