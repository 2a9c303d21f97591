"""Hourly rates by person and activity, each from a given day on; only for people who manage rates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlmodel import Session, col, func, select

from db.models import Activity, Person, Rate, TimeEntry
from db.vocabulary import Action, Permission, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.core import clock, settings
from lib.core.errors import Invalid
from lib.timekeeping import activities

MAX_CENTS = 100_000_00
"""The highest rate, in hundredths of the currency."""


@dataclass(frozen=True)
class RateCard:
    """A rate per hour in hundredths of the currency, from a day on. None as person or activity means all."""

    id: int
    person_id: int | None
    person: str | None
    activity_id: int | None
    activity: str | None
    since: date
    cents: int
    version: int = 1


@dataclass(frozen=True)
class RemovePreview:
    """What removing a rate would do: the entries and minutes whose cost changes, and their cost before and after.

    Costs are in hundredths of the currency. Time without any rate costs nothing.
    """

    entries: int
    minutes: int
    before: int
    after: int


class Rates:
    """All rates, to look up the rate for a day, a worker and an activity."""

    def __init__(self, cards: Sequence[RateCard]) -> None:
        whose = sorted(cards, key=lambda c: (c.person_id or 0, c.activity_id or 0, c.since))
        self._held = {
            who: [(c.since, c.cents) for c in reversed(list(held))]
            for who, held in groupby(whose, key=lambda c: (c.person_id, c.activity_id))
        }
        self._found: dict[tuple[date, int, int], int | None] = {}

    def on(self, day: date, worker: int, activity: int) -> int | None:
        """Return the hourly rate on a day: for person and activity, else for the person, the activity, or everyone."""
        asked = day, worker, activity
        if asked not in self._found:
            places = ((worker, activity), (worker, None), (None, activity), (None, None))
            fits = (cents for who in places for since, cents in self._held.get(who, ()) if since <= day)
            self._found[asked] = next(fits, None)
        return self._found[asked]


def list_all(session: Session, actor: Actor, *, removed: bool = False) -> list[RateCard]:
    """Return all rates, or the removed ones, by person and activity, latest first. Raises NotPermitted."""
    gate.require(actor, Permission.RATE_MANAGE, least=Scope.ALL)
    there = col(Rate.removed_at).is_not(None) if removed else col(Rate.removed_at).is_(None)
    chosen = (
        select(Rate, Person.name, Activity.name)
        .outerjoin(Person, col(Person.id) == Rate.person_id)
        .outerjoin(Activity, col(Activity.id) == Rate.activity_id)
        .where(there)
        .order_by(Person.name, Activity.name, col(Rate.since).desc())
    )
    return [
        RateCard(r.id, r.person_id, person, r.activity_id, activity, r.since, r.cents, r.version)
        for r, person, activity in session.execute(chosen).all()
    ]


def load(session: Session, actor: Actor) -> Rates:
    """Return all rates for calculating costs. Raises NotPermitted."""
    return Rates(list_all(session, actor))


def set_rate(
    session: Session,
    actor: Actor,
    *,
    cents: int,
    since: date,
    person_id: int | None = None,
    activity_id: int | None = None,
    seen: int | None = None,
) -> int:
    """Set the hourly rate from a day on, replacing a rate set for exactly that day. Return its id.

    `seen` is the version that the person saw of the rate for that day, 0 for none. Raises NotPermitted, Invalid,
    Conflict (somebody else set it since).
    """
    gate.require(actor, Permission.RATE_MANAGE, least=Scope.ALL)
    if not 0 <= cents <= MAX_CENTS:
        raise Invalid("A rate is between 0 and 100,000.", fields={"rate": "Between 0 and 100,000."})
    whom = session.get(Person, person_id) if person_id else None
    if person_id and whom is None:
        raise Invalid("There is no such person.", fields={"person": "There is no such person."})
    kind = activities.get(session, activity_id) if activity_id else None
    row = _find_exact(session, person_id, activity_id, since)
    if row is not None:
        row.must_be(seen)
    was = format_amount(row.cents) if row else None
    row = row or Rate(person_id=person_id, activity_id=activity_id, since=since, cents=cents)
    if was is not None and row.cents != cents:
        row.version += 1
    row.cents = cents
    session.add(row)
    session.flush()
    if was != format_amount(cents):
        _record(session, actor, Action.RATE_SET, row, old=was, new=_format_rate(row, kind))
    return row.id


def preview_remove(session: Session, actor: Actor, rate_id: int) -> RemovePreview:
    """Return what removing a rate would do to the cost of logged time, without doing it.

    Raises NotPermitted, NotFound.
    """
    cards = list_all(session, actor)
    gone = _get(session, actor, rate_id, removed=False)
    now, then = Rates(cards), Rates([card for card in cards if card.id != gone.id])
    worked: Any = select(  # ty: ignore[no-matching-overload] - its overloads end at four columns
        TimeEntry.day, TimeEntry.worker_id, TimeEntry.activity_id, func.count(), func.sum(TimeEntry.minutes)
    )
    worked = worked.where(col(TimeEntry.removed_at).is_(None), col(TimeEntry.day) >= gone.since)
    worked = worked.group_by(col(TimeEntry.day), col(TimeEntry.worker_id), col(TimeEntry.activity_id))
    if gone.person_id is not None:
        worked = worked.where(TimeEntry.worker_id == gone.person_id)
    if gone.activity_id is not None:
        worked = worked.where(TimeEntry.activity_id == gone.activity_id)
    entries = minutes = before = after = 0
    for day, worker, activity, count, sum_ in session.execute(
        gate.unscoped(worked, "administration was permitted")
    ).all():
        old, new = now.on(day, worker, activity), then.on(day, worker, activity)
        if old != new:
            entries, minutes = entries + count, minutes + sum_
            before, after = before + sum_ * (old or 0), after + sum_ * (new or 0)
    return RemovePreview(entries, minutes, (before + 30) // 60, (after + 30) // 60)


def remove(session: Session, actor: Actor, rate_id: int, *, seen: int | None = None) -> None:
    """Remove a rate. It can be restored. Raises NotPermitted, NotFound, Conflict.

    `seen` is the version of the rate that the person saw. If it was changed since, Conflict is raised.
    """
    gate.require(actor, Permission.RATE_MANAGE, least=Scope.ALL)
    row = _get(session, actor, rate_id, removed=False)
    row.must_be(seen)
    row.removed_at = clock.now()
    _record(session, actor, Action.RATE_REMOVED, row, old=_describe(session, row), new=None)


def restore(session: Session, actor: Actor, rate_id: int) -> None:
    """Restore a removed rate. Raises NotPermitted, NotFound, and Invalid when another one took its place."""
    gate.require(actor, Permission.RATE_MANAGE, least=Scope.ALL)
    row = _get(session, actor, rate_id, removed=True)
    if _find_exact(session, row.person_id, row.activity_id, row.since) is not None:
        raise Invalid(f"Another rate was set from {row.since} on since then. Remove that one first.")
    row.removed_at = None
    _record(session, actor, Action.RATE_RESTORED, row, old=None, new=_describe(session, row))


def _get(session: Session, actor: Actor, rate_id: int, *, removed: bool) -> Rate:
    row = session.get(Rate, rate_id) if 0 < rate_id < 2**31 else None
    if row is None or (row.removed_at is not None) != removed:
        raise gate.not_found(actor, Permission.RATE_MANAGE, "rate", rate_id)
    return row


def _find_exact(session: Session, person_id: int | None, activity_id: int | None, since: date) -> Rate | None:
    """Return the rate for exactly this person, activity and first day."""
    chosen = select(Rate).where(
        col(Rate.person_id).is_not_distinct_from(person_id),
        col(Rate.activity_id).is_not_distinct_from(activity_id),
        Rate.since == since,
        col(Rate.removed_at).is_(None),
    )
    return session.exec(chosen).first()


def _describe(session: Session, row: Rate) -> str:
    return _format_rate(row, session.get(Activity, row.activity_id) if row.activity_id else None)


def _format_rate(row: Rate, kind: Activity | None) -> str:
    return f"{format_amount(row.cents)} from {row.since}" + (f" for {kind.name}" if kind else "")


def _record(
    session: Session, actor: Actor, action: Action, row: Rate, *, old: str | None, new: str | None
) -> None:
    subject = f"person:{row.person_id}" if row.person_id else "rate"
    events.record(
        session, actor, action, subject=subject, field=f"rate:{row.id}", old=old, new=new, internal=True
    )


def currency() -> str:
    """Return the currency of rates and costs."""
    return settings.current().currency


def format_amount(cents: int) -> str:
    """Return hundredths as a decimal number: "1250.50"."""
    return f"{cents // 100}.{cents % 100:02d}"


def parse_amount(said: str) -> int:
    """Return a typed amount in hundredths: "85", "85.50", "85,5". Raises Invalid."""
    whole, _, part = said.strip().replace(",", ".").partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) < 7) or not (
        part == "" or (part.isascii() and part.isdigit() and len(part) <= 2)
    ):
        raise Invalid("Enter a rate such as 85 or 85.50.", fields={"rate": "For example 85 or 85.50."})
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)


def round_to_sum(exact: Sequence[int]) -> list[int]:
    """Return amounts, given in sixtieths of a hundredth, as whole hundredths that add up to the rounded total."""
    whole = [each // 60 for each in exact]
    missing = (sum(exact) + 30) // 60 - sum(whole)
    # The amounts that lost most by rounding down get the remainder.
    for place in sorted(range(len(exact)), key=lambda n: (-(exact[n] % 60), n))[:missing]:
        whole[place] += 1
    return whole
