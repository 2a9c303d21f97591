"""The layout of a ticket list: its columns, their order, and how it is grouped."""

from collections.abc import Iterable

from lib.catalog.ticket_fields import GROUPED, LISTED
from lib.core.errors import Invalid

DEFAULT_COLUMNS = ("category", "priority", "status", "assignee", "requester", "updated")
MAX_COLUMNS = 7
"""Maximum number of columns beside the title. More leave it no room."""
_NO_COLUMNS = "title"


def parse(written: str) -> tuple[str, ...]:
    """Return the columns in a text such as `status,assignee`. Unknown ones are left out."""
    if not written.strip():
        return DEFAULT_COLUMNS
    named = (name.strip() for name in written.split(","))
    return tuple(name for name in dict.fromkeys(named) if name in LISTED)[:MAX_COLUMNS]


def to_text(facts: Iterable[str]) -> str:
    """Return columns as text for `parse`. The default columns are the empty text."""
    facts = tuple(facts)
    return "" if facts == DEFAULT_COLUMNS else ",".join(facts) or _NO_COLUMNS


def validate(facts: Iterable[str], group: str) -> tuple[str, str]:
    """Return columns and group as they are stored, empty for the defaults. Raises Invalid for unknown ones."""
    facts = tuple(facts)
    if set(facts) - set(LISTED) or len(set(facts)) != len(facts) or len(facts) > MAX_COLUMNS:
        told = f"At most {MAX_COLUMNS} of {', '.join(LISTED)}, each once."
        raise Invalid("These columns can't be used in a list.", fields={"columns": told})
    if group and group not in GROUPED:
        raise Invalid(
            "A list can't be grouped by that.", fields={"group": f"Use one of {', '.join(GROUPED)}."}
        )
    return to_text(facts), group
