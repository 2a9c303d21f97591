"""What surrounds a conversation: who is there, who was named, who watches, what was seen, and answers kept ready."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Text
from sqlmodel import Field, SQLModel

from db.types import Moment
from lib.errors import Conflict


class Presence(SQLModel, table=True):
    """A page that somebody has open on a ticket; a row that is not refreshed soon counts no longer."""

    __table_args__ = (CheckConstraint("doing IN ('looking', 'replying', 'noting')", name="doing"),)

    mark: str = Field(max_length=32, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    ticket_id: int = Field(foreign_key="ticket.id", index=True, ondelete="CASCADE")
    doing: str = Field(max_length=10)
    at: datetime = Field(sa_type=Moment)


class Mention(SQLModel, table=True):
    """A comment names somebody who may read it."""

    comment_id: int = Field(foreign_key="comment.id", primary_key=True, ondelete="CASCADE")
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True, ondelete="CASCADE")


class Watch(SQLModel, table=True):
    """Somebody chose to watch a ticket, or to stop; without a row, those who take part in it watch it."""

    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True, ondelete="CASCADE")
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True, ondelete="CASCADE")
    watching: bool


class Seen(SQLModel, table=True):
    """Up to which event somebody has seen a ticket, and when they looked last."""

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE")
    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True, index=True, ondelete="CASCADE")
    event_id: int
    at: datetime = Field(sa_type=Moment)


class CannedReply(SQLModel, table=True):
    """An answer kept ready, with variables that are filled in where it is used; of one team, or for all."""

    __tablename__ = "canned_reply"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=80)
    body: str = Field(sa_column=Column(Text, nullable=False))
    team_id: int | None = Field(default=None, foreign_key="team.id", index=True)
    version: int = 1

    def must_be(self, seen: int) -> None:
        """Raise Conflict unless nobody changed the reply since version `seen`."""
        if self.version != seen:
            raise Conflict(
                "Somebody changed this canned reply meanwhile. Nothing of yours was saved.",
                current={"version": self.version},
            )
