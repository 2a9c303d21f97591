"""The list of tickets."""

from collections.abc import Container, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from lib.desk.listing import TicketRow
from ui.components.packaged import renderer

Field = Literal["title", "category", "priority", "status", "assignee", "requester", "updated"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the field it shows, its heading, and where the heading leads (the list sorted by it)."""

    field: Field
    label: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Empty:
    """What stands in place of an empty list: a sentence and, if anything, what to do about it."""

    text: str
    label: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A way to another part of the list: what it says, and the address inside Docket."""

    label: str
    href: str


COLUMNS = (
    Column("title", "Ticket"),
    Column("category", "Category"),
    Column("priority", "Priority"),
    Column("status", "Status"),
    Column("assignee", "Assignee"),
    Column("requester", "Requester"),
    Column("updated", "Updated"),
)
NOTHING = Empty("No tickets here.")


def ticket_rows(
    rows: Sequence[TicketRow],
    *,
    key: str,
    label: str = "Tickets",
    columns: Sequence[Column] = COLUMNS,
    sort: str = "-updated",
    fresh: Container[int] = (),
    empty: Empty = NOTHING,
    more: Sequence[Link] = (),
) -> None:
    """Show `rows` as a table, or as cards where there is little room. A row opens `/ticket?id=…`.

    `sort` names the field the rows are sorted by, "-" before it meaning downwards; `fresh` holds the numbers
    of tickets with something new in them; `label` names the table for people who hear it; `more` stands below
    it and leads to other parts, so that Back returns to this one. Nothing comes back:
    opening a ticket is a link, and Back returns to this very place.
    """
    renderer("ticket_rows")(
        key=key,
        data={
            "label": label,
            "rows": [_data(row, unread=row.number in fresh) for row in rows],
            "columns": [asdict(column) for column in columns],
            "sort": sort,
            "empty": asdict(empty),
            "more": [asdict(link) for link in more],
        },
    )


def _data(row: TicketRow, *, unread: bool) -> dict[str, Any]:
    return {
        "number": row.number,
        "href": f"/ticket?id={row.number}",
        "title": row.title,
        "category": row.category or "",
        "priority": row.priority.label,
        "status": {"name": row.status, "kind": row.kind.value},
        "assignee": row.assignee or "",
        "requester": row.requester,
        "updated": row.updated_at.isoformat(),
        "unread": unread,
        "confidential": row.confidential,
    }
