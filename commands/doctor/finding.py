"""One thing that was looked at."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How it stands."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it stands, and in a sentence what it is or what to do."""

    what: str
    verdict: Verdict
    sentence: str


def ok(what: str, sentence: str) -> Finding:
    """Return that all is well."""
    return Finding(what, Verdict.OK, sentence)


def warning(what: str, sentence: str) -> Finding:
    """Return what works, but should be looked at."""
    return Finding(what, Verdict.WARNING, sentence)


def problem(what: str, sentence: str) -> Finding:
    """Return what does not work."""
    return Finding(what, Verdict.PROBLEM, sentence)
