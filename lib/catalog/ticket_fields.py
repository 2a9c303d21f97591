"""The fields of a ticket: one row for each, from which lists, search, exports, the API and the ticket page are made."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from db.models import Category, Person, Status, Team, Ticket
from db.vocabulary import Priority, StatusCategory


class FieldType(StrEnum):
    """What a field holds."""

    NUMBER = "number"
    TEXT = "text"
    LEVEL = "level"
    NAMED = "named"
    PERSON = "person"
    FLAG = "flag"
    MOMENT = "moment"
    DAY = "day"
    TAGS = "tags"
    CUSTOM = "custom"


@dataclass(frozen=True)
class Sort:
    """How lists are sorted by a field: what both orders are called, and by what column, if not its own."""

    up: str = ""
    down: str = ""
    down_first: bool = True
    """Whether the first click on its heading puts the largest first."""
    column: Any = None
    empty: Any = None
    """The value that tickets without one are sorted by."""


@dataclass(frozen=True)
class GroupBy:
    """How lists are grouped by a field, as far as its indexes decide it."""

    sorts: AbstractSet[str] | None = frozenset({"updated"})
    """The orders in which an index has its tickets; None for all, or where they are few."""
    behind_team: bool = False
    """Whether an index has it behind the team, because a team may have little of what there is much of."""


@dataclass(frozen=True)
class TicketField:
    """One field; what is empty or None is a surface that it is not on."""

    name: str
    """In addresses, lists, filters, qualifiers and the API."""
    label: str
    """On screens."""
    type: FieldType
    column: Any = None
    """The column of `Ticket`, if it is one."""
    values: Any = None
    """The enumeration of a level; the table to which a named one or a person refers."""
    empty: str = ""
    """What having none is called, where it may be asked for."""
    in_list: bool = False
    """Whether it can be a column of lists."""
    sort: Sort | None = None
    group: GroupBy | None = None

    @property
    def stored(self) -> str:
        """The attribute of a `TicketRow` that holds its value: of a reference the id."""
        return "number" if self.type == FieldType.NUMBER else self.column.key

    @property
    def refers(self) -> bool:
        """Whether it holds the id of something that has a name."""
        return self.type in (FieldType.NAMED, FieldType.PERSON)

    @property
    def sort_column(self) -> Any:
        """The column by which lists are sorted."""
        return self.column if self.sort is None or self.sort.column is None else self.sort.column


class TicketRow(NamedTuple):
    """One line of a list; a tuple, as a page makes fifty of them. Of a reference it has the name and the id."""

    number: int
    title: str
    status: str
    status_id: int
    kind: StatusCategory
    priority: Priority
    category: str | None
    category_id: int | None
    team: str
    team_id: int
    requester: str
    requester_id: int
    assignee: str | None
    assignee_id: int | None
    confidential: bool
    created_at: datetime
    updated_at: datetime
    first_response_at: datetime | None
    resolved_at: datetime | None
    version: int
    due_on: date | None = None


FIELDS = (
    TicketField("number", "Number", FieldType.NUMBER, Ticket.id, sort=Sort()),
    TicketField("title", "Title", FieldType.TEXT, Ticket.title),
    TicketField("description", "Description", FieldType.TEXT, Ticket.description),
    TicketField(
        "status", "Status", FieldType.NAMED, Ticket.status_id, Status, in_list=True,
        group=GroupBy(behind_team=True),
    ),
    TicketField(
        "priority", "Priority", FieldType.LEVEL, Ticket.priority, Priority, in_list=True,
        sort=Sort("Least urgent", "Most urgent"),
        group=GroupBy(frozenset({"priority", "number"}), behind_team=True),
    ),
    TicketField(
        "category", "Category", FieldType.NAMED, Ticket.category_id, Category, "No category", in_list=True,
        group=GroupBy(behind_team=True),
    ),
    TicketField("team", "Team", FieldType.NAMED, Ticket.team_id, Team, in_list=True, group=GroupBy(sorts=None)),
    TicketField(
        "requester", "Requester", FieldType.PERSON, Ticket.requester_id, Person, in_list=True,
        group=GroupBy(sorts=None),
    ),
    TicketField(
        "assignee", "Assignee", FieldType.PERSON, Ticket.assignee_id, Person, "Nobody yet", in_list=True,
        group=GroupBy(),
    ),
    TicketField("responder", "Responder", FieldType.PERSON, Ticket.responder_id, Person),
    TicketField("resolver", "Resolver", FieldType.PERSON, Ticket.resolver_id, Person),
    TicketField("confidential", "Confidential", FieldType.FLAG, Ticket.confidential),
    TicketField(
        "created", "Created", FieldType.MOMENT, Ticket.created_at, in_list=True, sort=Sort("Oldest", "Newest"),
    ),
    TicketField(
        "updated", "Updated", FieldType.MOMENT, Ticket.updated_at, in_list=True,
        sort=Sort("Longest untouched", "Last updated"),
    ),
    TicketField("responded", "First response", FieldType.MOMENT, Ticket.first_response_at),
    TicketField("resolved", "Resolved", FieldType.MOMENT, Ticket.resolved_at),
    TicketField(
        "due", "Due", FieldType.DAY, Ticket.due_on, in_list=True,
        sort=Sort("Due first", "Due last", down_first=False, column=Ticket.due_order, empty=date.max),
    ),
    TicketField("tag", "Tags", FieldType.TAGS),
    TicketField("field", "Custom fields", FieldType.CUSTOM),
)  # fmt: skip
"""In the order in which they are offered and exported."""

NAMED = {field.name: field for field in FIELDS}
LISTED = {field.name: field for field in FIELDS if field.in_list}
SORTED = {field.name: field for field in FIELDS if field.sort}
GROUPED = {field.name: field for field in FIELDS if field.group}
LEVELS = {field.name: field for field in FIELDS if field.type == FieldType.LEVEL}
