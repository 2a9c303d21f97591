"""Timesheets: a person's month, open until it is approved; then nothing in it changes."""

from datetime import date

from sqlmodel import Session

from db.models import Timesheet
from lib.errors import Invalid

OPEN, SUBMITTED, APPROVED = "open", "submitted", "approved"


def month(day: date) -> date:
    """Return the first day of the month in which a day lies."""
    return day.replace(day=1)


def state(session: Session, person_id: int, day: date) -> str:
    """Return how far the month of a day is settled for a person: open, submitted or approved."""
    row = session.get(Timesheet, (person_id, month(day)))
    return row.state if row else OPEN


def must_be_open(session: Session, person_id: int, day: date) -> None:
    """Raise Invalid when the month of a day is submitted or approved, so that nothing in it changes."""
    if (now := state(session, person_id, day)) != OPEN:
        raise Invalid(
            f"{day:%B %Y} is {now}, so its time can't be changed. A manager can open it again.",
            fields={"day": f"{day:%B %Y} is {now}."},
        )
