"""Refusals: the errors that people see, each with a sentence they can act on.

Any other exception is a bug: it is logged and shown with a reference.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Denial:
    """What the audit log records about a refused read or change: who requested what, without contents."""

    actor_id: int | None
    permission: str
    subject: str
    subject_id: int | None
    channel: str


class Refusal(Exception):
    """An error with a sentence for the person. If `denial` is set, the audit log records it."""

    status = 400

    def __init__(self, sentence: str, *, denial: Denial | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.denial = denial


class NotSignedIn(Refusal):
    """The request is not signed in, or the session has ended."""

    status = 401

    def __init__(self, sentence: str = "Sign in to continue.") -> None:
        super().__init__(sentence)


class NotFound(Refusal):
    """It doesn't exist, or the person may not know that it does. The response is the same."""

    status = 404


class NotPermitted(Refusal):
    """The person may see it but not do this. `permission` names what is missing."""

    status = 403

    def __init__(self, sentence: str, *, permission: str, denial: Denial | None = None) -> None:
        super().__init__(sentence, denial=denial)
        self.permission = permission


class Invalid(Refusal):
    """The input can't be accepted. `fields` maps field names to sentences."""

    status = 422

    def __init__(self, sentence: str, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.fields = dict(fields or {})


class Conflict(Refusal):
    """Somebody else changed it first. `current` holds the current values, so that nothing is overwritten unnoticed."""

    status = 409

    def __init__(self, sentence: str, *, current: Mapping[str, Any] | None = None) -> None:
        super().__init__(sentence)
        self.current = dict(current or {})


class Gone(Refusal):
    """It existed, was used up and can't be used again."""

    status = 410


class TooMany(Refusal):
    """Too many requests or too much data. Retry after `seconds`."""

    status = 429

    def __init__(self, sentence: str, *, seconds: int) -> None:
        super().__init__(sentence)
        self.seconds = seconds


class TooLarge(Refusal):
    """The data has more bytes than the limit allows."""

    status = 413


class Unavailable(Refusal):
    """The database or the file store can't be used: unreachable, locked for too long, read-only or full."""

    status = 503


class OutcomeUnknown(Unavailable):
    """The connection was lost during the commit: the change may or may not have been saved."""
