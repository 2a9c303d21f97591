"""Ticket properties that administrators define: statuses, categories, tags, custom fields and canned replies."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Index, Text, text
from sqlmodel import Field, SQLModel

from db.models.numbered import Numbered
from db.models.versions import Versioned
from db.types import UtcDateTime
from db.vocabulary import Access, StatusCategory
from lib.core.errors import Conflict


class Status(Numbered, Versioned, table=True):
    """A ticket status. Its category (`kind`) drives clocks and reports; administrators choose its name."""

    __table_args__ = (
        CheckConstraint("kind IN ('todo', 'active', 'blocked', 'paused', 'done')", name="kind"),
    )

    name: str = Field(max_length=40, unique=True)
    """The name on screens."""
    kind: StatusCategory = Field(sa_column=Column(Text, nullable=False))
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
    """Whether it is the status of merged tickets. Tickets can't be moved here by hand."""


class Category(Numbered, Versioned, table=True):
    """A ticket category in a tree, with the default team and priority of its tickets."""

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
    """The default priority of new tickets; empty for normal."""


class CategoryProposal(Numbered, table=True):
    """A category that somebody proposed while creating a ticket. It waits for an administrator's decision."""

    __tablename__ = "category_proposal"

    name: str = Field(max_length=80)
    """The proposed name."""
    ticket_id: int = Field(foreign_key="ticket.id", unique=True, ondelete="CASCADE")
    """The ticket that was being created."""
    category_id: int | None = Field(default=None, foreign_key="category.id", ondelete="SET NULL")
    """The category that the ticket got in the meantime. If the ticket has been moved since, the decision doesn't move
    it."""
    person_id: int = Field(foreign_key="person.id", ondelete="CASCADE")
    """Who proposed it."""
    created_at: datetime = Field(sa_type=UtcDateTime)


class Tag(Numbered, table=True):
    """A tag that groups tickets."""

    name: str = Field(max_length=40, unique=True)
    """The tag as typed."""
    key: str = Field(max_length=160, unique=True, index=True)
    """The name without case and accents, by which tags are compared."""


class CustomField(Numbered, Versioned, table=True):
    """A custom field of tickets. Its type can't be changed later."""

    __tablename__ = "custom_field"
    __table_args__ = (CheckConstraint("kind IN ('text', 'number', 'date', 'choice', 'person')", name="kind"),)

    key: str = Field(max_length=40, unique=True)
    """The name in the API and in searches."""
    name: str = Field(max_length=40)
    """The name on screens."""
    kind: str = Field(max_length=10)
    """The type."""
    required: bool = False
    """Whether it can't be left empty."""
    position: int = 0
    """The order in forms."""
    retired: bool = False
    """Whether it is archived."""


class FieldCategory(SQLModel, table=True):
    """A category that a custom field belongs to. A field without categories belongs to all of them."""

    __tablename__ = "custom_field_category"

    field_id: int = Field(foreign_key="custom_field.id", primary_key=True, ondelete="CASCADE")
    """The custom field."""
    category_id: int = Field(foreign_key="category.id", primary_key=True, index=True, ondelete="CASCADE")


class FieldChoice(Numbered, table=True):
    """An option of a choice field. Tickets that have an archived option keep it."""

    __tablename__ = "custom_field_choice"

    field_id: int = Field(foreign_key="custom_field.id", index=True, ondelete="CASCADE")
    """The custom field."""
    name: str = Field(max_length=80)
    """The name on screens."""
    position: int = 0
    """The order in lists."""
    retired: bool = False
    """Whether it is archived."""


class FieldRole(SQLModel, table=True):
    """What a role may do with a custom field. Without a row, the role has no access."""

    __tablename__ = "custom_field_role"

    field_id: int = Field(foreign_key="custom_field.id", primary_key=True, ondelete="CASCADE")
    """The custom field."""
    role_id: int = Field(foreign_key="role.id", primary_key=True, index=True, ondelete="CASCADE")
    access: int = Access.NONE
    """0 none, 1 read, 2 write."""


class FieldValue(SQLModel, table=True):
    """The value of a custom field on a ticket, in the column of the field's type."""

    __tablename__ = "custom_field_value"
    __table_args__ = (
        Index("ix_custom_field_value_number", "field_id", "number"),
        Index("ix_custom_field_value_day", "field_id", "day"),
        Index("ix_custom_field_value_folded", "field_id", "folded"),
    )

    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True, ondelete="CASCADE")
    field_id: int = Field(foreign_key="custom_field.id", primary_key=True, ondelete="CASCADE")
    """The custom field."""
    words: str | None = Field(default=None, sa_column=Column(Text))
    """The value of a text field."""
    folded: str | None = Field(default=None, max_length=200)
    """The beginning of the text without case and accents, for searches."""
    number: float | None = None
    """The value of a number field."""
    day: date | None = None
    """The value of a date field."""
    choice_id: int | None = Field(default=None, foreign_key="custom_field_choice.id", index=True)
    """The value of a choice field."""
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    """The value of a person field."""


class CannedReply(Numbered, table=True):
    """A canned reply with variables, for one team or for all."""

    __tablename__ = "canned_reply"

    name: str = Field(max_length=80)
    """The name on screens."""
    body: str = Field(sa_column=Column(Text, nullable=False))
    """The text, in Markdown, with variables."""
    team_id: int | None = Field(default=None, foreign_key="team.id", index=True)
    """The team it is for; empty for all."""
    version: int = 1

    def must_be(self, seen: int | None) -> None:
        """Raise Conflict if the reply was changed after version `seen`. None skips the check."""
        if seen is not None and self.version != seen:
            raise Conflict(
                "Somebody else changed this canned reply. Your change was not saved.",
                current={"version": self.version},
            )
