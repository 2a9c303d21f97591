"""The settings that administrators change in Docket, with every version of each."""

from datetime import datetime

from sqlalchemy import Column, Text, UniqueConstraint
from sqlmodel import Field

from db.models.numbered import Numbered
from db.types import UtcDateTime


class Setting(Numbered, table=True):
    """One version of a setting: its value, since when it applies and who set it. The newest version applies.

    Its id is the change number, which grows with each change of any setting. The database refuses to change or delete
    a row. A setting without a row has its default value, which is version 1.
    """

    __table_args__ = (
        UniqueConstraint("name", "version", name="uq_setting_version"),
        {"sqlite_autoincrement": True},
    )

    name: str = Field(max_length=60)
    """The setting's name in `lib/desk_settings/setting_catalog.py`."""
    version: int
    """The version, from 2 on."""
    value: str = Field(sa_column=Column(Text, nullable=False))
    """The value as text."""
    since: datetime = Field(sa_type=UtcDateTime)
    """When it was changed to this value."""
    by_id: int | None = Field(default=None, foreign_key="person.id")
    """Who changed it; empty for Docket itself."""
