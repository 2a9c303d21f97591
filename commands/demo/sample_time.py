"""What the work in the stories took: time on what staff wrote, estimates, months, rates, and a timer that runs."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session, col

from commands.demo.staff import FOUNDER
from commands.demo.stories import Step
from db.models import Ticket
from db.vocabulary import Permission
from lib.access import gate
from lib.access.gate import Actor
from lib.core import clock
from lib.tickets import tickets
from lib.timekeeping import activities, entries, local_dates, rates, ticket_totals, timers, timesheets
from lib.timekeeping.entries import EntryValues

ACTION_MINUTES = {"reply": ("Work", 20), "note": ("Research", 35), "take": ("Work", 10)}
"""Of what activity a deed was, and about how many minutes it took."""
LEAD, APPROVED, SUBMITTED, TIMER_OWNER = "tomasz", "priya", "junho", "priya"
RATES = ((None, "64.00"), ("priya", "78.50"), ("junho", "71.00"))


def log_time(session: Session, me: Actor, number: int, step: Step) -> None:
    """Log what a deed took, and estimate a ticket when somebody takes it; for those who work it."""
    kind, about = ACTION_MINUTES.get(step.deed, ("", 0))
    ticket = tickets.find(session, me, number)
    if not kind or not gate.can(session, me, Permission.TIME_LOG, ticket):
        return
    if step.deed == "take" and number % 2:
        ticket_totals.set_estimate(session, me, ticket, minutes=60 * (1 + number % 4))
    day = local_dates.to_date(step.at, me.zone)
    minutes = about + 5 * (step.at.minute % 7)
    activity = activities.get(session, kind).id
    what = EntryValues(
        minutes, day, activity, "On the phone" if minutes % 4 == 0 else "", billable=number % 3 == 0
    )
    entries.log(session, me, ticket, what=what)


def add_months_and_rates(
    session: Session, people: Mapping[str, Actor], now: datetime, begun: datetime
) -> None:
    """Hand last month in, approve one of the months, say what an hour costs, and let a timer run."""
    founder = people[FOUNDER.key]
    for key, rate in RATES:
        whose = people[key].id if key else None
        rates.set_rate(session, founder, cents=rates.parse_amount(rate), since=begun.date(), person_id=whose)
    last = now.date().replace(day=1) - timedelta(days=1)
    for key in (APPROVED, SUBMITTED):
        timesheets.submit(session, people[key], last)
    timesheets.approve(session, people[LEAD], people[APPROVED].person_id, day=last)
    with clock.travel_to(now - timedelta(minutes=24)):
        me = people[TIMER_OWNER]
        own = (
            gate.visible(me)
            .where(Ticket.assignee_id == me.id, col(Ticket.open))
            .order_by(col(Ticket.id).desc())
        )
        for ticket in session.exec(own.limit(1)).all():
            timers.start(session, me, ticket)
