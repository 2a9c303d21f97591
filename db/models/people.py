"""People, what they may do, and how they prove who they are."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Index, Text, UniqueConstraint, event, text
from sqlmodel import Field, SQLModel

from db.models.versions import Versioned
from db.types import Moment
from lib import folding


class Role(SQLModel, table=True):
    """A named set of permissions; the four built-in ones are seeded and can't be deleted."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=60, unique=True)
    built_in: bool = False


class RolePermission(SQLModel, table=True):
    """How far one role reaches with one permission; no row means not at all."""

    __tablename__ = "role_permission"
    __table_args__ = (CheckConstraint("scope BETWEEN 0 AND 3", name="scope"),)

    role_id: int = Field(foreign_key="role.id", primary_key=True, ondelete="CASCADE")
    permission: str = Field(max_length=40, primary_key=True)
    scope: int


class Person(Versioned, table=True):
    """Somebody who asks for help, gives it, or keeps order."""

    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"),)

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(max_length=254, unique=True)
    folded: str = Field(default="", max_length=600, index=True)
    """The name as it is searched; it follows `name`."""
    name: str = Field(max_length=120)
    role_id: int = Field(foreign_key="role.id", index=True)
    active: bool = True
    password_hash: str | None = Field(default=None, max_length=200)
    totp_secret: str | None = Field(default=None, max_length=64)
    totp_step: int | None = None
    timezone: str | None = Field(default=None, max_length=60)
    created_at: datetime = Field(sa_type=Moment)
    invited_by_id: int | None = None
    """Who invited them, and may manage them while they are in no team."""
    email_unproven: bool = False
    """A manager changed the address of somebody who has a password: until they sign in with it, no link to set a
    password and no news of tickets go there."""


@event.listens_for(Person, "before_insert")
@event.listens_for(Person, "before_update")
def _fold(_mapper: object, _connection: object, person: Person) -> None:
    """Let `folded` follow `name`."""
    person.folded = folding.name(person.name)


class Team(Versioned, table=True):
    """People who work tickets together; every ticket belongs to one."""

    __table_args__ = (
        Index(
            "uq_team_default",
            "is_default",
            unique=True,
            sqlite_where=text("is_default"),
            postgresql_where=text("is_default"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=80, unique=True)
    is_default: bool = False


class Membership(SQLModel, table=True):
    """A person belongs to a team."""

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE")
    team_id: int = Field(foreign_key="team.id", primary_key=True, ondelete="CASCADE", index=True)


class SignIn(SQLModel, table=True):
    """One signed-in browser; only the hash of its cookie is kept."""

    __tablename__ = "sign_in"

    id: int | None = Field(default=None, primary_key=True)
    secret_hash: str = Field(max_length=64, unique=True)
    person_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    created_at: datetime = Field(sa_type=Moment)
    seen_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment, index=True)
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)
    browser: str = Field(default="", max_length=200)
    address: str = Field(default="", max_length=64)


class OneTimeSecret(SQLModel, table=True):
    """A secret that works once and soon expires: set-up, password and hand-off links; only its hash is kept."""

    __tablename__ = "one_time_secret"

    id: int | None = Field(default=None, primary_key=True)
    secret_hash: str = Field(max_length=64, unique=True)
    purpose: str = Field(max_length=20)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True, ondelete="CASCADE")
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment, index=True)
    used_at: datetime | None = Field(default=None, sa_type=Moment)


class ApiToken(SQLModel, table=True):
    """A bearer token; only its hash is kept, and a prefix by which its owner knows it."""

    __tablename__ = "api_token"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    name: str = Field(max_length=80)
    prefix: str = Field(max_length=16)
    secret_hash: str = Field(max_length=64, unique=True)
    scope: str = Field(max_length=10)
    created_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)
    expires_at: datetime | None = Field(default=None, sa_type=Moment)
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)


class Attempt(SQLModel, table=True):
    """One try to sign in, counted by account and by address; neither is kept in clear."""

    __table_args__ = (
        Index("ix_attempt_account_at", "account_hash", "at"),
        Index("ix_attempt_address_at", "address_hash", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    account_hash: str = Field(max_length=64)
    address_hash: str = Field(max_length=64)
    at: datetime = Field(sa_type=Moment)


class Receipt(SQLModel, table=True):
    """What an idempotency key was first used for, so that the same request gets the same answer."""

    __table_args__ = (UniqueConstraint("person_id", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", ondelete="CASCADE")
    key: str = Field(max_length=255)
    fingerprint: str = Field(max_length=64)
    answer: str = Field(sa_column=Column(Text, nullable=False))
    at: datetime = Field(sa_type=Moment, index=True)
