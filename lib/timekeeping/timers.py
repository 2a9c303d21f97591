"""Timers: one for each person, running until it is stopped; a row, so it survives reloads, sign-outs and restarts."""

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
from lib.timekeeping.entries import EntryCard, What

PAUSE = timedelta(hours=5)
"""Without a deed for so long, somebody has gone."""
COMING = (Action.SIGNED_IN, Action.SIGNED_OUT, Action.SIGN_IN_FAILED)


class Answer(StrEnum):
    """What becomes of a timer that ran longer than a working day."""

    KEEP = "keep"
    TRIM = "trim"
    DISCARD = "discard"


@dataclass(frozen=True)
class TimerCard:
    """A person's timer: since when, and for how many seconds by now.

    `title` is None where they don't see the ticket any more. `asks` says that it ran so long that they must say what
    becomes of it, `active_at` when they last did something while it ran. `entry` is what was logged when somebody else
    stopped it, with `why`.
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
    """What would be logged."""
    trimmed: int
    """What would be logged up to `active_at`."""
    why: str

    @property
    def runs(self) -> bool:
        """Whether it still counts."""
        return self.stopped_at is None


def of(session: Session, actor: Actor) -> TimerCard | None:
    """Return the actor's own timer, or None."""
    row = _own(session, actor)
    if row is None:
        return None
    titled = gate.visible(actor, Ticket.title).where(col(Ticket.id) == row.ticket_id)
    seconds, asks = _lasted(row), _asks(row)
    active = _active(session, row) if asks else row.started_at
    return TimerCard(
        ticket=row.ticket_id,
        title=session.exec(titled).first(),
        started_at=row.started_at,
        stopped_at=row.stopped_at,
        seconds=seconds,
        asks=asks,
        active_at=active,
        entry=row.entry_id,
        minutes=_rounded(seconds),
        trimmed=_rounded(int((active - row.started_at).total_seconds())),
        why=row.why,
    )


def running(session: Session, actor: Actor) -> int | None:
    """Return the ticket on which the actor's own timer counts, or None."""
    row = _own(session, actor)
    return row.ticket_id if row is not None and row.stopped_at is None else None


def start(session: Session, actor: Actor, ticket: Ticket) -> EntryCard | None:
    """Let the actor's timer run on a ticket; return what was logged for the one that this stopped, if any.

    Where it runs already nothing happens. Raises NotFound, NotPermitted, Invalid while an earlier one waits for an
    answer.
    """
    gate.permit(session, actor, Permission.TIME_LOG, ticket)
    lock(session, f"timer:{actor.id}")
    row, logged = _own(session, actor), None
    if row is not None and row.entry_id is None:
        if row.ticket_id == ticket.id and row.stopped_at is None and not _asks(row):
            return None
        logged = _finish(session, actor, row)
    elif row is not None:
        session.delete(row)
        session.flush()
    here = str(local_dates.of(session, actor, actor.person_id))
    started = Timer(person_id=actor.person_id, ticket_id=ticket.id, started_at=clock.now(), timezone=here)
    session.add(started)
    session.flush()
    events.record(session, actor, Action.TIMER_STARTED, ticket_id=ticket.id, internal=True)
    return logged


def stop(session: Session, actor: Actor) -> EntryCard | None:
    """Stop the actor's timer and log what it counted; None when none runs.

    Raises NotPermitted, and Invalid when it ran so long that they must say what becomes of it.
    """
    gate.require(actor, Permission.TIME_LOG)
    lock(session, f"timer:{actor.id}")
    row = _own(session, actor)
    return None if row is None or row.entry_id is not None else _finish(session, actor, row)


