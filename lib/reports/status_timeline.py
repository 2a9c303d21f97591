"""The course of a ticket: where it stood, from when to when, as its events tell; docs/metrics.md has the definition."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, literal_column, or_
from sqlmodel import Session, col, select

from db.models import Event, Merge, Status, Ticket
from db.vocabulary import Action, Permission, StatusCategory
from lib.access import gate
from lib.access.gate import Actor
from lib.core import clock

_STATUS_ACTIONS = tuple(
    literal_column(f"'{action.value}'", Text)
    for action in (Action.TICKET_CREATED, Action.TICKET_MERGED, Action.TICKET_MOVED, Action.TICKET_UNMERGED)
)
_MERGE_ACTIONS = (Action.TICKET_MERGED, Action.TICKET_UNMERGED)


@dataclass(frozen=True)
class ReportedStatus:
    """A status as reports name it: as it is called today."""

    id: int
    name: str
    kind: StatusCategory


@dataclass(frozen=True)
class StatusPeriod:
    """Whole seconds in one status; `ended` is None while the ticket stands there, and the seconds are those so far.

    `status` is None while it was merged into another ticket.
    """

    status: ReportedStatus | None
    began: datetime
    ended: datetime | None
    seconds: int

    @property
    def counts(self) -> bool:
        """Whether somebody waited: not while it is done, or was merged."""
        return self.status is not None and (self.ended is not None or self.status.kind != StatusCategory.DONE)


@dataclass(frozen=True)
class StatusTotal:
    """All the seconds in one status, and how many stays they are."""

    status: ReportedStatus
    seconds: int
    times: int


@dataclass(frozen=True)
class StatusTimeline:
    """Where a ticket stood, first to last."""

    stays: tuple[StatusPeriod, ...]

    @property
    def shares(self) -> tuple[StatusTotal, ...]:
        """What counts of it by status, in the order in which they were first entered."""
        held: dict[int, list[StatusPeriod]] = {}
        for stay in self.stays:
            if stay.status is not None and stay.counts:
                held.setdefault(stay.status.id, []).append(stay)
        return tuple(
            StatusTotal(_get_status(own[0]), sum(s.seconds for s in own), len(own)) for own in held.values()
        )


def _get_status(stay: StatusPeriod) -> ReportedStatus:
    assert stay.status is not None
    return stay.status


@dataclass(frozen=True)
class StatusNamePeriod:
    """From which event until before which one a status bore a name."""

    name: str
    since: int
    until: int | None
    status: ReportedStatus


def status_change_condition(event: Any = Event) -> ColumnElement[bool]:
    """The SQL condition on `event` for those at which a stay of their ticket begins or ends."""
    # Letter by letter what the index says, else SQLite doesn't use it.
    return and_(
        event.action.in_(_STATUS_ACTIONS), or_(event.action.not_in(_MERGE_ACTIONS), event.field == "into")
    )


def list_name_periods(session: Session) -> list[StatusNamePeriod]:
    """Return under which names statuses were moved to, retired ones too: events keep the name of their time."""
    renamed = (
        select(Event)
        .where(Event.action == Action.STATUS_CHANGED, Event.field == "name")
        .order_by(col(Event.id).desc())
    )
    changes = session.exec(gate.unscoped(renamed, "only names of statuses")).all()
    found = []
    for row in session.exec(select(Status)).all():
        standing = ReportedStatus(row.id, row.name, StatusCategory(row.kind))
        name, until = row.name, None
        for change in changes:
            if change.subject == f"status:{row.id}" and change.new == name:
                found.append(StatusNamePeriod(name, change.id, until, standing))
                name, until = change.old or "", change.id
        found.append(StatusNamePeriod(name, 0, until, standing))
    return found


def get_for_ticket(session: Session, actor: Actor, ticket: Ticket) -> StatusTimeline:
    """Return where a ticket stood until now. Raises NotFound for whoever doesn't see it.

    A stay is in the status that it ended in: time in one that was retired meanwhile belongs to its successor. A clock
    that jumped back makes a stay of no seconds, never less.
    """
    gate.permit(session, actor, Permission.TICKET_READ, ticket)
    chosen = (
        select(Event).where(Event.ticket_id == ticket.id, status_change_condition()).order_by(col(Event.id))
    )
    return build_timeline(
        session.exec(gate.unscoped(chosen, "the ticket was permitted")).all(),
        known=list_name_periods(session),
        last=_find_last_status_id(session, ticket),
    )


def _find_last_status_id(session: Session, ticket: Ticket) -> int:
    """Return the id of the status in which a ticket stands, or stood when it was merged."""
    now = select(Merge.status_id).where(Merge.source_id == ticket.id, col(Merge.undone_at).is_(None))
    held = (
        session.exec(gate.unscoped(now, "found through the gate")).first() if ticket.merged_into_id else None
    )
    return held or ticket.status_id


def build_timeline(
    events: Sequence[Event], *, known: Sequence[StatusNamePeriod], last: int
) -> StatusTimeline:
    """Return the course that the turns of one ticket tell, up to now; `last` is the id of the status at their end."""
    by_id = {era.status.id: era.status for era in known}
    status: ReportedStatus | None = by_id[last]
    ended: datetime | None = None
    found = []
    # Events keep the status that was left, so they are read from the end.
    for event, began in reversed(list(zip(events, _list_rising_times(events), strict=True))):
        here = None if event.action == Action.TICKET_MERGED else status
        found.append(StatusPeriod(here, began, ended, _count_seconds(began, ended or clock.now())))
        if event.action == Action.TICKET_MOVED:
            status = _find_status(known, event.old, event.id)
        ended = began
    return StatusTimeline(tuple(reversed(found)))


def _count_seconds(began: datetime, ended: datetime) -> int:
    """Return the whole seconds from one moment to another, their fractions cut off; never less than none."""
    return max(0, int(ended.timestamp()) - int(began.timestamp()))


def _list_rising_times(events: Sequence[Event]) -> list[datetime]:
    """Return when events happened, none before the one that it follows, whatever the clock said."""
    found: list[datetime] = []
    for event in events:
        found.append(max(found[-1], event.at) if found else event.at)
    return found


def _find_status(known: Sequence[StatusNamePeriod], name: str | None, event: int) -> ReportedStatus | None:
    """Return which status bore a name at an event."""
    fits = (e for e in known if e.name == name and e.since < event and (e.until is None or event < e.until))
    return next((era.status for era in fits), None)
