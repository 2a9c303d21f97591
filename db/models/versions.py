"""The version that rows carry which people change in forms."""

from sqlmodel import SQLModel

from lib.errors import Conflict


class Versioned(SQLModel):
    """A row whose `version` counts its changes, so that a form tells when somebody else changed it meanwhile."""

    version: int = 1

    def must_be(self, seen: int | None) -> None:
        """Raise Conflict unless nobody changed this since version `seen`; None is of those who did not say."""
        if seen is not None and self.version != seen:
            raise Conflict(
                "Someone else changed this after you read it. Nothing was saved. Read it again and repeat the change.",
                current={"version": self.version},
            )