def answer(session: Session, actor: Actor, how: Answer) -> EntryCard | None:
    """Keep all that a timer counted, trim it to what the person last did, or discard it; stops it in any case.

    Raises NotPermitted, Invalid where a day has no room for it.
    """
    gate.require(actor, Permission.TIME_LOG)
    lock(session, f"timer:{actor.id}")
    row = _own(session, actor)
    if row is None or row.entry_id is not None:
        return None
    if how == Answer.DISCARD:
        session.delete(row)
        events.record(
            session, actor, Action.TIMER_DISCARDED, ticket_id=row.ticket_id, internal=True,
            old=durations.told(_lasted(row) // 60),
        )  # fmt: skip
        return None
    until = _active(session, row) if how == Answer.TRIM else row.stopped_at or clock.now()
    return _log(session, actor, row, until=until)


def dismiss(session: Session, actor: Actor) -> None:
    """Put away the word that somebody else stopped the timer. Raises NotPermitted."""
    gate.require(actor, Permission.TIME_LOG)
    row = _own(session, actor)
    if row is not None and row.entry_id is not None:
        session.delete(row)


def settle(session: Session, ticket: Ticket, *, why: str, person_id: int | None = None) -> None:
    """Stop the timers that run on a ticket, or just one person's, and log what they counted, with a word to each.

    What ran too long, or has no room on its day, waits for its owner's answer instead.
    """
    chosen = select(Timer).where(Timer.ticket_id == ticket.id, col(Timer.stopped_at).is_(None))
    if person_id is not None:
        chosen = chosen.where(Timer.person_id == person_id)
    docket = gate.system("timers", Permission.TIME_LOG)
    for row in session.exec(gate.unscoped(chosen, "timers on the changed ticket stop")).all():
        too_long = _asks(row)
        row.stopped_at, row.why = clock.now(), why
        session.flush()
        if too_long:
            continue
        try:
            made = _entry(session, docket, row, until=row.stopped_at)
        except Invalid:
            continue
        row.entry_id = made.id


_OWN = gate.unscoped(
    select(Timer).where(Timer.person_id == bindparam("person")), "only the actor's own timer"
)
"""Built once, as every page asks for it."""


def _own(session: Session, actor: Actor) -> Timer | None:
    return session.exec(_OWN, params={"person": actor.id}).first()


def _lasted(row: Timer) -> int:
    """Return seconds; a clock that jumps back makes none, never less."""
    return max(0, int(((row.stopped_at or clock.now()) - row.started_at).total_seconds()))


def _asks(row: Timer) -> bool:
    if row.entry_id is not None:
        return False
    return row.stopped_at is not None or _lasted(row) > settings.current().working_day_hours * 3600


def _active(session: Session, row: Timer) -> datetime:
    """Return when the person last did anything while it ran, before the first pause that ended their day.

    What they did the morning after says nothing about the evening, and coming in is no work.
    """
    until, active = row.stopped_at or clock.now(), row.started_at
    done = (
        select(Event.at)
        .where(Event.actor_id == row.person_id, col(Event.at) >= row.started_at, col(Event.at) <= until)
        .where(col(Event.action).not_in(COMING))
        .order_by(col(Event.at))
    )
    for at in session.exec(gate.unscoped(done, "only times, to find when work stopped")):
        if at - active > PAUSE:
            break
        active = at
    return active


def _rounded(seconds: int) -> int:
    chosen = settings.current()
    return durations.rounded(seconds, step=chosen.time_rounding_minutes, least=chosen.time_minimum_minutes)


def _finish(session: Session, actor: Actor, row: Timer) -> EntryCard:
    if _asks(row):
        raise Invalid(
            f"Your timer on #{row.ticket_id} counted {durations.told(_lasted(row) // 60)}. "
            "First say what becomes of it: keep, trim or discard.",
            fields={"timer": "Waits for an answer."},
        )
    return _log(session, actor, row, until=clock.now())


def _log(session: Session, actor: Actor, row: Timer, *, until: datetime) -> EntryCard:
    made = _entry(session, actor, row, until=until)
    session.delete(row)
    session.flush()
    return entries.show(session, actor, made.id)


def _entry(session: Session, actor: Actor, row: Timer, *, until: datetime) -> TimeEntry:
    """Log what a timer counted, on the day on which it began where its owner was then."""
    seconds = max(0, int((until - row.started_at).total_seconds()))
    if seconds > durations.DAY * 60:
        raise Invalid("That is more than 24 hours. Trim it to what you last did, or discard it.")
    there = time_zones.find(row.timezone) if row.timezone else local_dates.of(session, actor, row.person_id)
    what = What(
        minutes=_rounded(seconds),
        day=min(local_dates.on(row.started_at, there), local_dates.today(there)),
        activity_id=activities.default(session).id,
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
    return entries.write(session, entry, what, by=actor, today=local_dates.today(there))
