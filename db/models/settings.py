"""What administrators choose for the whole desk, each version of it."""

from datetime import datetime

from sqlalchemy import Column, Text, UniqueConstraint
from sqlmodel import Field

from db.models.numbered import Numbered
from db.types import UtcDateTime


class Setting(Numbered, table=True):
    """One version of a setting: its value from a moment on, and who changed it. The newest version holds.

    Its id is the change number, which grows with each change of any setting. The database refuses to change or delete a
    row. A setting without a row has its default, which is version 1.
    """

    __table_args__ = (
        UniqueConstraint("name", "version", name="uq_setting_version"),
        {"sqlite_autoincrement": True},
    )

    name: str = Field(max_length=60)
    """Its name in `lib/desk_settings/setting_catalog.py`."""
    version: int
    """Counts the changes of this setting, from 2 on."""
    value: str = Field(sa_column=Column(Text, nullable=False))
    """The value as text."""
    since: datetime = Field(sa_type=UtcDateTime)
    """When it was changed to this value."""
    by_id: int | None = Field(default=None, foreign_key="person.id")
    """Who changed it; none means Docket itself."""
