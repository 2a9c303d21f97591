"""What the audit holds, in words: "signed in", "made a link to set a password for Rita Sosa"."""

from collections.abc import Mapping

from db.vocabulary import Action
from lib.audit.audit_log import Entry

WORDS = {
    Action.DENIED: "was refused",
    Action.PASSWORD_CHANGED: "changed the password of",
    Action.PERSON_LINK_MADE: "made a link to set a password for",
    Action.SECOND_FACTOR_OFF: "switched the second factor off for",
    Action.SECOND_FACTOR_ON: "switched the second factor on for",
    Action.SESSION_MISUSED: "used a page that another person had left open",
    Action.SESSION_REVOKED: "ended a session",
    Action.SIGNED_IN: "signed in",
    Action.SIGNED_OUT: "signed out",
    Action.SIGN_IN_FAILED: "failed to sign in",
    Action.TOKEN_CREATED: "made an API token",
    Action.TOKEN_REVOKED: "revoked an API token",
}
ITSELF = {
    Action.SESSION_REVOKED, Action.SIGNED_IN, Action.SIGNED_OUT, Action.SIGN_IN_FAILED, Action.SESSION_MISUSED,
    Action.TOKEN_CREATED, Action.TOKEN_REVOKED,
}  # fmt: skip
"""Deeds whose subject says nothing more than the deed."""


def label(action: str) -> str:
    """Return an action as a choice: "Signed in", "Category: changed"."""
    if action in WORDS:
        return _capital(WORDS[Action(action)].removesuffix(" for").removesuffix(" of"))
    what, _, done = action.partition(".")
    return f"{_capital(_spaced(what))}: {_spaced(done)}"


def told(entry: Entry, names: Mapping[str, str]) -> str:
    """Return what was done and to what; `names` maps subjects as they are stored to what people call them."""
    what, _, done = entry.action.partition(".")
    deed = WORDS[Action(entry.action)] if entry.action in WORDS else f"{_spaced(done)} {_spaced(what)}"
    if entry.action in ITSELF or not entry.subject:
        return deed
    if entry.action == Action.DENIED:
        return f"{deed} at {names.get(entry.subject, _subject(entry.subject))}"
    name = names.get(entry.subject)
    return f"{deed} {name or _subject(entry.subject).removeprefix(_spaced(what)).strip()}".strip()


def detail(entry: Entry) -> str:
    """Return what exactly changed: "name: Facilities → Buildings"; for a refusal the permission that was missing."""
    change = " → ".join(part for part in (entry.old, entry.new) if part)
    if entry.old and not entry.new:
        change = f"{entry.old} → nothing"
    return ": ".join(part for part in (_spaced(entry.field or "") if change else entry.field, change) if part)


def _subject(subject: str) -> str:
    what, _, number = subject.partition(":")
    return f"{_spaced(what)} #{number}" if number else _spaced(what)


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
