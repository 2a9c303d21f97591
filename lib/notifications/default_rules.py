"""The rules as they come with Docket: of what occasion whom it tells, and where, unless they chose otherwise.

docs/notifications.md shows this table to people; a test holds the two equal. `book` is what a desk made of it.
"""

from db.vocabulary import Medium, Occasion, Relation

LETTERS = {"d": Medium.DOCKET, "m": Medium.MAIL, "s": Medium.SLACK}
"""As the table writes them; in capitals when the message goes out at once."""

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

WORDS = {
    Occasion.CREATED: "A ticket is opened",
    Occasion.ARRIVED: "A ticket is handed to another team",
    Occasion.ASSIGNED: "A ticket is assigned to somebody",
    Occasion.HANDED_BACK: "A ticket is handed back, so that nobody has it",
    Occasion.REPLIED: "Somebody replies",
    Occasion.NOTED: "Somebody writes an internal note",
    Occasion.MOVED: "A ticket goes to another status",
    Occasion.DONE: "A ticket is done",
    Occasion.REOPENED: "A ticket is opened again",
    Occasion.CHANGED: "Its title, description, priority, category or due date changes",
    Occasion.COPIED: "Somebody puts you in copy",
    Occasion.MERGED: "A ticket is merged with another one",
}
SHORT = {
    Occasion.CREATED: "Opened",
    Occasion.ARRIVED: "Handed to another team",
    Occasion.ASSIGNED: "Assigned",
    Occasion.HANDED_BACK: "Handed back: nobody has it",
    Occasion.REPLIED: "New reply",
    Occasion.NOTED: "New internal note",
    Occasion.MOVED: "Moved to another status",
    Occasion.DONE: "Done",
    Occasion.REOPENED: "Opened again",
    Occasion.CHANGED: "Changed",
    Occasion.COPIED: "Somebody was put in copy",
    Occasion.MERGED: "Merged with another ticket",
}
"""What is said of an occasion where neither names nor contents may stand."""
PERSONAL = {
    (Occasion.ASSIGNED, Relation.ASSIGNEE): "Assigned to you",
    (Occasion.ASSIGNED, Relation.FORMER): "No longer assigned to you",
    (Occasion.COPIED, Relation.WATCHER): "You were put in copy",
}
"""The same where it was done to whoever hears of it."""
REASONS = {
    Relation.MENTIONED: "you were mentioned",
    Relation.ASSIGNEE: "the ticket is assigned to you",
    Relation.REQUESTER: "you asked for it",
    Relation.FORMER: "the ticket was assigned to you before",
    Relation.WATCHER: "you watch the ticket",
    Relation.TEAM: "the ticket came to your team",
    Relation.MANAGER: "you lead the ticket's team",
    Relation.CHANNEL: "it is your team's channel",
}

_HEAD, *_ROWS = (line.split() for line in TABLE.strip().splitlines())
_RELATIONS = [Relation.FORMER if name == "former" else Relation(name) for name in _HEAD[1:]]
_CELLS: dict[tuple[Occasion, Relation], str] = {
    (Occasion(row[0]), relation): letters
    for row in _ROWS
    for relation, letters in zip(_RELATIONS, row[1:], strict=True)
    if letters != "-"
}
PAIRS = tuple(_CELLS)
"""Every occasion with every relation that can hear of it, in the table's order."""


def short(occasion: Occasion, relation: Relation) -> str:
    """Return what is said of an occasion, to somebody who hears of it for a reason, without names or contents."""
    if relation == Relation.MENTIONED:
        return (
            "You were mentioned in an internal note" if occasion == Occasion.NOTED else "You were mentioned"
        )
    return PERSONAL.get((occasion, relation), SHORT[occasion])


def possible(relation: Relation) -> tuple[Medium, ...]:
    """Return where somebody can hear of things: a team's channel is in Slack."""
    return (Medium.SLACK,) if relation == Relation.CHANNEL else tuple(Medium)


def media(occasion: Occasion, relation: Relation) -> frozenset[Medium]:
    """Return where somebody hears of an occasion in a desk that changed nothing."""
    return read(_CELLS.get((occasion, relation), ""))


def read(letters: str) -> frozenset[Medium]:
    """Return the media that letters of the table stand for."""
    return frozenset(LETTERS[letter.lower()] for letter in letters if letter != ".")


def pressing(occasion: Occasion, relation: Relation) -> bool:
    """Tell whether a message about it goes out at once, whatever else may follow."""
    letters = _CELLS.get((occasion, relation), "")
    return letters != letters.lower()
