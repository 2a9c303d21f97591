"""Your timer: at most one, on one ticket."""

from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.problems import NOT_FOUND
from api.shared.schemas import PathNumber, RequestSchema, ResponseSchema, json_response
from api.time.time_schemas import TimeEntry, to_time_entry
from lib.access.gate import Actor
from lib.core.errors import NotFound
from lib.tickets import tickets
from lib.timekeeping import timers
from lib.timekeeping.timers import TimerDecision
from lib.transactions import Session, act, see

router = APIRouter(tags=["time"])


class Timer(ResponseSchema):
    """Your timer. `seconds` is the time so far. `running` is false after somebody's change stopped it.

    `asks` says that it waits for an answer, as it ran longer than a working day; `active_at` is when you last did
    something while it ran. `entry` is what was logged when somebody else's change stopped it.
    """

    ticket: int
    started: datetime
    stopped: datetime | None
    running: bool
    seconds: int
    asks: bool
    active_at: datetime
    entry: int | None


class TimerResult(ResponseSchema):
    """Your timer, or null, and the time logged for the timer that this stopped."""

    timer: Timer | None
    logged: TimeEntry | None = None


class TimerDecision(RequestSchema):
    """What to do with a stopped timer: `keep` all, `trim` to your last activity, `discard`."""

    answer: TimerDecision


def _load_timer(session: Session, me: Actor) -> Timer | None:
    card = timers.find_own(session, me)
    if card is None:
        return None
    return Timer(
        ticket=card.ticket,
        started=card.started_at,
        stopped=card.stopped_at,
        running=card.runs,
        seconds=card.seconds,
        asks=card.asks,
        active_at=card.active_at,
        entry=card.entry,
    )


@router.get("/me/timer", response_model=TimerResult)
def get_timer(me: Me) -> Response:
    """Get your timer."""
    with see() as session:
        return json_response(TimerResult(timer=_load_timer(session, me)))


@router.post("/tickets/{number}/timer", response_model=TimerResult)
def start_timer(me: Me, number: PathNumber) -> Response:
    """Start your timer on a ticket. A timer on another ticket stops and is logged."""
    with act() as session:
        logged = timers.start(session, me, tickets.find(session, me, number))
        return json_response(
            TimerResult(timer=_load_timer(session, me), logged=to_time_entry(logged) if logged else None)
        )


@router.delete("/tickets/{number}/timer", response_model=TimeEntry)
def stop_timer(me: Me, number: PathNumber) -> Response:
    """Stop your timer on a ticket and log its time. 404 if none runs there."""
    with act() as session:
        card = timers.find_own(session, me)
        logged = timers.stop(session, me) if card and card.ticket == number else None
        if logged is None:
            raise NotFound(NOT_FOUND)
        return json_response(to_time_entry(logged))


@router.put("/me/timer", response_model=TimerResult)
def answer_timer(me: Me, form: TimerDecision) -> Response:
    """Say what becomes of your timer; it stops in any case."""
    with act() as session:
        logged = timers.decide(session, me, form.answer)
        return json_response(
            TimerResult(timer=_load_timer(session, me), logged=to_time_entry(logged) if logged else None)
        )


@router.delete("/me/timer", response_model=TimerResult)
def dismiss_timer(me: Me) -> Response:
    """Dismiss the message that somebody else's change stopped your timer."""
    with act() as session:
        timers.dismiss(session, me)
        session.flush()
        return json_response(TimerResult(timer=_load_timer(session, me)))
