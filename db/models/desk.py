"""Tickets, their conversation and files, and what sorts them: statuses, categories and tags."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, Text, event, text
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

from db.models.numbered import Numbered
from db.models.versions import Versioned
from db.types import Moment
from db.vocabulary import Kind, Priority

FACTS = ("team_id", "requester_id", "confidential", "deleted_at")
"""The columns that decide who sees a ticket: an index that ends with them answers a count without reading a row."""


def _open(name: str, *columns: str) -> Index:
    """Index open tickets alone; the condition is letter by letter what a query says, else SQLite doesn't use it."""
    return Index(name, *columns, sqlite_where=text("open = 1"), postgresql_where=text("open"))


class Status(Numbered, Versioned, table=True):
    """A status of tickets; its category (`kind`) drives clocks and reports, its name is up to the administrators."""

    __table_args__ = (
        CheckConstraint("kind IN ('todo', 'active', 'blocked', 'paused', 'done')", name="kind"),
    )

    name: str = Field(max_length=40, unique=True)
    """The name on screens."""
    kind: Kind = Field(sa_column=Column(Text, nullable=False))
    """The status category; *paused* is shown as Waiting."""
    position: int
    """The order in lists and on the board."""
    counts: bool = True
    """Whether a done ticket counts as resolved; a canceled one does not."""
    is_default: bool = False
    """Whether new tickets get this status."""
    asks_reason: bool = False
    """Whether moving a ticket here requires a reason."""
    limit: int | None = None
    """The number of tickets above which the board warns; empty for no limit."""
    retired: bool = False
    """Whether it is archived."""
    is_merged: bool = False
    """Whether it is the status of merged tickets; nobody moves a ticket here by hand."""


class Category(Numbered, Versioned, table=True):
    """A category of tickets, in a tree, with the team and the first priority of its tickets."""

    __table_args__ = (
        Index(
            "uq_category_default",
            "is_default",
            unique=True,
            sqlite_where=text("is_default"),
            postgresql_where=text("is_default"),
        ),
    )

    name: str = Field(max_length=80)
    """The name on screens."""
    parent_id: int | None = Field(default=None, foreign_key="category.id")
    """The parent category; empty at the top level."""
    team_id: int | None = Field(default=None, foreign_key="team.id")
    """The team that gets its tickets."""
    is_default: bool = False
    """Whether the form for new tickets starts with it; at most one row."""
    retired: bool = False
    """Whether it is archived."""
    position: int = 0
    """The order among its siblings; equal positions are sorted by name."""
    priority: int | None = None
    """The priority of new tickets, unless somebody chooses another; empty for normal."""


class CategoryProposal(Numbered, table=True):
    """A category that somebody proposed while creating a ticket; it waits for an administrator."""

    __tablename__ = "category_proposal"

    name: str = Field(max_length=80)
    """The proposed name."""
    ticket_id: int = Field(foreign_key="ticket.id", unique=True, ondelete="CASCADE")
    """The ticket that was being created."""
    category_id: int | None = Field(default=None, foreign_key="category.id", ondelete="SET NULL")
    """The category the ticket got meanwhile; if somebody moved it since, it stays there."""
    person_id: int = Field(foreign_key="person.id", ondelete="CASCADE")
    """Who proposed it."""
    created_at: datetime = Field(sa_type=Moment)


class Ticket(Numbered, table=True):
    """A request for help; its public number is its id."""

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
    created_at: datetime = Field(sa_type=Moment)
    updated_at: datetime = Field(sa_type=Moment)
    """When it last changed, for people who may read internal notes."""
    public_updated_at: datetime = Field(sa_type=Moment)
    """When something last changed that everybody who sees the ticket may know; never later than `updated_at`."""
    staff_opened: bool = False
    """Whether staff created it, for themselves or on behalf of the requester; no first response is expected."""
    first_response_at: datetime | None = Field(default=None, sa_type=Moment)
    """When staff first replied publicly."""
    responder_id: int | None = None
    """The assignee at the first response; reports attribute it to this person."""
    resolved_at: datetime | None = Field(default=None, sa_type=Moment)
    """When it was resolved."""
    resolver_id: int | None = None
    """The assignee at the resolution; reports attribute it to this person."""
    deleted_at: datetime | None = Field(default=None, sa_type=Moment)
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
    """The ticket it was merged into; while set, nothing here changes."""
    version: int = 1
    """Counts all changes; a change names the version it saw."""
    public_version: int = 1
    """Counts the changes that everybody who sees the ticket may know."""

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
        self.status_id = status.id
        self.open = status.kind != Kind.DONE
        if self.open or not status.counts:
            self.resolved_at = self.resolver_id = None
        elif self.resolved_at is None:
            self.resolved_at, self.resolver_id = at, self.assignee_id


@event.listens_for(Ticket.due_on, "set")
def _sort_by_due_date(ticket: Ticket, day: date | None, *_more: Any) -> None:
    ticket.due_order = day or date.max


class Participant(SQLModel, table=True):
    """A person in CC; they see the ticket as its requester does."""

    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True, ondelete="CASCADE")
    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE", index=True)


