"""The version number of rows that people edit in forms."""

from sqlmodel import SQLModel

from lib.core.errors import Conflict


class Versioned(SQLModel):
    """A row with a `version` that counts its changes, so that a form can detect changes by somebody else."""

    version: int = 1
    """Counts the changes. A form sends the version that it displayed."""

    def must_be(self, seen: int | None) -> None:
        """Raise Conflict if the row was changed after version `seen`. None skips the check."""
        if seen is not None and self.version != seen:
            raise Conflict(
                "Somebody else changed this after you opened it. Your change was not saved. Check it and try again.",
                current={"version": self.version},
            )
