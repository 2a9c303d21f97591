"""What the audit holds, in words: "signed in", "created a set-up link for Rita Sosa"."""

from collections.abc import Mapping

import streamlit as st

from db.vocabulary import Action
from lib.audit.audit_log import AuditEntry
from lib.core import dates

ACTION_LABELS = {
    Action.DENIED: "was refused",
    Action.PASSWORD_CHANGED: "changed the password of",
    Action.PERSON_LINK_MADE: "created a set-up link for",
    Action.SECOND_FACTOR_OFF: "turned off the second factor of",
    Action.SECOND_FACTOR_ON: "turned on the second factor of",
    Action.SESSION_MISUSED: "used a page left open by another person",
    Action.SESSION_REVOKED: "ended a session",
    Action.SIGNED_IN: "signed in",
    Action.SIGNED_OUT: "signed out",
    Action.SIGN_IN_FAILED: "failed to sign in",
    Action.TOKEN_CREATED: "created an API token",
    Action.TOKEN_REVOKED: "revoked an API token",
}
ACTIONS_WITHOUT_SUBJECT = {
    Action.SESSION_REVOKED, Action.SIGNED_IN, Action.SIGNED_OUT, Action.SIGN_IN_FAILED, Action.SESSION_MISUSED,
    Action.TOKEN_CREATED, Action.TOKEN_REVOKED,
}  # fmt: skip
"""Actions whose subject says nothing more than the action."""


DATED = {Action.RATE_SET, Action.RATE_REMOVED, Action.RATE_RESTORED}
"""Actions whose stored change names a day."""


def format_action(action: str) -> str:
    """Return an action as a choice: "Signed in", "Category: changed"."""
    if action in ACTION_LABELS:
        return _capitalize(ACTION_LABELS[Action(action)].removesuffix(" for").removesuffix(" of"))
    what, _, done = action.partition(".")
    return f"{_capitalize(_to_words(what))}: {_to_words(done)}"


def format_entry(entry: AuditEntry, names: Mapping[str, str]) -> str:
    """Return what was done and to what; `names` maps subjects as they are stored to what people call them."""
    what, _, done = entry.action.partition(".")
    deed = (
        ACTION_LABELS[Action(entry.action)]
        if entry.action in ACTION_LABELS
        else f"{_to_words(done)} {_to_words(what)}"
    )
    if entry.action in ACTIONS_WITHOUT_SUBJECT or not entry.subject:
        return deed
    if entry.action == Action.DENIED:
        return f"{deed} at {names.get(entry.subject, _format_subject(entry.subject))}"
    name = names.get(entry.subject)
    return f"{deed} {name or _format_subject(entry.subject).removeprefix(_to_words(what)).strip()}".strip()


def format_change(entry: AuditEntry) -> str:
    """Return what exactly changed: "name: Facilities → Buildings"; for a refusal the permission that was missing."""
    change = " → ".join(part for part in (entry.old, entry.new) if part)
    if entry.old and not entry.new:
        change = f"{entry.old} → none"
    if entry.field == "away" or entry.action in DATED:
        change = dates.format_every_day(change, st.context.locale)
    return ": ".join(
        part for part in (_to_words(entry.field or "") if change else entry.field, change) if part
    )


def _format_subject(subject: str) -> str:
    what, _, number = subject.partition(":")
    return f"{_to_words(what)} #{number}" if number else _to_words(what)


def _to_words(name: str) -> str:
    return name.replace("_", " ")


def _capitalize(words: str) -> str:
    return words[:1].upper() + words[1:]
