"""The status timeline of a ticket: its statuses with start and end, from its events. Defined in docs/metrics.md."""

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
    """A status as reports show it, with its current name."""

    id: int
    name: str
    kind: StatusCategory


@dataclass(frozen=True)
class StatusPeriod:
    """Whole seconds in one status. While the ticket is still in it, `ended` is None and the seconds are those so far.

    `status` is None while the ticket was merged into another.
    """

    status: ReportedStatus | None
    began: datetime
    ended: datetime | None
    seconds: int

    @property
    def counts(self) -> bool:
        """Whether the time counts: not while the ticket is done or merged."""
        return self.status is not None and (self.ended is not None or self.status.kind != StatusCategory.DONE)


@dataclass(frozen=True)
class StatusTotal:
    """The total seconds in one status, and in how many periods."""

    status: ReportedStatus
    seconds: int
    times: int


@dataclass(frozen=True)
class StatusTimeline:
    """The periods of a ticket, first to last."""

    stays: tuple[StatusPeriod, ...]

    @property
    def shares(self) -> tuple[StatusTotal, ...]:
        """The time that counts by status, in the order in which the statuses were first entered."""
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
    """A status name, from which event (excluded) until which event (excluded) a status had it."""

    name: str
    since: int
    until: int | None
    status: ReportedStatus


def status_change_condition(event: Any = Event) -> ColumnElement[bool]:
    """SQL condition on `event` for events at which a period of the ticket starts or ends."""
    # Must match the index definition exactly, or SQLite doesn't use it.
    return and_(
        event.action.in_(_STATUS_ACTIONS), or_(event.action.not_in(_MERGE_ACTIONS), event.field == "into")
    )


def list_name_periods(session: Session) -> list[StatusNamePeriod]:
    """Return all names that statuses have had, archived ones too, because events keep the name of their time."""
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
    """Return a ticket's status timeline up to now. Raises NotFound if the actor can't see the ticket.

    A period belongs to the status in which it ended: time in a status that was archived in the meantime belongs to
    its successor. If a clock jumped back, a period has no seconds, never fewer.
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
    """Return the id of the ticket's current status, or of its status when it was merged."""
    now = select(Merge.status_id).where(Merge.source_id == ticket.id, col(Merge.undone_at).is_(None))
    held = (
        session.exec(gate.unscoped(now, "found through the gate")).first() if ticket.merged_into_id else None
    )
    return held or ticket.status_id


def build_timeline(
    events: Sequence[Event], *, known: Sequence[StatusNamePeriod], last: int
) -> StatusTimeline:
    """Return the timeline from one ticket's status events up to now. `last` is the id of the final status."""
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
    """Return the whole seconds between two times, whose fractions are cut off. Never negative."""
    return max(0, int(ended.timestamp()) - int(began.timestamp()))


def _list_rising_times(events: Sequence[Event]) -> list[datetime]:
    """Return the times of events, none before the previous one, even if the clock was set back."""
    found: list[datetime] = []
    for event in events:
        found.append(max(found[-1], event.at) if found else event.at)
    return found


def _find_status(known: Sequence[StatusNamePeriod], name: str | None, event: int) -> ReportedStatus | None:
    """Return the status that had a name at an event, or None."""
    fits = (e for e in known if e.name == name and e.since < event and (e.until is None or event < e.until))
    return next((era.status for era in fits), None)
