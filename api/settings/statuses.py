"""Statuses: where a ticket may stand."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from api.shared import deleting
from api.shared.auth import Me
from api.shared.idempotency import Creating, Made
from api.shared.problems import NOTHING
from api.shared.schemas import Change, Flag, Form, Number, Page, Shape, Words, shown, unset
from api.tickets.ticket_schemas import StatusName
from db.vocabulary import StatusCategory
from lib.catalog import statuses
from lib.catalog.statuses import Status as Row
from lib.catalog.statuses import StatusCard
from lib.core.errors import Invalid, NotFound
from lib.transactions import Session, act, see

router = APIRouter(tags=["statuses"])

KindName = Literal["todo", "active", "blocked", "paused", "done"]


class Status(StatusName):
    """A status; `counts` tells whether a ticket done this way counts as resolved."""

    counts: bool
    asks_reason: bool
    limit: int | None
    default: bool
    version: int


class NewStatus(Form):
    """A status to add at the end; its kind stays for good."""

    name: Words
    kind: KindName
    counts: Flag = True


class StatusChange(Change):
    """What is to be changed; `position` counts from 0."""

    name: Words = unset()
    asks_reason: Flag = unset()
    limit: int | None = unset()
    position: Annotated[int, Field(ge=0, le=100)] = unset()


class Retirement(Shape):
    """What retiring a status would do; `moves` counts the workflow rules that name it.

    `merged` are tickets that would return to it when their merge is undone.
    """

    tickets: int
    open: int
    merged: int
    moves: int
    needs_successor: bool


def _shapes(cards: list[StatusCard]) -> list[Status]:
    return [
        Status(
            id=s.id,
            name=s.name,
            kind=s.kind,
            counts=s.counts,
            asks_reason=s.asks_reason,
            limit=s.limit,
            default=s.is_default,
            version=s.version,
        )
        for s in cards
    ]


def _all(session: Session) -> list[Status]:
    session.flush()
    return _shapes(statuses.every(session))


def _one(session: Session, id: int | None) -> Status:
    return next(s for s in _all(session) if s.id == id)


def _row(session: Session, id: int) -> Row:
    try:
        return statuses.find(session, id)
    except Invalid:
        raise NotFound(NOTHING) from None


@router.get("/statuses", response_model=Page[Status])
def read(
    me: Me,
    archived: Annotated[bool, Query(description="the retired ones instead, for administrators")] = False,
) -> Response:
    """List the statuses in use, in the desk's order, or those that were retired."""
    with see() as session:
        return shown(Page(items=_shapes(statuses.archived(session, me)) if archived else _all(session)))


@router.post("/statuses", status_code=201, response_model=Status)
def add(creating: Creating, form: NewStatus) -> Response:
    """Add a status."""

    def deed(session: Session) -> Made:
        row = statuses.create(
            session, creating.me, name=form.name, kind=StatusCategory(form.kind), counts=form.counts
        )
        return Made(f"/statuses/{row.id}", _one(session, row.id))

    return creating.once(form, deed)


@router.patch("/statuses/{id}", response_model=Status)
def change(me: Me, id: Number, form: StatusChange) -> Response:
    """Change a status' name, limit, place, or whether it asks for a reason."""
    with act() as session:
        row = _row(session, id)
        row.must_be(form.version)
        if "name" in form.model_fields_set:
            statuses.rename(session, me, row, name=form.name)
        if "asks_reason" in form.model_fields_set:
            statuses.ask_reason(session, me, row, asks=form.asks_reason)
        if "limit" in form.model_fields_set:
            statuses.set_limit(session, me, row, limit=form.limit)
        if "position" in form.model_fields_set:
            others = [s.id for s in statuses.every(session) if s.id != id]
            others.insert(form.position, id)
            statuses.order(session, me, others)
        return shown(_one(session, id))


@router.delete("/statuses/{id}", status_code=204, responses={200: {"model": Retirement}})
def retire(me: Me, id: Number, asked: deleting.Asked) -> Response:
    """Use a status no longer; one in which tickets stand needs a `successor`, which gets them."""

    def verb(session: Session) -> None:
        heir = None if asked.successor is None else statuses.find(session, asked.successor)
        statuses.retire(session, me, _row(session, id), successor=heir, seen=asked.version)

    return deleting.delete(
        asked, Retirement, preview=lambda s: statuses.preview_retire(s, me, _row(s, id)), verb=verb
    )


@router.post("/statuses/{id}/restore", response_model=Status)
def restore(me: Me, id: Number) -> Response:
    """Use a retired status again; the tickets that it had stay where they went."""
    with act() as session:
        statuses.restore(session, me, statuses.find_archived(session, me, id))
        return shown(_one(session, id))
