"""The built-in ticket fields in one table, from which lists, search, exports, the API and the ticket page are built."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from db.models import Category, Person, Status, Team, Ticket
from db.vocabulary import Level, Priority, StatusCategory


class FieldType(StrEnum):
    """The type of a field's value."""

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
    """How lists are sorted by a field: the labels of both directions, and the column if it is not the field's own."""

    up: str = ""
    down: str = ""
    down_first: bool = True
    """Whether the first click on its heading sorts descending."""
    column: Any = None
    empty: Any = None
    """The sort value of tickets without a value."""


@dataclass(frozen=True)
class GroupBy:
    """How lists are grouped by a field, as far as it depends on indexes."""

    sorts: AbstractSet[str] | None = frozenset({"updated"})
    """The sort orders for which an index exists; None for all, or when no index is needed."""
    behind_team: bool = False
    """Whether an index starts with the team, because a team may have few tickets of a large group."""


@dataclass(frozen=True)
class TicketField:
    """A built-in field. An attribute that is empty or None means that the field is not used there."""

    name: str
    """The name in URLs, lists, filters, qualifiers and the API."""
    label: str
    """The label on screens."""
    type: FieldType
    column: Any = None
    """The column of `Ticket`, if it is one."""
    values: Any = None
    """The enumeration of a level, or the table that a named value or person refers to."""
    empty: str = ""
    """The label for "no value", where that can be filtered by."""
    in_list: bool = False
    """Whether it can be a column in lists."""
    sort: Sort | None = None
    group: GroupBy | None = None
    filter: str = ""
    """The API's description of its filter; empty if it has none."""
    meaning: str = ""
    """The meaning of its search qualifier, for people who search."""
    examples: tuple[str, ...] = ()
    """Examples of the qualifier."""
    chip: bool = False
    """Whether the list's filter bar offers it."""
    export: str = ""
    """Its heading in exports."""
    bulk: Mapping[str, str] = field(default_factory=dict)
    """Its bulk changes, with their labels in the menu."""
    usual: Any = None
    """The initial value in the form for a new ticket."""
    draft: bool = False
    """Whether a draft of a new ticket contains it."""
    notify: bool = False
    """Whether people are notified when it changes."""
    key: str = ""
    """The name in API bodies and responses and in drafts, if it differs from `name`."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters that filter a list by it. A time or date has two, for the start and the end of a range."""
        if not self.filter:
            return ()
        return (f"{self.name}_after", f"{self.name}_before") if self.dated else (self.name,)

    @property
    def dated(self) -> bool:
        """Whether it holds a time or a date."""
        return self.type in (FieldType.MOMENT, FieldType.DAY)

    @property
    def event(self) -> str:
        """The field's name in events."""
        return self.body_key if self.column is None else self.column.key.removesuffix("_id")

    @property
    def stored(self) -> str:
        """The attribute of `TicketRow` with its value; for a reference, the id."""
        return "number" if self.type == FieldType.NUMBER else self.column.key

    @property
    def shown(self) -> str:
        """The attribute of `TicketRow` with its displayed value; for a reference, the name."""
        return self.name if self.refers else self.stored

    @property
    def body_key(self) -> str:
        """The name in API bodies and responses, and in drafts."""
        return self.key or self.name

    @property
    def refers(self) -> bool:
        """Whether it refers to something with a name."""
        return self.type in (FieldType.NAMED, FieldType.PERSON)

    @property
    def sort_column(self) -> Any:
        """The column by which lists are sorted."""
        return self.column if self.sort is None or self.sort.column is None else self.sort.column


class TicketRow(NamedTuple):
    """One row of a list, with names and ids of references. A tuple because a page builds fifty of them."""

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


_BY_NAME, _BY_TIME, _BY_ID = "by name or id", "a date or time, or days ago like `7d`", "by id, or `me`"


def _steps(values: type[Level]) -> str:
    return ", ".join(f"`{value.label}`" for value in values)


