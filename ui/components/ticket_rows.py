"""The list of tickets."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from lib.catalog.ticket_fields import LISTED, FieldType, TicketField, TicketRow
from lib.lists.columns import DEFAULT_COLUMNS
from ui.components.assign_buttons import AssignButtons, handle_assign_click
from ui.components.registration import renderer
from ui.components.timer_buttons import TimerButtons, handle_timer_click
from ui.components.validation import parse_positive_int as positive


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the field it shows and what that holds, its heading, and where that leads (the list sorted by it)."""

    field: str
    label: str
    href: str = ""
    type: FieldType = FieldType.TEXT


@dataclass(frozen=True, slots=True)
class EmptyState:
    """What stands in place of an empty list: a sentence and, if anything, what to do about it."""

    text: str
    label: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A way to another part of the list: what it says, and the address inside Docket."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above the rows of a group from row `at` (from 0) on: its name, how many it has, where they are alone.

    `continued` tells that the group began on an earlier page.
    """

    at: int
    name: str
    count: str
    href: str
    continued: bool = False


def column(name: str, href: str = "") -> Column:
    """Return the column of a field."""
    return Column(name, LISTED[name].label, href, LISTED[name].type)


TITLE = Column("title", "Ticket")
COLUMNS = (TITLE, *map(column, DEFAULT_COLUMNS))
NO_TICKETS = EmptyState("No tickets.")


def ticket_rows(
    rows: Sequence[TicketRow],
    *,
    key: str,
    label: str = "Tickets",
    columns: Sequence[Column] = COLUMNS,
    sort: str = "-updated",
    fresh: Container[int] = (),
    empty: EmptyState = NO_TICKETS,
    more: Sequence[Link] = (),
    choosing: int | None = None,
    groups: Sequence[Heading] = (),
    sorter: bool = True,
    clocks: TimerButtons | None = None,
    assigns: AssignButtons | None = None,
) -> frozenset[int]:
    """Show `rows` as a table, or as cards where there is little room. A row opens `/ticket?id=…`.

    `sort` names the field the rows are sorted by, "-" before it meaning downwards; `fresh` holds the numbers
    of tickets with something new in them; `label` names the table for people who hear it; `more` is shown below
    it and leads to other parts, so that Back returns to this one. Opening a ticket is a link, and Back returns
    to this very place.

    With a number as `choosing`, rows can be chosen, and the numbers of the chosen ones are what is given back;
    another number lets go of them all. `groups` are the headings of groups, where those of one stand together;
    `sorter` tells whether cards, which have no headings, are sorted from a list of choices; `clocks` offers the
    person's timer on rows, `assigns` to give their tickets to somebody.
    """
    result = renderer("ticket_rows")(
        key=key,
        on_chosen_change=_ignore_change,
        on_clock_change=_ignore_change,
        on_assign_change=_ignore_change,
        data={
            "label": label,
            "rows": [
                _row_data(row, unread=row.number in fresh)
                | {
                    "clock": clocks.state(row.number) if clocks else "",
                    "assigns": assigns is not None and row.number in assigns.offered,
                }
                for row in rows
            ],
            "groups": [asdict(heading) for heading in groups],
            "sorter": sorter,
            "columns": [asdict(column) for column in columns],
            "sort": sort,
            "empty": asdict(empty),
            "more": [asdict(link) for link in more],
            "choosing": choosing,
        },
    )
    handle_timer_click(clocks, result.get("clock"), key=key)
    handle_assign_click(assigns, result.get("assign"), key=key)
    return _parse_selection(result.get("chosen"), rows, choosing)


def _ignore_change() -> None:
    """What was chosen is read where the list is drawn."""


def _parse_selection(value: object, rows: Sequence[TicketRow], choosing: int | None) -> frozenset[int]:
    """What the browser sent, as far as it is on the list; nothing when it is malformed or was let go of."""
    if choosing is None or not isinstance(value, Mapping) or value.get("round") != choosing:
        return frozenset()
    numbers = value.get("numbers")
    sent = {n for each in numbers if (n := positive(each))} if isinstance(numbers, list) else set()
    return frozenset(row.number for row in rows if row.number in sent)


def _row_data(row: TicketRow, *, unread: bool) -> dict[str, Any]:
    return {
        "number": row.number,
        "href": f"/ticket?id={row.number}",
        "title": row.title,
        **{name: _cell(row, field) for name, field in LISTED.items()},
        "kind": row.kind.value,
        "unread": unread,
        "confidential": row.confidential,
    }


def _cell(row: TicketRow, field: TicketField) -> str:
    value = getattr(row, field.shown)
    if not value or field.refers:
        return value or ""
    return value.label if field.type == FieldType.LEVEL else value.isoformat()
