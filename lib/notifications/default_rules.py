"""The default notification rules: who is notified of what and where, unless they chose otherwise.

docs/notifications.md shows this table, and a test keeps both equal. `rules` holds what administrators changed.
"""

from db.vocabulary import NotificationChannel, NotificationType, RecipientReason

# d: in Docket, m: by email, s: in Slack. M and S are always sent at once, the others bundled. `.`: off unless
# administrators turn it on. `-`: never, because nobody has that reason or may not see the event.
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
"""Labels for where neither names nor contents may be shown."""
PERSONAL_LABELS = {
    (NotificationType.ASSIGNED, RecipientReason.ASSIGNEE): "Assigned to you",
    (NotificationType.ASSIGNED, RecipientReason.FORMER): "No longer assigned to you",
    (NotificationType.COPIED, RecipientReason.WATCHER): "You were added to CC",
}
"""The same for the person it was done to."""
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
"""Every type and reason that somebody can be notified of, in the table's order."""


def format_short_label(occasion: NotificationType, relation: RecipientReason) -> str:
    """Return a type's label for a recipient with a reason, without names or contents."""
    if relation == RecipientReason.MENTIONED:
        return (
            "You were mentioned in an internal note"
            if occasion == NotificationType.NOTED
            else "You were mentioned"
        )
    return PERSONAL_LABELS.get((occasion, relation), SHORT_LABELS[occasion])


def available_channels(relation: RecipientReason) -> tuple[NotificationChannel, ...]:
    """Return the channels that recipients with a reason can have. Team channels are in Slack."""
    return (NotificationChannel.SLACK,) if relation == RecipientReason.CHANNEL else tuple(NotificationChannel)


def channels_for(occasion: NotificationType, relation: RecipientReason) -> frozenset[NotificationChannel]:
    """Return the default channels for a type and reason."""
    return parse_letters(_CELLS.get((occasion, relation), ""))


def parse_letters(letters: str) -> frozenset[NotificationChannel]:
    """Return the channels for letters of the table."""
    return frozenset(medium for medium in NotificationChannel if medium.letter in letters.lower())


def is_immediate(occasion: NotificationType, relation: RecipientReason) -> bool:
    """Return whether a message about it is always sent at once, without bundling."""
    letters = _CELLS.get((occasion, relation), "")
    return letters != letters.lower()