class Tag(Numbered, table=True):
    """A tag that groups tickets."""

    name: str = Field(max_length=40, unique=True)
    """The tag as typed."""
    key: str = Field(max_length=160, unique=True, index=True)
    """The tag without case and accents, which keeps tags apart."""


class TicketTag(SQLModel, table=True):
    """A tag on a ticket."""

    __tablename__ = "ticket_tag"

    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True, ondelete="CASCADE")
    tag_id: int = Field(foreign_key="tag.id", primary_key=True, ondelete="CASCADE", index=True)


class Comment(Numbered, table=True):
    """A public reply, or an internal note that requesters never receive."""

    __table_args__ = (
        Index("ix_comment_ticket", "ticket_id", "id"),
        Index(
            "ix_comment_said", "ticket_id", "created_at", "id", "by_staff",
            sqlite_where=text("internal = 0 AND removed_at IS NULL"),
            postgresql_where=text("NOT internal AND removed_at IS NULL"),
        ),
    )  # fmt: skip

    ticket_id: int = Field(foreign_key="ticket.id", ondelete="CASCADE")
    author_id: int = Field(foreign_key="person.id", index=True)
    """Who wrote it."""
    internal: bool
    """Whether it is an internal note."""
    by_staff: bool = False
    """Whether the author worked on the ticket and was not its requester; a public one is a reply."""
    assignee_id: int | None = None
    """The assignee at that time; reports attribute a first response to this person."""
    body: str = Field(sa_column=Column(Text, nullable=False))
    """The text, in Markdown."""
    created_at: datetime = Field(sa_type=Moment)
    edited_at: datetime | None = Field(default=None, sa_type=Moment)
    """When it was last edited."""
    removed_at: datetime | None = Field(default=None, sa_type=Moment)
    """When it was removed."""
    came_from: int | None = None
    """The number of the ticket it was written on, while that ticket is merged into this one."""
    version: int = 1

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        """Let an update miss a row that somebody else changed meanwhile, instead of overwriting it."""
        return {"version_id_col": cls.__table__.c.version, "version_id_generator": False}  # ty: ignore[missing-attribute]


class Attachment(SQLModel, table=True):
    """An uploaded file; until a ticket or comment includes it, only its uploader can see it."""

    __table_args__ = (Index("ix_attachment_ticket", "ticket_id", "comment_id"),)

    id: str = Field(max_length=32, primary_key=True)
    """128 random bits in hexadecimal; the stored file has another random name."""
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id", ondelete="CASCADE")
    """The ticket that includes it."""
    comment_id: int | None = Field(default=None, foreign_key="comment.id", index=True, ondelete="CASCADE")
    """The comment that includes it."""
    uploader_id: int = Field(foreign_key="person.id", index=True)
    """Who uploaded it."""
    name: str = Field(max_length=255)
    """The file name."""
    type: str = Field(max_length=100)
    """The media type, read from the bytes."""
    size: int
    """The size in bytes."""
    sha256: str = Field(max_length=64)
    """The SHA-256 hash of the bytes."""
    path: str = Field(max_length=80, unique=True)
    """Where the file is stored."""
    preview: bool = False
    """Whether it is a verified image that browsers may show in place."""
    created_at: datetime = Field(sa_type=Moment)
    removed_at: datetime | None = Field(default=None, sa_type=Moment)
    """When it was removed."""
    came_from: int | None = None
    """The number of the ticket it was added to, while that ticket is merged into this one."""


class Draft(SQLModel, table=True):
    """Unsent text of a person, saved so that nothing typed is lost."""

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE")
    slot: str = Field(max_length=40, primary_key=True)
    """`new-ticket`, or `ticket-` and the number of the ticket."""
    token: str = Field(max_length=64)
    """Identifies the draft, so that sending it twice creates one thing."""
    body: str = Field(sa_column=Column(Text, nullable=False))
    """The typed values, as JSON."""
    updated_at: datetime = Field(sa_type=Moment)
    """When it was last saved."""


class SearchEntry(Numbered, table=True):
    """What can be found: one row for a ticket's own words, one for each comment, folded to plain letters.

    The full-text index stands on `words`; triggers (SQLite) or an expression index (PostgreSQL) keep it.
    """

    __tablename__ = "search_entry"
    __table_args__ = (
        Index("ix_search_entry_ticket", "ticket_id", "comment_id"),
        Index("ix_search_entry_place", "id", "ticket_id", "internal"),  # whose a match is, without its words
        {"sqlite_autoincrement": True},
    )

    ticket_id: int = Field(foreign_key="ticket.id", ondelete="CASCADE")
    comment_id: int | None = Field(default=None, foreign_key="comment.id", index=True, ondelete="CASCADE")
    """The comment; empty for the ticket's title and description."""
    internal: bool = False
    """Whether the text is an internal note."""
    words: str = Field(sa_column=Column(Text, nullable=False))
    """The text as normalized words."""


class SearchFolding(SQLModel, table=True):
    """How far the index of words was brought to how words are folded today: a single row."""

    __tablename__ = "search_folding"

    id: int = Field(default=1, primary_key=True)
    """Always 1."""
    below: int
    """Texts with a smaller id are still indexed as an earlier version did it; 0 when none is left."""
