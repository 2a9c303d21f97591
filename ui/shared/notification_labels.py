"""Words for what people hear, where and why."""

from db.vocabulary import NotificationChannel, RecipientReason
from lib.notifications import channels, default_rules
from lib.notifications.rules import Pair

REASON_HEADINGS = {
    RecipientReason.MENTIONED: "When you are mentioned",
    RecipientReason.ASSIGNEE: "Tickets assigned to you",
    RecipientReason.REQUESTER: "Your requests",
    RecipientReason.FORMER: "Tickets you were assigned before",
    RecipientReason.WATCHER: "Tickets you watch or are in CC on",
    RecipientReason.TEAM: "Your team's unassigned tickets",
    RecipientReason.MANAGER: "Unassigned tickets of a team you manage",
}
REASON_LABELS = {
    RecipientReason.MENTIONED: "Mentioned",
    RecipientReason.ASSIGNEE: "Assignee",
    RecipientReason.REQUESTER: "Requester",
    RecipientReason.FORMER: "Former assignee",
    RecipientReason.WATCHER: "Watchers",
    RecipientReason.TEAM: "Team",
    RecipientReason.MANAGER: "Manager",
    RecipientReason.CHANNEL: "Team channel",
}


def format_channel(medium: NotificationChannel) -> str:
    """Return where somebody is notified, in words."""
    return "In Docket" if medium == NotificationChannel.DOCKET else channels.find(medium).phrase


def format_default(pair: Pair) -> str:
    """Return the shipped rule for a pair, in words."""
    told = [
        format_channel(medium)
        for medium in NotificationChannel
        if medium in default_rules.channels_for(*pair)
    ]
    return f"Shipped rule: {', '.join(told) or 'not notified'}."
