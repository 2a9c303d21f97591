"""How a list of tickets may be laid out: which facts stand beside the titles, in which order, and in groups of what."""

from collections.abc import Iterable
from typing import Literal, get_args

from lib.core.errors import Invalid

Fact = Literal["category", "priority", "status", "assignee", "requester", "team", "created", "updated", "due"]
Group = Literal["status", "priority", "category", "team", "assignee", "requester"]
FACTS: tuple[Fact, ...] = get_args(Fact)
GROUPS: tuple[Group, ...] = get_args(Group)
USUAL: tuple[Fact, ...] = ("category", "priority", "status", "assignee", "requester", "updated")
MOST = 7
"""Facts beside a title; more leave it no room."""
_NONE = "title"


def read(written: str) -> tuple[str, ...]:
    """Return the facts that a text such as `status,assignee` names; what is not known is left out."""
    if not written.strip():
        return USUAL
    named = (name.strip() for name in written.split(","))
    return tuple(name for name in dict.fromkeys(named) if name in FACTS)[:MOST]


def write(facts: Iterable[str]) -> str:
    """Return facts as a text that `read` takes apart again; the usual ones need none."""
    facts = tuple(facts)
    return "" if facts == USUAL else ",".join(facts) or _NONE


def checked(facts: Iterable[str], group: str) -> tuple[str, str]:
    """Return facts and group as they are kept, both empty for the usual. Raises Invalid for what there is not."""
    facts = tuple(facts)
    if set(facts) - set(FACTS) or len(set(facts)) != len(facts) or len(facts) > MOST:
        told = f"At most {MOST} of {', '.join(FACTS)}, each once."
        raise Invalid("A list can't have these columns.", fields={"columns": told})
    if group and group not in GROUPS:
        raise Invalid(
            "A list can't be grouped by that.", fields={"group": f"Use one of {', '.join(GROUPS)}."}
        )
    return write(facts), group
