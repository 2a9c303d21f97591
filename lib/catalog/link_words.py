"""The names of links between tickets, as verbs in a sentence."""

WORDS = {
    "blocks": "blocks",
    "blocked_by": "is blocked by",
    "parent": "is part of",
    "child": "contains",
    "relates": "relates to",
    "duplicates": "duplicates",
    "duplicated_by": "is duplicated by",
}
