"""The rules as this desk has them: those that came with Docket, and what administrators made of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from db.engine import lock
from db.models import NoticeRules
from db.vocabulary import Action, NotificationChannel, NotificationType, Permission, RecipientReason, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.core.errors import Conflict, Invalid
from lib.notifications import default_rules

Pair = tuple[NotificationType, RecipientReason]
_LETTER = {medium: letter for letter, medium in default_rules.LETTERS.items()}


@dataclass(frozen=True)
class Book:
    """Where who hears of what; whoever changes it names the `version` they read."""

    version: int
    cells: Mapping[Pair, frozenset[NotificationChannel]]

    @property
    def told(self) -> list[Pair]:
        """What anybody hears of at all, in the table's order."""
        return [pair for pair in default_rules.PAIRS if self.cells[pair]]

    @property
    def own(self) -> list[Pair]:
        """What differs from the rules that came with Docket."""
        return [pair for pair in default_rules.PAIRS if self.cells[pair] != default_rules.media(*pair)]

    def media(self, occasion: NotificationType, relation: RecipientReason) -> frozenset[NotificationChannel]:
        """Return where somebody hears of an occasion, unless they chose otherwise."""
        return self.cells.get((occasion, relation), frozenset())

    def relations(self, occasion: NotificationType) -> frozenset[RecipientReason]:
        """Return who hears of an occasion at all."""
        return frozenset(relation for known, relation in self.told if known == occasion)


def of(session: Session) -> Book:
    """Return the rules as they are now."""
    row = session.get(NoticeRules, 1)
    own = {} if row is None else row.own
    cells = {
        pair: default_rules.read(own[_name(pair)]) if _name(pair) in own else default_rules.media(*pair)
        for pair in default_rules.PAIRS
    }
    return Book(row.version if row else 1, cells)


def read(session: Session, actor: Actor) -> Book:
    """Return the rules to whoever may change them. Raises NotPermitted."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    return of(session)


def change(
    session: Session, actor: Actor, wanted: Mapping[Pair, frozenset[NotificationChannel]], *, seen: int
) -> Book:
    """Let people hear of things where `wanted` says unless they chose otherwise; what it leaves out stays.

    Raises NotPermitted, Conflict (somebody changed the rules since version `seen`), and Invalid for what can't be: a
    requester never hears of a note, whatever the rules are.
    """
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    strange = [
        p
        for p in wanted
        if p not in default_rules.PAIRS or not wanted[p] <= set(default_rules.possible(p[1]))
    ]
    if strange:
        words = f"{strange[0][0].value}, {strange[0][1].value}"
        raise Invalid(f"Nobody can hear of that for this reason: {words}.", fields={"rules": words})
    lock(session, "notice rules")
    was = of(session)
    if was.version != seen:
        raise Conflict(
            "Somebody changed the rules while you did. Nothing of yours was saved; look at them and try again.",
            current={"version": was.version},
        )
    changed = [pair for pair in default_rules.PAIRS if wanted.get(pair, was.cells[pair]) != was.cells[pair]]
    if not changed:
        return was
    now = Book(was.version + 1, {**was.cells, **wanted})
    row = session.get(NoticeRules, 1) or NoticeRules()
    row.version, row.own = now.version, {_name(pair): _letters(now.cells[pair]) for pair in now.own}
    session.add(row)
    events.record(
        session, actor, Action.NOTICE_RULES_CHANGED, subject="notice rules",
        old=_told(was, changed), new=_told(now, changed),
    )  # fmt: skip
    return now


def reset(session: Session, actor: Actor, *, seen: int) -> Book:
    """Go back to the rules that came with Docket. Raises as `change` does."""
    return change(
        session, actor, {pair: default_rules.media(*pair) for pair in default_rules.PAIRS}, seen=seen
    )


def _name(pair: Pair) -> str:
    return f"{pair[0].value}/{pair[1].value}"


def _letters(media: frozenset[NotificationChannel]) -> str:
    return "".join(_LETTER[medium] for medium in NotificationChannel if medium in media) or "."


def _told(book: Book, pairs: list[Pair]) -> str:
    return ", ".join(f"{_name(pair)} {_letters(book.cells[pair])}" for pair in pairs)
