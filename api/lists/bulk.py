"""Changes of many tickets at once."""

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import Field, create_model
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import Flag, Id, RequestSchema, ResponseSchema, StorableText, Version, json_response
from api.tickets import field_schemas
from lib.lists import bulk
from lib.lists.bulk import Outcome, Target
from lib.transactions import act, see

router = APIRouter(tags=["tickets"])


class SeenTicket(RequestSchema):
    """A ticket, and the version of it that was read."""

    number: Id
    version: Version


class TicketChangesBase(RequestSchema):
    """The changes for each ticket. Fields that are left out stay the same."""

    reason: StorableText = Field("", description="the reason, if the workflow requires one")


TicketChanges: Any = create_model(
    "TicketChanges",
    __base__=TicketChangesBase,
    __doc__=TicketChangesBase.__doc__,
    **field_schemas.list_bulk_properties(),
)
"""The same with all fields that can be changed in many tickets."""


class BulkChange(RequestSchema):
    """Tickets by number, or by number and version. A preview shows the outcome and changes nothing."""

    tickets: list[Id | SeenTicket] = Field(min_length=1, max_length=bulk.MAX_TICKETS)
    change: TicketChanges
    preview: Flag = False


class BulkResult(ResponseSchema):
    """The outcome for one ticket. `reason` says why it was refused."""

    number: int
    outcome: Literal["changed", "unchanged", "refused"]
    reason: str | None


class BulkResults(ResponseSchema):
    """The outcome for each ticket. `batch` is the id for undo, null for a preview."""

    batch: str | None
    changed: int
    unchanged: int
    refused: int
    items: list[BulkResult]


@router.post("/tickets/bulk", response_model=BulkResults)
def bulk_change_tickets(me: Me, form: BulkChange) -> Response:
    """Change up to 500 tickets. Each one succeeds or fails on its own."""
    actor, changes = (
        bulk.start_batch(me),
        field_schemas.parse_fields(me, form.change, (*bulk.STEPS, "reason")),
    )
    targets = [Target(t.number, t.version) if isinstance(t, SeenTicket) else Target(t) for t in form.tickets]
    outcomes: list[Outcome] = []
    for chunk in bulk.split_targets(targets):
        with act() as session:
            outcomes += bulk.change(session, actor, chunk, changes)
            if form.preview:
                session.rollback()
    return _build_response(outcomes, None if form.preview else actor.batch)


@router.post("/tickets/bulk/{batch}/undo", response_model=BulkResults)
def undo_bulk_change(me: Me, batch: str) -> Response:
    """Undo your bulk change on each ticket that was not changed since then."""
    with see() as session:
        targets = bulk.list_changed(session, me, batch)
    actor, outcomes = bulk.start_batch(me), []
    for chunk in bulk.split_targets(targets):
        with act() as session:
            outcomes += bulk.undo(session, actor, chunk, batch=batch)
    return _build_response(outcomes, actor.batch)


def _build_response(outcomes: list[Outcome], batch: str | None) -> Response:
    items = [
        BulkResult(
            number=o.number,
            outcome="refused" if o.refused else "changed" if o.changed else "unchanged",
            reason=o.refused or None,
        )
        for o in outcomes
    ]
    counts = {name: sum(i.outcome == name for i in items) for name in ("changed", "unchanged", "refused")}
    return json_response(BulkResults(batch=batch, items=items, **counts))
