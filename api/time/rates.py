"""Hourly rates: what work costs, for those who keep them."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.deleting import SeenVersion
from api.shared.idempotency import CreateDependency, CreatedResource
from api.shared.schemas import (
    MAX_ID,
    DryRun,
    Id,
    Page,
    PathNumber,
    Reference,
    RequestSchema,
    ResponseSchema,
    StorableText,
    json_response,
    no_content,
    optional_field,
    to_reference,
)
from lib.timekeeping import rates
from lib.timekeeping.rates import RateCard
from lib.transactions import Session, act, see

router = APIRouter(tags=["time"])


class Rate(ResponseSchema):
    """An hourly rate from a day on, in hundredths of `currency`. Null as person or activity means all."""

    id: int
    person: Reference | None
    activity: Reference | None
    since: date
    cents: int
    currency: str
    version: int


class RateRemovalPreview(ResponseSchema):
    """What removing a rate would do: how much logged time changes its cost, and the cost before and after."""

    entries: int
    minutes: int
    before_cents: int
    after_cents: int
    currency: str


class NewRate(RequestSchema):
    """An hourly rate from a day on, such as `"85.50"`."""

    rate: StorableText
    since: date
    person: Id | None = optional_field()
    activity: Id | None = optional_field()
    version: Annotated[int, Field(strict=True, ge=0, le=MAX_ID)] | None = Field(
        None, description="version of the rate that you read for this day, 0 if there was none"
    )


def _to_rate(card: RateCard) -> Rate:
    return Rate(
        id=card.id,
        person=to_reference(card.person_id, card.person),
        activity=to_reference(card.activity_id, card.activity),
        since=card.since,
        cents=card.cents,
        currency=rates.currency(),
        version=card.version,
    )


@router.get("/rates", response_model=Page[Rate])
def list_rates(
    me: Me, removed: Annotated[bool, Query(description="removed rates instead")] = False
) -> Response:
    """List all rates, or those that were removed."""
    with see() as session:
        return json_response(
            Page(items=[_to_rate(card) for card in rates.list_all(session, me, removed=removed)])
        )


@router.post("/rates", status_code=201, response_model=Rate)
def create_rate(creating: CreateDependency, form: NewRate) -> Response:
    """Set an hourly rate from a day on."""

    def create(session: Session) -> CreatedResource:
        id = rates.set_rate(
            session,
            creating.me,
            cents=rates.parse_amount(form.rate),
            since=form.since,
            person_id=form.person,
            activity_id=form.activity,
            seen=form.version,
        )
        return CreatedResource(
            f"/rates/{id}", next(_to_rate(c) for c in rates.list_all(session, creating.me) if c.id == id)
        )

    return creating.once(form, create)


@router.delete("/rates/{id}", status_code=204, responses={200: {"model": RateRemovalPreview}})
def remove_rate(me: Me, id: PathNumber, dry_run: DryRun = False, version: SeenVersion = None) -> Response:
    """Remove a rate. It can be restored."""
    if dry_run:
        with see() as session:
            found = rates.preview_remove(session, me, id)
        return json_response(
            RateRemovalPreview(
                entries=found.entries,
                minutes=found.minutes,
                before_cents=found.before,
                after_cents=found.after,
                currency=rates.currency(),
            )
        )
    with act() as session:
        rates.remove(session, me, id, seen=version)
    return no_content()


@router.post("/rates/{id}/restore", response_model=Rate)
def restore_rate(me: Me, id: PathNumber) -> Response:
    """Restore a removed rate."""
    with act() as session:
        rates.restore(session, me, id)
        session.flush()
        return json_response(next(_to_rate(card) for card in rates.list_all(session, me) if card.id == id))
