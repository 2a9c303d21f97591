"""Refusals: every "no" that a person may meet, as a sentence they can act on.

Anything else that is raised is a bug: it is logged with a reference and shown as such.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Denial:
    """What the audit keeps of a refused read or deed: who asked for what, never the content."""

    actor_id: int | None
    permission: str
    subject: str
    subject_id: int | None
    channel: str


class Refusal(Exception):
    """A "no" with a sentence for the person; `denial` is set when the audit must hear of it."""

    status = 400

    def __init__(self, sentence: str, *, denial: Denial | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.denial = denial


class NotSignedIn(Refusal):
    """Nobody, or nobody any more, stands behind this request."""

    status = 401

    def __init__(self, sentence: str = "Sign in to continue.") -> None:
        super().__init__(sentence)


class NotFound(Refusal):
    """It does not exist, or the person may not know that it does: the answer is the same."""

    status = 404


class NotPermitted(Refusal):
    """The person may see it but not do this; `permission` names what is missing."""

    status = 403

    def __init__(self, sentence: str, *, permission: str, denial: Denial | None = None) -> None:
        super().__init__(sentence, denial=denial)
        self.permission = permission


class Invalid(Refusal):
    """The input can't be accepted; `fields` maps a field's name to its own sentence."""

    status = 422

    def __init__(self, sentence: str, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.fields = dict(fields or {})


class Conflict(Refusal):
    """Somebody else was faster; `current` holds what is true now, so that nothing is lost silently."""

    status = 409

    def __init__(self, sentence: str, *, current: Mapping[str, Any] | None = None) -> None:
        super().__init__(sentence)
        self.current = dict(current or {})


class Gone(Refusal):
    """It was there, served its purpose, and is no more."""

    status = 410


class TooMany(Refusal):
    """Too often or too much; try again after `seconds`."""

    status = 429

    def __init__(self, sentence: str, *, seconds: int) -> None:
        super().__init__(sentence)
        self.seconds = seconds


class TooLarge(Refusal):
    """More bytes than the limit allows."""

    status = 413


class Unavailable(Refusal):
    """The database or the file store can't be worked with just now: gone, locked for too long, read-only or full."""

    status = 503


class OutcomeUnknown(Unavailable):
    """The connection broke during the commit: the change may have been saved or not."""
