"""The load as rows of tables, for whichever database."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from commands.seed.cast import Cast
from commands.seed.plan import PlannedTicket
from lib.search_index.terms import BOUNDARY

Row = tuple[Any, ...]
COLUMNS = {
    "ticket": ("id", "title", "description", "status_id", "open", "priority", "category_id", "team_id",
               "requester_id", "assignee_id", "confidential", "created_at", "updated_at", "staff_opened",
               "first_response_at", "responder_id", "resolved_at", "resolver_id", "version", "rank",
               "public_updated_at", "public_version", "due_order"),
    "comment": ("id", "ticket_id", "author_id", "internal", "by_staff", "assignee_id", "body", "created_at", "version"),
    "search_entry": ("id", "ticket_id", "comment_id", "internal", "words"),
    "event": ("id", "at", "action", "ticket_id", "subject", "field", "old", "new", "actor_id", "internal",
              "channel"),
}  # fmt: skip
ASSIGN_DELAY = timedelta(minutes=4)
"""How long after it was opened somebody has a ticket."""


@dataclass
class Batch:
    """Rows by table, and the last id that each table has used up."""

    last: dict[str, int]
    rows: dict[str, list[Row]] = field(default_factory=lambda: {table: [] for table in COLUMNS})

    def add(self, table: str, *values: Any) -> int:
        """Add a row with the next id and return that."""
        self.last[table] += 1
        self.rows[table].append((self.last[table], *values))
        return self.last[table]


def build_batches(
    planned: Iterable[PlannedTicket], cast: Cast, last: dict[str, int], *, size: int
) -> Iterator[Batch]:
    """Yield the rows of `size` tickets at a time, with ids that go on after `last`."""
    batch = Batch(dict(last))
    for ticket in planned:
        add_ticket(batch, ticket, cast)
        if len(batch.rows["ticket"]) == size:
            yield batch
            batch = Batch(batch.last)
    yield batch


def add_ticket(batch: Batch, planned: PlannedTicket, cast: Cast) -> None:
    """Add one ticket's rows: itself, its replies, what can be found of it, and what happened."""
    team = cast.team_of[planned.category]
    agents, requester = cast.works[team], cast.requesters[planned.requester]
    assignee = None if planned.assignee is None else agents[planned.assignee % len(agents)]
    status, done = _choose_status(planned.state, batch.last["ticket"])
    moved = status != "To-Do"
    ended, changes = planned.replies[-1][0], 1 + moved + (assignee is not None)
    resolved = (_format_time(ended), assignee) if status == "Completed" else (None, None)
    ticket = batch.add(
        "ticket", planned.title, planned.description, cast.statuses[status], not done, planned.priority,
        cast.categories[planned.category], team, requester, assignee, False, _format_time(planned.created),
        _format_time(ended), False, _format_time(planned.replies[0][0]), assignee, *resolved,
        changes, -float(batch.last["ticket"] + 1), _format_time(ended), changes, "9999-12-31",
    )  # fmt: skip
    batch.add(
        "search_entry", ticket, None, False, f"{planned.title.lower()} {BOUNDARY} {planned.description}"
    )
    _add_event(batch, planned.created, "ticket.created", ticket, new=planned.title, by=requester)
    if assignee is not None:
        taken = min(planned.created + ASSIGN_DELAY, planned.replies[0][0])
        _add_event(batch, taken, "ticket.assigned", ticket, field="assignee", new=str(assignee), by=assignee)
    for when, text, by in planned.replies:
        author = agents[by % len(agents)]
        comment = batch.add("comment", ticket, author, False, True, assignee, text, _format_time(when), 1)
        batch.add("search_entry", ticket, comment, False, text)
        _add_event(batch, when, "comment.added", ticket, subject=f"comment:{comment}", by=author)
    if moved:
        by = assignee or agents[0]
        _add_event(batch, ended, "ticket.moved", ticket, field="status", old="To-Do", new=status, by=by)


def _choose_status(state: str, number: int) -> tuple[str, bool]:
    match state:
        case "new":
            return "To-Do", False
        case "open":
            return "In Progress", False
        case "pending":
            return ("Blocked" if number % 3 == 0 else "Pending"), False
        case "closed" if number % 10 == 0:
            return "Cancelled", True
    return "Completed", True


def _add_event(
    batch: Batch,
    at: datetime,
    action: str,
    ticket: int,
    *,
    by: int,
    subject: str = "",
    field: str | None = None,
    old: str | None = None,
    new: str | None = None,
) -> None:
    batch.add("event", _format_time(at), action, ticket, subject, field, old, new, by, False, "page")


def _format_time(at: datetime) -> str:
    """Return a UTC time as both databases read it."""
    return at.replace(tzinfo=None).isoformat(" ", "microseconds")
