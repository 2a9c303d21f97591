"""The current notification rules: the default rules with the administrators' changes."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from db.engine import lock
from db.models import NotificationRuleSet
from db.vocabulary import Action, NotificationChannel, NotificationType, Permission, RecipientReason, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.core.errors import Conflict, Invalid
from lib.notifications import default_rules

Pair = tuple[NotificationType, RecipientReason]


@dataclass(frozen=True)
class NotificationRules:
    """The channels for each type and reason. Callers that change the rules pass the `version` they read."""

    version: int
    cells: Mapping[Pair, frozenset[NotificationChannel]]

    @property
    def told(self) -> list[Pair]:
        """The pairs that anybody is notified of, in the table's order."""
        return [pair for pair in default_rules.PAIRS if self.cells[pair]]

    @property
    def own(self) -> list[Pair]:
        """The pairs that differ from the default rules."""
        return [pair for pair in default_rules.PAIRS if self.cells[pair] != default_rules.channels_for(*pair)]

    def media(self, occasion: NotificationType, relation: RecipientReason) -> frozenset[NotificationChannel]:
        """Return the channels for a type and reason, for people without their own choice."""
        return self.cells.get((occasion, relation), frozenset())

    def relations(self, occasion: NotificationType) -> frozenset[RecipientReason]:
        """Return the reasons for which anybody is notified of a type."""
        return frozenset(relation for known, relation in self.told if known == occasion)


def load(session: Session) -> NotificationRules:
    """Return the current rules."""
    row = session.get(NotificationRuleSet, 1)
    own = {} if row is None else row.own
    cells = {
        pair: default_rules.parse_letters(own[_format_pair(pair)])
        if _format_pair(pair) in own
        else default_rules.channels_for(*pair)
        for pair in default_rules.PAIRS
    }
    return NotificationRules(row.version if row else 1, cells)


def get(session: Session, actor: Actor) -> NotificationRules:
    """Return the rules for actors who may change them. Raises NotPermitted."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    return load(session)


def update(
    session: Session, actor: Actor, wanted: Mapping[Pair, frozenset[NotificationChannel]], *, seen: int
) -> NotificationRules:
    """Set the channels for the pairs in `wanted`, for people without their own choice. Others stay as they are.

    Raises NotPermitted, Conflict (the rules were changed since version `seen`), and Invalid for what is not possible:
    requesters are never notified of internal notes, whatever the rules are.
    """
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    strange = [
        p
        for p in wanted
        if p not in default_rules.PAIRS or not wanted[p] <= set(default_rules.available_channels(p[1]))
    ]
    if strange:
        words = f"{strange[0][0].value}, {strange[0][1].value}"
        raise Invalid(f"No notification exists for {words}.", fields={"rules": words})
    lock(session, "notification rules")
    was = load(session)
    if was.version != seen:
        raise Conflict(
            "Somebody else changed the rules. Your changes were not saved. Review the rules and try again.",
            current={"version": was.version},
        )
    changed = [pair for pair in default_rules.PAIRS if wanted.get(pair, was.cells[pair]) != was.cells[pair]]
    if not changed:
        return was
    now = NotificationRules(was.version + 1, {**was.cells, **wanted})
    row = session.get(NotificationRuleSet, 1) or NotificationRuleSet()
    row.version, row.own = (
        now.version,
        {_format_pair(pair): _format_channels(now.cells[pair]) for pair in now.own},
    )
    session.add(row)
    events.record(
        session, actor, Action.NOTICE_RULES_CHANGED, subject="notification rules",
        old=_format_rules(was, changed), new=_format_rules(now, changed),
    )  # fmt: skip
    return now


def reset(session: Session, actor: Actor, *, seen: int) -> NotificationRules:
    """Restore the default rules. Raises the same errors as `update`."""
    return update(
        session, actor, {pair: default_rules.channels_for(*pair) for pair in default_rules.PAIRS}, seen=seen
    )


def _format_pair(pair: Pair) -> str:
    return f"{pair[0].value}/{pair[1].value}"


def _format_channels(media: frozenset[NotificationChannel]) -> str:
    return "".join(medium.letter for medium in NotificationChannel if medium in media) or "."


def _format_rules(book: NotificationRules, pairs: list[Pair]) -> str:
    return ", ".join(f"{_format_pair(pair)} {_format_channels(book.cells[pair])}" for pair in pairs)
