"""What time looks like in the API."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from api.shared.schemas import Named, Shape
from lib.timekeeping.entries import EntryCard
from lib.timekeeping.ticket_totals import Spent as Found

Minutes = Annotated[int, Field(strict=True, ge=1, le=24 * 60)]


class TimeEntry(Shape):
    """Time that one person worked on one ticket on one day.

    `minutes` are shown and summed, `seconds` are exact; `title` is null where you don't see the ticket; `overlaps` are
    entries of the same worker that ran at the same time.
    """

    id: int
    ticket: int
    title: str | None
    worker: Named
    author: Named
    day: date
    minutes: int
    seconds: int
    activity: Named
    note: str
    billable: bool
    started: datetime | None
    ended: datetime | None
    overlaps: list[int]
    version: int


class Share(Shape):
    """Minutes under a name."""

    name: str
    minutes: int


class Spent(Shape):
    """Minutes of a ticket: `own` on itself, `total` with its parts, and how the total is made up."""

    own: int
    total: int
    estimate: int | None
    estimates: int | None
    parts: int
    people: list[Share]
    activities: list[Share]


def entry(card: EntryCard) -> TimeEntry:
    """Return an entry as an answer."""
    return TimeEntry(
        id=card.id,
        ticket=card.ticket,
        title=card.title,
        worker=Named(id=card.worker_id, name=card.worker),
        author=Named(id=card.author_id, name=card.author),
        day=card.day,
        minutes=card.minutes,
        seconds=card.seconds,
        activity=Named(id=card.activity_id, name=card.activity),
        note=card.note,
        billable=card.billable,
        started=card.started_at,
        ended=card.ended_at,
        overlaps=list(card.overlaps),
        version=card.version,
    )


def spent(found: Found) -> Spent:
    """Return what a ticket took as an answer."""
    return Spent(
        own=found.own,
        total=found.total,
        estimate=found.estimate,
        estimates=found.estimates,
        parts=found.parts,
        people=[Share(name=name, minutes=n) for name, n in found.people.items()],
        activities=[Share(name=name, minutes=n) for name, n in found.activities.items()],
    )
