"""Saved views of the ticket list."""

from datetime import datetime

from sqlalchemy import Column, Text
from sqlmodel import Field

from db.models.numbered import Numbered
from db.types import UtcDateTime


class SavedView(Numbered, table=True):
    """A saved view: a search query with its sort order and columns, private or shared with one team."""

    __tablename__ = "saved_view"

    owner_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    """Whose view it is."""
    team_id: int | None = Field(default=None, foreign_key="team.id", index=True, ondelete="CASCADE")
    """The team it is shared with."""
    name: str = Field(max_length=60)
    """The name on screens."""
    line: str = Field(sa_column=Column(Text, nullable=False))
    """The search query."""
    sort: str = Field(max_length=20)
    """The sort order."""
    facts: str = Field(default="", max_length=120, sa_column_kwargs={"server_default": ""})
    """The columns beside the title, as `columns.to_text` writes them."""
    grouping: str = Field(default="", max_length=20, sa_column_kwargs={"server_default": ""})
    """What the list is grouped by."""
    position: int
    """The order in menus."""
    created_at: datetime = Field(sa_type=UtcDateTime)
