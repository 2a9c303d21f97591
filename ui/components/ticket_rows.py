"""The list of tickets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ui.components.packaged import renderer

Kind = Literal["todo", "active", "blocked", "paused", "done"]
Priority = Literal["low", "normal", "high", "urgent"]
Field = Literal["title", "category", "priority", "status", "assignee", "requester", "updated"]


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket of the list, as the person may see it."""

    number: int
    title: str
    status: str
    kind: Kind
    priority: Priority
    updated: datetime
    category: str = ""
    assignee: str = ""
    requester: str = ""
    unread: bool = False
    confidential: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One column: which field it shows, its heading, and where its heading leads (a sorted list) if anywhere."""

    field: Field
    label: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Empty:
    """What stands in place of the list when there is nothing: a sentence and, if any, what to do about it."""

    text: str
    label: str = ""
    href: str = ""


COLUMNS = (
    Column("title", "Ticket"),
    Column("category", "Category"),
    Column("priority", "Priority"),
    Column("status", "Status"),
    Column("assignee", "Assignee"),
    Column("requester", "Requester"),
    Column("updated", "Updated"),
)


def ticket_rows(
    rows: Sequence[Row],
    *,
    key: str,
    label: str = "Tickets",
    columns: Sequence[Column] = COLUMNS,
    sort: str = "-updated",
    empty: Empty = Empty("No tickets here."),
) -> None:
    """Show `rows` as a table, or as cards where there is little room. A row opens `/ticket?id=…`.

    `sort` names the field the rows are sorted by, "-" before it meaning downwards; `label` names the table
    for people who hear it. Nothing comes back: opening a ticket is a link, and Back returns to this very place.
    """
    renderer("ticket_rows")(
        key=key,
        data={
            "label": label,
            "rows": [_data(row) for row in rows],
            "columns": [{"field": c.field, "label": c.label, "href": c.href} for c in columns],
            "sort": sort,
            "empty": {"text": empty.text, "label": empty.label, "href": empty.href},
        },
    )


def _data(row: Row) -> dict[str, object]:
    return {
        "number": row.number,
        "href": f"/ticket?id={row.number}",
        "title": row.title,
        "category": row.category,
        "priority": row.priority,
        "status": {"name": row.status, "kind": row.kind},
        "assignee": row.assignee,
        "requester": row.requester,
        "updated": row.updated.isoformat(),
        "unread": row.unread,
        "confidential": row.confidential,
    }
