"""Lists that people keep under a name."""

from datetime import datetime

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from db.types import Moment


class SavedView(SQLModel, table=True):
    """A search line and an order under a name: its owner's alone, or shared with one team."""

    __tablename__ = "saved_view"

    id: int | None = Field(default=None, primary_key=True)
    owner_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    team_id: int | None = Field(default=None, foreign_key="team.id", index=True, ondelete="CASCADE")
    name: str = Field(max_length=60)
    line: str = Field(sa_column=Column(Text, nullable=False))
    sort: str = Field(max_length=20)
    facts: str = Field(default="", max_length=120, sa_column_kwargs={"server_default": ""})
    """The columns beside the title, as `layout.write` writes them."""
    grouping: str = Field(default="", max_length=20, sa_column_kwargs={"server_default": ""})
    position: int
    created_at: datetime = Field(sa_type=Moment)
