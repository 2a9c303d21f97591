"""The full-text index."""

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from db.models.numbered import Numbered


class SearchEntry(Numbered, table=True):
    """A searchable text: one row for each ticket's title and description and one for each comment, as normalized words.

    The full-text index is built on `words`. Triggers (SQLite) or an expression index (PostgreSQL) keep it current.
    """

    __tablename__ = "search_entry"
    __table_args__ = (
        Index("ix_search_entry_ticket", "ticket_id", "comment_id"),
        Index(
            "ix_search_entry_place", "id", "ticket_id", "internal"
        ),  # a match's ticket, without reading its words
        {"sqlite_autoincrement": True},
    )

    ticket_id: int = Field(foreign_key="ticket.id", ondelete="CASCADE")
    comment_id: int | None = Field(default=None, foreign_key="comment.id", index=True, ondelete="CASCADE")
    """The comment; empty for the ticket's title and description."""
    internal: bool = False
    """Whether the text is an internal note."""
    words: str = Field(sa_column=Column(Text, nullable=False))
    """The text as normalized words."""


class ReindexProgress(SQLModel, table=True):
    """How far texts have been reindexed for this version of Docket, in a single row."""

    __tablename__ = "search_folding"

    id: int = Field(default=1, primary_key=True)
    """Always 1."""
    below: int
    """Texts with a smaller id still have an earlier version's tokens; 0 when none is left."""
