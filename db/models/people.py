"""People, roles and teams, and how people sign in."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Index, Text, UniqueConstraint, event, text
from sqlmodel import Field, SQLModel

from db.models.numbered import Numbered
from db.models.versions import Versioned
from db.types import Moment
from lib.core import folding


class Role(Numbered, table=True):
    """A named set of permissions; the four built-in roles can't be deleted."""

    name: str = Field(max_length=60, unique=True)
    """The name on screens."""
    built_in: bool = False
    """Whether it is one of the four that come with Docket."""


class RolePermission(SQLModel, table=True):
    """The scope of one permission in one role; without a row, the role doesn't have it."""

    __tablename__ = "role_permission"
    __table_args__ = (CheckConstraint("scope BETWEEN 0 AND 3", name="scope"),)

    role_id: int = Field(foreign_key="role.id", primary_key=True, ondelete="CASCADE")
    permission: str = Field(max_length=40, primary_key=True)
    """The permission, listed in [permissions](permissions.md)."""
    scope: int
    """0 none, 1 own, 2 team, 3 all."""


class Person(Numbered, Versioned, table=True):
    """A person with an account: requester, agent, manager or administrator."""

    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"),)

    email: str = Field(max_length=254, unique=True)
    """The email address, in lower case."""
    folded: str = Field(default="", max_length=600, index=True)
    """The name as it is searched; it follows `name`."""
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
    """The last time step that was used, so that no code works twice."""
    timezone: str | None = Field(default=None, max_length=60)
    """The person's time zone, from the browser."""
    created_at: datetime = Field(sa_type=Moment)
    invited_by_id: int | None = None
    """Who invited them, and may manage them while they are in no team."""
    email_unproven: bool = False
    """Whether a manager changed the address of a person who has a password: until they sign in with it, no password
    link and no ticket email goes there."""


@event.listens_for(Person, "before_insert")
@event.listens_for(Person, "before_update")
def _fold(_mapper: object, _connection: object, person: Person) -> None:
    """Let `folded` follow `name`."""
    person.folded = folding.name(person.name)


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


class SignIn(Numbered, table=True):
    """A signed-in browser; only the hash of its cookie is stored."""

    __tablename__ = "sign_in"

    secret_hash: str = Field(max_length=64, unique=True)
    """The hash of the cookie."""
    person_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    created_at: datetime = Field(sa_type=Moment)
    seen_at: datetime = Field(sa_type=Moment)
    """The last request."""
    expires_at: datetime = Field(sa_type=Moment, index=True)
    """When it expires."""
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)
    """When it was ended."""
    browser: str = Field(default="", max_length=200)
    """The browser, as it describes itself."""
    address: str = Field(default="", max_length=64)
    """The IP address."""


class OneTimeSecret(Numbered, table=True):
    """A secret that works once and expires soon (set-up, password and sign-in links); only its hash is stored."""

    __tablename__ = "one_time_secret"

    secret_hash: str = Field(max_length=64, unique=True)
    """The hash of the secret."""
    purpose: str = Field(max_length=20)
    """What the link is for."""
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True, ondelete="CASCADE")
    """Who it is for; empty for the first administrator."""
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment, index=True)
    """When it expires."""
    used_at: datetime | None = Field(default=None, sa_type=Moment)
    """When it was used."""


class ApiToken(Numbered, table=True):
    """An API token; only its hash is stored, and a prefix by which its owner recognizes it."""

    __tablename__ = "api_token"

    person_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    """The owner."""
    name: str = Field(max_length=80)
    """The name its owner gave it."""
    prefix: str = Field(max_length=16)
    """The first characters, to recognize it by."""
    secret_hash: str = Field(max_length=64, unique=True)
    """The hash of the token."""
    scope: str = Field(max_length=10)
    """What it reaches: read, write or admin."""
    created_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)
    """The last request."""
    expires_at: datetime | None = Field(default=None, sa_type=Moment)
    """When it expires; empty for never."""
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)
    """When it was revoked."""


class Attempt(Numbered, table=True):
    """A sign-in attempt, counted by account and by address; both are stored as hashes."""

    __table_args__ = (
        Index("ix_attempt_account_at", "account_hash", "at"),
        Index("ix_attempt_address_at", "address_hash", "at"),
    )

    account_hash: str = Field(max_length=64)
    """The hash of the account."""
    address_hash: str = Field(max_length=64)
    """The hash of the IP address."""
    at: datetime = Field(sa_type=Moment)
    """When it was made."""


class Receipt(Numbered, table=True):
    """The answer to a request with an `Idempotency-Key`, so that the same request gets the same answer."""

    __table_args__ = (UniqueConstraint("person_id", "key"),)

    person_id: int = Field(foreign_key="person.id", ondelete="CASCADE")
    key: str = Field(max_length=255)
    """The `Idempotency-Key`."""
    fingerprint: str = Field(max_length=64)
    """The hash of the request, so that the same key with another request is refused."""
    answer: str = Field(sa_column=Column(Text, nullable=False))
    """The answer."""
    at: datetime = Field(sa_type=Moment, index=True)
    """When it was stored."""
