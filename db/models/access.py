"""Roles and what they permit."""

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from db.models.numbered import Numbered


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