FIELDS = (
    TicketField(
        "number", "Number", FieldType.NUMBER, Ticket.id, sort=Sort(), filter="ticket numbers", export="number",
    ),
    TicketField("title", "Title", FieldType.TEXT, Ticket.title, export="title", draft=True, notify=True),
    TicketField("description", "Description", FieldType.TEXT, Ticket.description, notify=True),
    TicketField(
        "status", "Status", FieldType.NAMED, Ticket.status_id, Status, in_list=True,
        group=GroupBy(behind_team=True), filter=_BY_NAME, meaning="status, several with a comma",
        examples=("status:blocked", "status:in-progress,to-do"), chip=True, export="status",
        bulk={"status": "Change status", "close": "Complete as"},
    ),
    TicketField(
        "priority", "Priority", FieldType.LEVEL, Ticket.priority, Priority, in_list=True,
        sort=Sort("Least urgent", "Most urgent"),
        group=GroupBy(frozenset({"priority", "number"}), behind_team=True), filter=_steps(Priority),
        meaning="priority", examples=("priority:high", "priority:high,urgent"), chip=True,
        export="priority", bulk={"priority": "Set priority"}, usual=Priority.NORMAL, draft=True, notify=True,
    ),
    TicketField(
        "category", "Category", FieldType.NAMED, Ticket.category_id, Category, "No category", in_list=True,
        group=GroupBy(behind_team=True), filter=_BY_NAME, meaning="category, or none",
        examples=("category:network",), chip=True, export="category",
        bulk={"category": "Set category"}, draft=True, notify=True,
    ),
    TicketField(
        "team", "Team", FieldType.NAMED, Ticket.team_id, Team, in_list=True, group=GroupBy(sorts=None),
        filter="by name or id, or `mine` for those whose tickets you work",
        meaning="team name, or mine", examples=("team:mine", 'team:"Service desk"'), chip=True,
        export="team", bulk={"team": "Move to team"},
    ),
    TicketField(
        "requester", "Requester", FieldType.PERSON, Ticket.requester_id, Person, in_list=True,
        group=GroupBy(sorts=None), filter=_BY_ID, meaning="requester: a name or me",
        examples=("requester:me", "requester:sam"), chip=True, export="requester", draft=True,
    ),
    TicketField(
        "assignee", "Assignee", FieldType.PERSON, Ticket.assignee_id, Person, "Unassigned", in_list=True,
        group=GroupBy(), filter="by id, or `me`, or `none`", meaning="assignee: a name, me or none",
        examples=("assignee:me", "assignee:rita", "assignee:none"), chip=True, export="assignee",
        bulk={"assignee": "Assign to", "unassign": "Unassign"},
    ),
    TicketField(
        "responder", "Responder", FieldType.PERSON, Ticket.responder_id, Person,
        filter="who was assigned at the first response: by id, or `me`",
        meaning="assignee at the first response: a name or me", examples=("responder:me",),
    ),
    TicketField(
        "resolver", "Resolver", FieldType.PERSON, Ticket.resolver_id, Person,
        filter="who was assigned at the resolution: by id, or `me`",
        meaning="assignee when it was resolved: a name or me", examples=("resolver:me",),
    ),
    TicketField(
        "confidential", "Confidential", FieldType.FLAG, Ticket.confidential, export="confidential", draft=True,
    ),
    TicketField(
        "created", "Created", FieldType.MOMENT, Ticket.created_at, in_list=True, sort=Sort("Oldest", "Newest"),
        filter=_BY_TIME, meaning="date of creation",
        examples=("created:today", "created:>2026-01-01", "created:2026-01"), chip=True, export="created",
    ),
    TicketField(
        "updated", "Updated", FieldType.MOMENT, Ticket.updated_at, in_list=True,
        sort=Sort("Least recently updated", "Last updated"), filter=_BY_TIME, meaning="date of the last update",
        examples=("updated:<2026-02-01", "updated:2026-01-01..2026-01-15"), chip=True, export="updated",
    ),
    TicketField(
        "responded", "First response", FieldType.MOMENT, Ticket.first_response_at,
        filter="first public reply by staff, as above", meaning="date of the first response",
        examples=("responded:today",), export="first response", key="first_response_at",
    ),
    TicketField(
        "resolved", "Resolved", FieldType.MOMENT, Ticket.resolved_at, filter="resolved and still so, as above",
        meaning="date of resolution", examples=("resolved:7d", "resolved:2026-01"), export="resolved",
        key="resolved_at",
    ),
    TicketField(
        "due", "Due", FieldType.DAY, Ticket.due_on, in_list=True,
        sort=Sort("Due first", "Due last", down_first=False, column=Ticket.due_order, empty=date.max),
        filter="a date", meaning="due date", examples=("due:<today", "due:tomorrow", "due:7d"),
        chip=True, export="due",
        bulk={"due": "Set due date", "no_due": "Remove due date"}, draft=True, notify=True,
    ),
    TicketField(
        "tag", "Tags", FieldType.TAGS, filter="by name", meaning="tag",
        examples=("tag:vip", "-tag:vip"), chip=True, export="tags",
        bulk={"add_tags": "Add tags", "remove_tags": "Remove tags"}, draft=True, key="tags",
    ),
    TicketField(
        "field", "Custom fields", FieldType.CUSTOM, filter="custom fields: `asset=4711`, `price>100`",
        meaning="custom field: its name and a value", examples=("field:asset=4711", 'field:"price>100"'),
        draft=True, key="fields",
    ),
)  # fmt: skip
"""All fields, in the order in which they are offered and exported."""


def _by_name(chosen: Callable[[TicketField], object]) -> dict[str, TicketField]:
    return {each.name: each for each in FIELDS if chosen(each)}


NAMED = {each.name: each for each in FIELDS}
LISTED = _by_name(lambda each: each.in_list)
SORTED = _by_name(lambda each: each.sort)
GROUPED = _by_name(lambda each: each.group)
FILTERED = _by_name(lambda each: each.filter)
LEVELS = _by_name(lambda each: each.type == FieldType.LEVEL)
READ = [each for each in FIELDS if each.column is not None and each.stored in TicketRow._fields]
"""The fields that can be columns of a list."""
