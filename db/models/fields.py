"""Custom fields: their definitions, who may read and write them, and their values on tickets."""

from datetime import date

from sqlalchemy import CheckConstraint, Column, Index, Text
from sqlmodel import Field, SQLModel

from db.models.numbered import Numbered
from db.models.versions import Versioned
from db.vocabulary import Access


class CustomField(Numbered, Versioned, table=True):
    """A custom field of tickets; its type can't change later."""

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
    """A category that a custom field belongs to; a field without any belongs to all categories."""

    __tablename__ = "custom_field_category"

    field_id: int = Field(foreign_key="custom_field.id", primary_key=True, ondelete="CASCADE")
    """The custom field."""
    category_id: int = Field(foreign_key="category.id", primary_key=True, index=True, ondelete="CASCADE")


class FieldChoice(Numbered, table=True):
    """An option of a choice field; an archived one stays on the tickets that have it."""

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
    """What a role may do with a custom field; without a row, nothing."""

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
