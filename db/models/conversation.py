"""A ticket's conversation: comments, files, drafts, mentions, CC, watchers, presence and read markers."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, Text, text
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

from db.models.numbered import Numbered
from db.types import UtcDateTime


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
    """Whether the author worked on the ticket and was not its requester. Such a public comment counts as a reply."""
    assignee_id: int | None = None
    """The assignee at that time; reports attribute a first response to this person."""
    body: str = Field(sa_column=Column(Text, nullable=False))
    """The text, in Markdown."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    edited_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it was last edited."""
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it was removed."""
    came_from: int | None = None
    """The number of the ticket it was written on, while that ticket is merged into this one."""
    version: int = 1

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        """Make an update match no row if somebody else changed it, instead of overwriting their change."""
        return {"version_id_col": cls.__table__.c.version, "version_id_generator": False}  # ty: ignore[missing-attribute]


class Attachment(SQLModel, table=True):
    """An uploaded file. Until a ticket or comment includes it, only its uploader can see it."""

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
    created_at: datetime = Field(sa_type=UtcDateTime)
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it was removed."""
    came_from: int | None = None
    """The number of the ticket it was added to, while that ticket is merged into this one."""


class Draft(SQLModel, table=True):
    """Unsent text of a person, saved so that nothing typed is lost."""

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE")
    slot: str = Field(max_length=40, primary_key=True)
    """`new-ticket`, or `ticket-` and the number of the ticket."""
    token: str = Field(max_length=64)
    """Identifies the draft, so that submitting it twice creates only one ticket or comment."""
    body: str = Field(sa_column=Column(Text, nullable=False))
    """The typed values, as JSON."""
    updated_at: datetime = Field(sa_type=UtcDateTime)
    """When it was last saved."""


class Participant(SQLModel, table=True):
    """A person in CC. They see the ticket as its requester does."""

    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True, ondelete="CASCADE")
    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE", index=True)


class Presence(SQLModel, table=True):
    """A page that a person has open on a ticket. It expires soon after the last refresh."""

    __table_args__ = (CheckConstraint("doing IN ('looking', 'replying', 'noting')", name="doing"),)

    mark: str = Field(max_length=32, primary_key=True)
    """Identifies the open page."""
    person_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    ticket_id: int = Field(foreign_key="ticket.id", index=True, ondelete="CASCADE")
    doing: str = Field(max_length=10)
    """What the person is doing on the page."""
    at: datetime = Field(sa_type=UtcDateTime)
    """The last refresh."""


class Mention(SQLModel, table=True):
    """A person who is mentioned in a comment and may read it."""

    comment_id: int = Field(foreign_key="comment.id", primary_key=True, ondelete="CASCADE")
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True, ondelete="CASCADE")


class Watch(SQLModel, table=True):
    """A person's choice to watch or not to watch a ticket. Without a row, people involved in the ticket watch it."""

    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True, ondelete="CASCADE")
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True, ondelete="CASCADE")
    watching: bool
    """Whether the person watches it."""


class Seen(SQLModel, table=True):
    """A read marker: the last event of a ticket that a person has seen."""

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE")
    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True, index=True, ondelete="CASCADE")
    event_id: int
    """The last event seen."""
    at: datetime = Field(sa_type=UtcDateTime)
    """When the person last viewed the ticket."""
