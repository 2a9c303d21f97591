"""Hourly rates: what work costs, for those who keep them."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.deleting import SeenVersion
from api.shared.idempotency import Creating, Made
from api.shared.schemas import (
    HIGHEST,
    DryRun,
    Form,
    Id,
    Named,
    Number,
    Page,
    Shape,
    Words,
    done,
    named,
    shown,
    unset,
)
from lib.timekeeping import rates
from lib.timekeeping.rates import RateCard
from lib.transactions import Session, act, see

router = APIRouter(tags=["time"])


class Rate(Shape):
    """What an hour costs from a day on, in hundredths of `currency`; null as person or activity means all."""

    id: int
    person: Named | None
    activity: Named | None
    since: date
    cents: int
    currency: str
    version: int


class Removal(Shape):
    """What removing a rate would do: how much logged time costs something else, and what it costs before and after."""

    entries: int
    minutes: int
    before_cents: int
    after_cents: int
    currency: str


class NewRate(Form):
    """What an hour is to cost from a day on, like `"85.50"`."""

    rate: Words
    since: date
    person: Id | None = unset()
    activity: Id | None = unset()
    version: Annotated[int, Field(strict=True, ge=0, le=HIGHEST)] | None = Field(
        None, description="of the rate that was read for this day; 0 if there was none"
    )


def _shown(card: RateCard) -> Rate:
    return Rate(
        id=card.id,
        person=named(card.person_id, card.person),
        activity=named(card.activity_id, card.activity),
        since=card.since,
        cents=card.cents,
        currency=rates.currency(),
        version=card.version,
    )


@router.get("/rates", response_model=Page[Rate])
def read(
    me: Me, removed: Annotated[bool, Query(description="those that were removed instead")] = False
) -> Response:
    """List all rates, or those that were removed."""
    with see() as session:
        return shown(Page(items=[_shown(card) for card in rates.every(session, me, removed=removed)]))


@router.post("/rates", status_code=201, response_model=Rate)
def put(creating: Creating, form: NewRate) -> Response:
    """Let an hour cost so much from a day on."""

    def deed(session: Session) -> Made:
        id = rates.put(
            session,
            creating.me,
            cents=rates.parse(form.rate),
            since=form.since,
            person_id=form.person,
            activity_id=form.activity,
            seen=form.version,
        )
        return Made(f"/rates/{id}", next(_shown(c) for c in rates.every(session, creating.me) if c.id == id))

    return creating.once(form, deed)


@router.delete("/rates/{id}", status_code=204, responses={200: {"model": Removal}})
def remove(me: Me, id: Number, dry_run: DryRun = False, version: SeenVersion = None) -> Response:
    """Remove a rate, as if it had never been; it can be restored."""
    if dry_run:
        with see() as session:
            found = rates.preview_remove(session, me, id)
        return shown(
            Removal(
                entries=found.entries,
                minutes=found.minutes,
                before_cents=found.before,
                after_cents=found.after,
                currency=rates.currency(),
            )
        )
    with act() as session:
        rates.remove(session, me, id, seen=version)
    return done()


@router.post("/rates/{id}/restore", response_model=Rate)
def restore(me: Me, id: Number) -> Response:
    """Let a removed rate count again."""
    with act() as session:
        rates.restore(session, me, id)
        session.flush()
        return shown(next(_shown(card) for card in rates.every(session, me) if card.id == id))
