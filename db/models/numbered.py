"""The id that the database gives a row when it is stored."""

from typing import Any

from sqlalchemy import event, inspect
from sqlmodel import Field, SQLModel


class NotStored(RuntimeError):
    """The id of a row was read before the row was stored: a bug, never shown."""


def _key() -> Any:
    """Return the field without a default, so that a new row has no id at all rather than None."""
    return Field(primary_key=True)


class Numbered(SQLModel):
    """A row with an id from the database. Raises NotStored when the id is read before the row is flushed."""

    id: int = _key()

    @property
    def stored(self) -> bool:
        """Whether the row was flushed, and so has an id."""
        return inspect(self).has_identity


@event.listens_for(Numbered, "attribute_instrument", propagate=True)
def _refuse_early_reads(_model: type[Numbered], name: str, attribute: Any) -> None:
    if name == "id":
        event.listen(attribute, "init_scalar", _refuse, propagate=True)


def _refuse(row: Numbered, _value: object, _values: object) -> None:
    raise NotStored(f"A {type(row).__name__} has no id before it is flushed.")
