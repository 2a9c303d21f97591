"""What time looks like in the API."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from api.shared.schemas import Reference, ResponseSchema
from lib.timekeeping.entries import EntryCard
from lib.timekeeping.ticket_totals import TimeTotals as Found

Minutes = Annotated[int, Field(strict=True, ge=1, le=24 * 60)]


class TimeEntry(ResponseSchema):
    """Time that one person worked on one ticket on one day.

    `minutes` are shown and summed, `seconds` are exact; `title` is null where you don't see the ticket; `overlaps` are
    entries of the same worker that ran at the same time.
    """

    id: int
    ticket: int
    title: str | None
    worker: Reference
    author: Reference
    day: date
    minutes: int
    seconds: int
    activity: Reference
    note: str
    billable: bool
    started: datetime | None
    ended: datetime | None
    overlaps: list[int]
    version: int


class TimeShare(ResponseSchema):
    """Minutes under a name."""

    name: str
    minutes: int


class TicketTime(ResponseSchema):
    """Minutes of a ticket: `own`, `total` with its subtasks, and the parts of the total."""

    own: int
    total: int
    estimate: int | None
    estimates: int | None
    parts: int
    people: list[TimeShare]
    activities: list[TimeShare]


def to_time_entry(card: EntryCard) -> TimeEntry:
    """Return an entry as an answer."""
    return TimeEntry(
        id=card.id,
        ticket=card.ticket,
        title=card.title,
        worker=Reference(id=card.worker_id, name=card.worker),
        author=Reference(id=card.author_id, name=card.author),
        day=card.day,
        minutes=card.minutes,
        seconds=card.seconds,
        activity=Reference(id=card.activity_id, name=card.activity),
        note=card.note,
        billable=card.billable,
        started=card.started_at,
        ended=card.ended_at,
        overlaps=list(card.overlaps),
        version=card.version,
    )


def to_ticket_time(found: Found) -> TicketTime:
    """Return what a ticket took as an answer."""
    return TicketTime(
        own=found.own,
        total=found.total,
        estimate=found.estimate,
        estimates=found.estimates,
        parts=found.parts,
        people=[TimeShare(name=name, minutes=n) for name, n in found.people.items()],
        activities=[TimeShare(name=name, minutes=n) for name, n in found.activities.items()],
    )
