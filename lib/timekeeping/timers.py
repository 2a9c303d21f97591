"""Timers: one for each person. A timer is a stored row, so it survives reloads, sign-outs and restarts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from db.engine import lock
from db.models import Event, Ticket, TimeEntry, Timer
from db.vocabulary import Action, Permission
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.core import clock, settings, time_zones
from lib.core.errors import Invalid
from lib.timekeeping import activities, durations, entries, local_dates
from lib.timekeeping.entries import EntryCard, EntryValues

MAX_IDLE = timedelta(hours=5)
"""After this long without activity, a person is considered to have stopped working."""
SIGN_IN_ACTIONS = (Action.SIGNED_IN, Action.SIGNED_OUT, Action.SIGN_IN_FAILED)


class TimerDecision(StrEnum):
    """The decision on a timer that ran longer than a working day."""

    KEEP = "keep"
    TRIM = "trim"
    DISCARD = "discard"


@dataclass(frozen=True)
class TimerCard:
    """A person's timer: when it started, and how many seconds it counted.

    `title` is None if they can't see the ticket anymore. `asks` says that it ran so long that they must decide what to
    log; `active_at` is when they were last active while it ran. `entry` was logged when somebody else stopped the
    timer, with `why`.
    """

    ticket: int
    title: str | None
    started_at: datetime
    stopped_at: datetime | None
    seconds: int
    asks: bool
    active_at: datetime
    entry: int | None
    minutes: int
    """The minutes that would be logged."""
    trimmed: int
    """The minutes that would be logged up to `active_at`."""
    why: str

    @property
    def runs(self) -> bool:
        """Whether it is running."""
        return self.stopped_at is None


def find_own(session: Session, actor: Actor) -> TimerCard | None:
    """Return the actor's timer, or None."""
    row = _find_row(session, actor)
    if row is None:
        return None
    titled = gate.visible(actor, Ticket.title).where(col(Ticket.id) == row.ticket_id)
    seconds, asks = _elapsed_seconds(row), _needs_decision(row)
    active = _find_last_activity(session, row) if asks else row.started_at
    return TimerCard(
        ticket=row.ticket_id,
        title=session.exec(titled).first(),
        started_at=row.started_at,
        stopped_at=row.stopped_at,
        seconds=seconds,
        asks=asks,
        active_at=active,
        entry=row.entry_id,
        minutes=_round_minutes(seconds),
        trimmed=_round_minutes(int((active - row.started_at).total_seconds())),
        why=row.why,
    )


def find_running_ticket_id(session: Session, actor: Actor) -> int | None:
    """Return the ticket on which the actor's timer is running, or None."""
    row = _find_row(session, actor)
    return row.ticket_id if row is not None and row.stopped_at is None else None


def start(session: Session, actor: Actor, ticket: Ticket) -> EntryCard | None:
    """Start the actor's timer on a ticket. Return the entry logged for a timer that this stopped, if any.

    Does nothing if it already runs on this ticket. Raises NotFound, NotPermitted, and Invalid while an earlier timer
    needs a decision.
    """
    gate.permit(session, actor, Permission.TIME_LOG, ticket)
    lock(session, f"timer:{actor.id}")
    row, logged = _find_row(session, actor), None
    if row is not None and row.entry_id is None:
        if row.ticket_id == ticket.id and row.stopped_at is None and not _needs_decision(row):
            return None
        logged = _stop_and_log(session, actor, row)
    elif row is not None:
        session.delete(row)
        session.flush()
    here = str(local_dates.worker_zone(session, actor, actor.person_id))
    started = Timer(person_id=actor.person_id, ticket_id=ticket.id, started_at=clock.now(), timezone=here)
    session.add(started)
    session.flush()
    events.record(session, actor, Action.TIMER_STARTED, ticket_id=ticket.id, internal=True)
    return logged


def stop(session: Session, actor: Actor) -> EntryCard | None:
    """Stop the actor's timer and log its time. Return None if none is running.

    Raises NotPermitted, and Invalid when it ran so long that the person must decide what to log.
    """
    gate.require(actor, Permission.TIME_LOG)
    lock(session, f"timer:{actor.id}")
    row = _find_row(session, actor)
    return None if row is None or row.entry_id is not None else _stop_and_log(session, actor, row)


