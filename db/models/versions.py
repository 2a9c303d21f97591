"""The version number of rows that people edit in forms."""

from sqlmodel import SQLModel

from lib.core.errors import Conflict


class Versioned(SQLModel):
    """A row with a `version` that counts its changes, so that a form notices that somebody else changed it."""

    version: int = 1
    """Counts the changes; a form names the version it showed."""

    def must_be(self, seen: int | None) -> None:
        """Raise Conflict unless nobody changed this since version `seen`; None is of those who did not say."""
        if seen is not None and self.version != seen:
            raise Conflict(
                "Somebody else changed this after you opened it. Your change was not saved. Check it and try again.",
                current={"version": self.version},
            )
