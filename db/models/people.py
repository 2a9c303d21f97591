"""People and teams."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, event, text
from sqlmodel import Field, SQLModel

from db.models.numbered import Numbered
from db.models.versions import Versioned
from db.types import UtcDateTime
from lib.core import folding


class Person(Numbered, Versioned, table=True):
    """A person with an account: requester, agent, manager or administrator."""

    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"),)

    email: str = Field(max_length=254, unique=True)
    """The email address, in lower case."""
    folded: str = Field(default="", max_length=600, index=True)
    """The name as it is searched; updated with `name`."""
    name: str = Field(max_length=120)
    """The full name."""
    role_id: int = Field(foreign_key="role.id", index=True)
    """The role."""
    active: bool = True
    """Whether the person can sign in; false when disabled."""
    password_hash: str | None = Field(default=None, max_length=200)
    """The Argon2id hash of the password; empty before the first one."""
    totp_secret: str | None = Field(default=None, max_length=64)
    """The secret of the second factor; empty when it is off."""
    totp_step: int | None = None
    """The last time step used, so that no code works twice."""
    timezone: str | None = Field(default=None, max_length=60)
    """The person's time zone."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    invited_by_id: int | None = None
    """Who invited the person, and may manage them while they are in no team."""
    email_unproven: bool = False
    """Whether a manager changed the address of a person who has a password. Until they sign in with it, no password
    link and no ticket email is sent there."""


@event.listens_for(Person, "before_insert")
@event.listens_for(Person, "before_update")
def _fold(_mapper: object, _connection: object, person: Person) -> None:
    """Update `folded` from `name`."""
    person.folded = folding.fold_name(person.name)


class Team(Numbered, Versioned, table=True):
    """People who work on tickets together; every ticket belongs to one team."""

    __table_args__ = (
        Index(
            "uq_team_default",
            "is_default",
            unique=True,
            sqlite_where=text("is_default"),
            postgresql_where=text("is_default"),
        ),
    )

    name: str = Field(max_length=80, unique=True)
    """The name on screens."""
    is_default: bool = False
    """Whether it gets the tickets that have no other team; exactly one."""


class Membership(SQLModel, table=True):
    """A person's membership in a team."""

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE")
    team_id: int = Field(foreign_key="team.id", primary_key=True, ondelete="CASCADE", index=True)
