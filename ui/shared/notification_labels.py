"""Words for what people hear, where and why."""

from db.vocabulary import Medium, Relation
from lib.notifications import default_rules
from lib.notifications.rules import Pair

NAMES = {Medium.DOCKET: "In Docket", Medium.MAIL: "By mail", Medium.SLACK: "In Slack"}
HEADS = {
    Relation.MENTIONED: "When you are mentioned",
    Relation.ASSIGNEE: "Tickets assigned to you",
    Relation.REQUESTER: "Tickets you asked for",
    Relation.FORMER: "Tickets taken from you",
    Relation.WATCHER: "Tickets you watch or are in copy of",
    Relation.TEAM: "Your team's tickets that nobody has",
    Relation.MANAGER: "Tickets of a team you lead that nobody has",
}
WHO = {
    Relation.MENTIONED: "Mentioned",
    Relation.ASSIGNEE: "Assignee",
    Relation.REQUESTER: "Requester",
    Relation.FORMER: "Former assignee",
    Relation.WATCHER: "Watchers",
    Relation.TEAM: "Team",
    Relation.MANAGER: "Manager",
    Relation.CHANNEL: "Team channel",
}


def shipped(pair: Pair) -> str:
    """Return what holds for a pair in a desk that changed nothing, in words."""
    told = [NAMES[medium] for medium in Medium if medium in default_rules.media(*pair)]
    return f"As it came: {', '.join(told) or 'not at all'}."
