"""How people and programs sign in: sessions, one-time tokens, API tokens and sign-in attempts."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from db.models.numbered import Numbered
from db.types import UtcDateTime


class SignIn(Numbered, table=True):
    """A signed-in browser; only the hash of its cookie is stored."""

    __tablename__ = "sign_in"

    secret_hash: str = Field(max_length=64, unique=True)
    """The hash of the cookie."""
    person_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    created_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    """The last request."""
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    """When it expires."""
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it was ended."""
    browser: str = Field(default="", max_length=200)
    """The browser, in words."""
    address: str = Field(default="", max_length=64)
    """The IP address."""


class OneTimeSecret(Numbered, table=True):
    """A secret that works once and expires soon (set-up, password and sign-in links). Only its hash is stored."""

    __tablename__ = "one_time_secret"

    secret_hash: str = Field(max_length=64, unique=True)
    """The hash of the secret."""
    purpose: str = Field(max_length=20)
    """The purpose of the secret."""
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True, ondelete="CASCADE")
    """Who it is for; empty for the first administrator."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    """When it expires."""
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it was used."""


class ApiToken(Numbered, table=True):
    """An API token. Only its hash is stored, and a prefix by which its owner recognizes it."""

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
    """The scope: read, write or admin."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """The last request."""
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it expires; empty for never."""
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
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
    at: datetime = Field(sa_type=UtcDateTime)
    """When it was made."""
