"""The rules as they come with Docket: of what occasion whom it tells, and where, unless they chose otherwise.

docs/notifications.md shows this table to people; a test holds the two equal. `book` is what a desk made of it.
"""

from db.vocabulary import NotificationChannel, NotificationType, RecipientReason

# d in Docket, m by mail, s through Slack; M and S always go out at once, of the others the first one does; . not at all
# unless administrators have it otherwise; - never, as nobody stands so to it, or as it is not for their eyes.
TABLE = """
    occasion     mentioned  assignee  requester  former  watcher  team  manager  channel
    created      -          -         dm         -       d        d     d        S
    arrived      -          -         d          -       d        d     d        S
    assigned     -          dMS       d          dM      d        -     -        s
    handed_back  -          -         d          dm      d        d     d        s
    replied      dMS        dms       dM         -       dm       d     d        .
    noted        dMS        dms       -          -       dm       .     .        -
    moved        -          d         dm         -       d        .     .        .
    done         -          dm        dm         -       dm       .     .        s
    reopened     -          dms       dm         -       dm       d     d        s
    changed      -          d         .          -       d        .     .        .
    copied       -          -         -          -       dm       -     -        -
    merged       -          d         dm         -       d        .     .        .
"""

EVENT_LABELS = {
    NotificationType.CREATED: "A ticket is created",
    NotificationType.ARRIVED: "A ticket moves to another team",
    NotificationType.ASSIGNED: "A ticket is assigned",
    NotificationType.HANDED_BACK: "A ticket is unassigned",
    NotificationType.REPLIED: "A reply is added",
    NotificationType.NOTED: "An internal note is added",
    NotificationType.MOVED: "The status changes",
    NotificationType.DONE: "A ticket is completed",
    NotificationType.REOPENED: "A ticket is reopened",
    NotificationType.CHANGED: "Title, description, priority, category or due date changes",
    NotificationType.COPIED: "You are added to CC",
    NotificationType.MERGED: "A ticket is merged",
}
SHORT_LABELS = {
    NotificationType.CREATED: "Created",
    NotificationType.ARRIVED: "Moved to another team",
    NotificationType.ASSIGNED: "Assigned",
    NotificationType.HANDED_BACK: "Unassigned",
    NotificationType.REPLIED: "New reply",
    NotificationType.NOTED: "New internal note",
    NotificationType.MOVED: "Status changed",
    NotificationType.DONE: "Done",
    NotificationType.REOPENED: "Reopened",
    NotificationType.CHANGED: "Changed",
    NotificationType.COPIED: "Added to CC",
    NotificationType.MERGED: "Merged",
}
"""What is said of an occasion where neither names nor contents may stand."""
PERSONAL_LABELS = {
    (NotificationType.ASSIGNED, RecipientReason.ASSIGNEE): "Assigned to you",
    (NotificationType.ASSIGNED, RecipientReason.FORMER): "No longer assigned to you",
    (NotificationType.COPIED, RecipientReason.WATCHER): "You were added to CC",
}
"""The same where it was done to whoever hears of it."""
REASONS = {
    RecipientReason.MENTIONED: "you were mentioned",
    RecipientReason.ASSIGNEE: "the ticket is assigned to you",
    RecipientReason.REQUESTER: "you are the requester",
    RecipientReason.FORMER: "the ticket used to be assigned to you",
    RecipientReason.WATCHER: "you watch the ticket",
    RecipientReason.TEAM: "the ticket is in your team",
    RecipientReason.MANAGER: "you manage the ticket's team",
    RecipientReason.CHANNEL: "it is your team's channel",
}

_HEAD, *_ROWS = (line.split() for line in TABLE.strip().splitlines())
_RELATIONS = [RecipientReason.FORMER if name == "former" else RecipientReason(name) for name in _HEAD[1:]]
_CELLS: dict[tuple[NotificationType, RecipientReason], str] = {
    (NotificationType(row[0]), relation): letters
    for row in _ROWS
    for relation, letters in zip(_RELATIONS, row[1:], strict=True)
    if letters != "-"
}
PAIRS = tuple(_CELLS)
"""Every occasion with every relation that can hear of it, in the table's order."""


def format_short_label(occasion: NotificationType, relation: RecipientReason) -> str:
    """Return what is said of an occasion, to somebody who hears of it for a reason, without names or contents."""
    if relation == RecipientReason.MENTIONED:
        return (
            "You were mentioned in an internal note"
            if occasion == NotificationType.NOTED
            else "You were mentioned"
        )
    return PERSONAL_LABELS.get((occasion, relation), SHORT_LABELS[occasion])


def available_channels(relation: RecipientReason) -> tuple[NotificationChannel, ...]:
    """Return where somebody can hear of things: a team's channel is in Slack."""
    return (NotificationChannel.SLACK,) if relation == RecipientReason.CHANNEL else tuple(NotificationChannel)


def channels_for(occasion: NotificationType, relation: RecipientReason) -> frozenset[NotificationChannel]:
    """Return where somebody hears of an occasion in a desk that changed nothing."""
    return parse_letters(_CELLS.get((occasion, relation), ""))


def parse_letters(letters: str) -> frozenset[NotificationChannel]:
    """Return the media that letters of the table stand for."""
    return frozenset(medium for medium in NotificationChannel if medium.letter in letters.lower())


def is_immediate(occasion: NotificationType, relation: RecipientReason) -> bool:
    """Tell whether a message about it goes out at once, whatever else may follow."""
    letters = _CELLS.get((occasion, relation), "")
    return letters != letters.lower()
