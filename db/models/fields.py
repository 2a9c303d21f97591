"""Fields of a desk's own: what they are, who may read and write them, and their values on tickets."""

from datetime import date

from sqlalchemy import CheckConstraint, Column, Index, Text
from sqlmodel import Field, SQLModel

from db.models.versions import Versioned
from db.vocabulary import Access


class CustomField(Versioned, table=True):
    """Something more to know of a ticket; its kind stays for good."""

    __tablename__ = "custom_field"
    __table_args__ = (CheckConstraint("kind IN ('text', 'number', 'date', 'choice', 'person')", name="kind"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=40, unique=True)
    """What programs and the search call it."""
    name: str = Field(max_length=40)
    kind: str = Field(max_length=10)
    required: bool = False
    position: int = 0
    retired: bool = False


class FieldCategory(SQLModel, table=True):
    """A field is asked for in a category; one without any is asked for in all."""

    __tablename__ = "custom_field_category"

    field_id: int = Field(foreign_key="custom_field.id", primary_key=True, ondelete="CASCADE")
    category_id: int = Field(foreign_key="category.id", primary_key=True, index=True, ondelete="CASCADE")


class FieldChoice(SQLModel, table=True):
    """One of the answers to a field of choice; a retired one is chosen no more and stays where it was."""

    __tablename__ = "custom_field_choice"

    id: int | None = Field(default=None, primary_key=True)
    field_id: int = Field(foreign_key="custom_field.id", index=True, ondelete="CASCADE")
    name: str = Field(max_length=80)
    position: int = 0
    retired: bool = False


class FieldRole(SQLModel, table=True):
    """What a role may do with a field; no row means nothing."""

    __tablename__ = "custom_field_role"

    field_id: int = Field(foreign_key="custom_field.id", primary_key=True, ondelete="CASCADE")
    role_id: int = Field(foreign_key="role.id", primary_key=True, index=True, ondelete="CASCADE")
    access: int = Access.NONE


class FieldValue(SQLModel, table=True):
    """A field's value on a ticket, in the column of its kind."""

    __tablename__ = "custom_field_value"
    __table_args__ = (
        Index("ix_custom_field_value_number", "field_id", "number"),
        Index("ix_custom_field_value_day", "field_id", "day"),
        Index("ix_custom_field_value_folded", "field_id", "folded"),
    )

    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True, ondelete="CASCADE")
    field_id: int = Field(foreign_key="custom_field.id", primary_key=True, ondelete="CASCADE")
    words: str | None = Field(default=None, sa_column=Column(Text))
    folded: str | None = Field(default=None, max_length=200)
    """The beginning of the words without case and accents, to find them by."""
    number: float | None = None
    day: date | None = None
    choice_id: int | None = Field(default=None, foreign_key="custom_field_choice.id", index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