def decide(session: Session, actor: Actor, how: TimerDecision) -> EntryCard | None:
    """Stop a timer and keep all of its time, trim it to the person's last activity, or discard it.

    Raises NotPermitted, and Invalid if the time doesn't fit into its day.
    """
    gate.require(actor, Permission.TIME_LOG)
    lock(session, f"timer:{actor.id}")
    row = _find_row(session, actor)
    if row is None or row.entry_id is not None:
        return None
    if how == TimerDecision.DISCARD:
        session.delete(row)
        events.record(
            session, actor, Action.TIMER_DISCARDED, ticket_id=row.ticket_id, internal=True,
            old=durations.format_minutes(_elapsed_seconds(row) // 60),
        )  # fmt: skip
        return None
    until = _find_last_activity(session, row) if how == TimerDecision.TRIM else row.stopped_at or clock.now()
    return _log(session, actor, row, until=until)


def dismiss(session: Session, actor: Actor) -> None:
    """Dismiss the message that somebody else stopped the timer. Raises NotPermitted."""
    gate.require(actor, Permission.TIME_LOG)
    row = _find_row(session, actor)
    if row is not None and row.entry_id is not None:
        session.delete(row)


def settle(session: Session, ticket: Ticket, *, why: str, person_id: int | None = None) -> None:
    """Stop the timers on a ticket, or one person's, log their time and leave each person a message.

    A timer that ran too long, or whose time doesn't fit into its day, waits for its owner's decision instead.
    """
    chosen = select(Timer).where(Timer.ticket_id == ticket.id, col(Timer.stopped_at).is_(None))
    if person_id is not None:
        chosen = chosen.where(Timer.person_id == person_id)
    docket = gate.system_actor("timers", Permission.TIME_LOG)
    for row in session.exec(gate.unscoped(chosen, "timers on the changed ticket stop")).all():
        too_long = _needs_decision(row)
        row.stopped_at, row.why = clock.now(), why
        session.flush()
        if too_long:
            continue
        try:
            made = _create_entry(session, docket, row, until=row.stopped_at)
        except Invalid:
            continue
        row.entry_id = made.id


_OWN = gate.unscoped(
    select(Timer).where(Timer.person_id == bindparam("person")), "only the actor's own timer"
)
"""Built once, because every page executes it."""


def _find_row(session: Session, actor: Actor) -> Timer | None:
    return session.exec(_OWN, params={"person": actor.id}).first()


def _elapsed_seconds(row: Timer) -> int:
    """Return the timer's seconds, never less than 0 even if the clock was set back."""
    return max(0, int(((row.stopped_at or clock.now()) - row.started_at).total_seconds()))


def _needs_decision(row: Timer) -> bool:
    if row.entry_id is not None:
        return False
    return row.stopped_at is not None or _elapsed_seconds(row) > settings.current().working_day_hours * 3600


def _find_last_activity(session: Session, row: Timer) -> datetime:
    """Return the person's last activity while the timer ran, before the first pause that ended their day.

    Activity on the next morning says nothing about the evening, and signing in is not work.
    """
    until, active = row.stopped_at or clock.now(), row.started_at
    done = (
        select(Event.at)
        .where(Event.actor_id == row.person_id, col(Event.at) >= row.started_at, col(Event.at) <= until)
        .where(col(Event.action).not_in(SIGN_IN_ACTIONS))
        .order_by(col(Event.at))
    )
    for at in session.exec(gate.unscoped(done, "only times, to find when work stopped")):
        if at - active > MAX_IDLE:
            break
        active = at
    return active


def _round_minutes(seconds: int) -> int:
    chosen = settings.current()
    return durations.round_seconds(
        seconds, step=chosen.time_rounding_minutes, least=chosen.time_minimum_minutes
    )


def _stop_and_log(session: Session, actor: Actor, row: Timer) -> EntryCard:
    if _needs_decision(row):
        raise Invalid(
            f"Your timer on #{row.ticket_id} counted {durations.format_minutes(_elapsed_seconds(row) // 60)}. "
            "First choose to keep, trim or discard it.",
            fields={"timer": "Needs a decision."},
        )
    return _log(session, actor, row, until=clock.now())


def _log(session: Session, actor: Actor, row: Timer, *, until: datetime) -> EntryCard:
    made = _create_entry(session, actor, row, until=until)
    session.delete(row)
    session.flush()
    return entries.get_card(session, actor, made.id)


def _create_entry(session: Session, actor: Actor, row: Timer, *, until: datetime) -> TimeEntry:
    """Log a timer's time, on the day of its start in the owner's time zone at that time."""
    seconds = max(0, int((until - row.started_at).total_seconds()))
    if seconds > durations.MINUTES_PER_DAY * 60:
        raise Invalid("The timer counted more than 24 hours. Trim it to your last activity or discard it.")
    there = (
        time_zones.find(row.timezone)
        if row.timezone
        else local_dates.worker_zone(session, actor, row.person_id)
    )
    what = EntryValues(
        minutes=_round_minutes(seconds),
        day=min(local_dates.to_date(row.started_at, there), local_dates.today(there)),
        activity_id=activities.get_default(session).id,
    )
    entry = TimeEntry(
        ticket_id=row.ticket_id,
        worker_id=row.person_id,
        author_id=actor.id or row.person_id,
        day=what.day,
        minutes=what.minutes,
        activity_id=what.activity_id,
        created_at=clock.now(),
        seconds=seconds,
        started_at=row.started_at,
        ended_at=row.started_at + timedelta(seconds=seconds),
    )
    return entries.insert(session, entry, what, by=actor, today=local_dates.today(there))
