"""What surrounds a conversation: presence, mentions, watchers, read markers and canned replies."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Text
from sqlmodel import Field, SQLModel

from db.models.numbered import Numbered
from db.types import Moment
from lib.core.errors import Conflict


class Presence(SQLModel, table=True):
    """A page that a person has open on a ticket; without a refresh it expires after a short time."""

    __table_args__ = (CheckConstraint("doing IN ('looking', 'replying', 'noting')", name="doing"),)

    mark: str = Field(max_length=32, primary_key=True)
    """Identifies the open page."""
    person_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    ticket_id: int = Field(foreign_key="ticket.id", index=True, ondelete="CASCADE")
    doing: str = Field(max_length=10)
    """What the person is doing there."""
    at: datetime = Field(sa_type=Moment)
    """The last refresh."""


class Mention(SQLModel, table=True):
    """A person who is mentioned in a comment and may read it."""

    comment_id: int = Field(foreign_key="comment.id", primary_key=True, ondelete="CASCADE")
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True, ondelete="CASCADE")


class Watch(SQLModel, table=True):
    """A person's choice to watch a ticket or to stop; without a row, the people involved in the ticket watch it."""

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
    at: datetime = Field(sa_type=Moment)
    """When the person last looked."""


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
        """Raise Conflict unless nobody changed the reply since version `seen`; None is of those who did not say."""
        if seen is not None and self.version != seen:
            raise Conflict(
                "Somebody changed this canned reply meanwhile. Nothing of yours was saved.",
                current={"version": self.version},
            )
