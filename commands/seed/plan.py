"""What the load holds: random but repeatable tickets of two years, in words that no language has.

The vocabulary follows Zipf's law as real texts do, so that a search for a common word costs what it would.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

SEED, WORDS, AGENTS, REQUESTERS, COMMENTS, DAYS = 7, 5000, 50, 500, 2, 730
STATES = {"new": 8, "open": 14, "pending": 6, "resolved": 22, "closed": 50}
PRIORITIES = {1: 25, 2: 50, 3: 20, 4: 5}
CATEGORIES = ("account", "billing", "database", "email", "hardware", "mobile",
              "network", "onboarding", "printing", "security", "software", "website")  # fmt: skip
RANK_OFFSET = 3
"""What is added to a word's rank before it divides (after Mandelbrot)."""
WEIGHTS = [1 / (rank + RANK_OFFSET) for rank in range(WORDS)]


class PlannedTicket(NamedTuple):
    """One ticket of the load; people and category are places in their lists, `replies` are (when, text, by)."""

    title: str
    description: str
    state: str
    priority: int
    category: int
    assignee: int | None
    requester: int
    created: datetime
    replies: list[tuple[datetime, str, int]]


def build_vocabulary(rng: random.Random) -> list[str]:
    """Return the words, the most common first."""
    syllables = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
    words: set[str] = set()
    while len(words) < WORDS:
        words.add("".join(rng.choices(syllables, k=rng.choice((2, 3, 3, 4)))) + rng.choice("lnrstx"))
    ordered = sorted(words)
    rng.shuffle(ordered)
    return ordered


def plan_tickets(number: int, *, until: datetime, seed: int = SEED) -> Iterator[PlannedTicket]:
    """Yield `number` tickets of the two years before `until`, oldest first."""
    rng = random.Random(seed)  # noqa: S311 - repeatable on purpose
    words, weights = build_vocabulary(rng), list(accumulate(WEIGHTS))

    def text(least: int, most: int) -> str:
        return " ".join(rng.choices(words, cum_weights=weights, k=rng.randint(least, most)))

    begin = until - timedelta(days=DAYS)
    for place in sorted(rng.random() for _ in range(number)):
        created = when = begin + timedelta(days=DAYS * place)
        state = rng.choices(list(STATES), list(STATES.values()))[0]
        waits = state == "new" and rng.random() < 0.6
        assignee = None if waits else rng.randrange(AGENTS)
        replies = []
        for _ in range(COMMENTS):
            when = min(when + timedelta(minutes=rng.expovariate(1 / 600)), until)
            replies.append((when, text(20, 40), rng.randrange(AGENTS)))
        yield PlannedTicket(
            title=text(5, 10).capitalize(),
            description=text(45, 75),
            state=state,
            priority=rng.choices(list(PRIORITIES), list(PRIORITIES.values()))[0],
            category=rng.randrange(len(CATEGORIES)),
            assignee=assignee,
            requester=rng.randrange(REQUESTERS),
            created=created,
            replies=replies,
        )
