"""The list of notices."""

from collections.abc import Sequence
from typing import Any

from lib.notifications import default_rules
from lib.notifications.inbox import NotificationCard
from ui.components.registration import renderer


def notification_list(cards: Sequence[NotificationCard], *, key: str, empty: str, more: str = "") -> None:
    """Show `cards`: a click opens what each tells of and marks it as read; `more` is the address of earlier ones.

    Reading and putting off go to Docket's own routes, so that the list answers at once.
    """
    renderer("notices")(
        key=key, data={"items": [_card_data(card) for card in cards], "empty": empty, "more": more}
    )


def _card_data(card: NotificationCard) -> dict[str, Any]:
    return {
        "id": card.id,
        "at": card.at.isoformat(),
        "href": card.path,
        "ticket": card.ticket,
        "title": card.title,
        "actor": card.actor or "Docket",
        "sentence": card.sentence,
        "excerpt": card.excerpt,
        "internal": card.internal,
        "reason": default_rules.REASONS[card.relation],
        "read": card.read,
        "snoozed": card.snoozed_until.isoformat() if card.snoozed_until else "",
    }
