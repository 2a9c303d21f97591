"""Statuses: where a ticket may stand."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from api.creates import Creating, Made
from api.door import Me
from api.problems import NOTHING
from api.shapes import HIGHEST, Flag, Form, Number, Page, Words, done, shown, unset
from api.ticket_shapes import StatusName
from db.vocabulary import Kind
from lib.desk import statuses
from lib.desk.statuses import Status as Row
from lib.errors import Invalid, NotFound
from lib.transactions import Session, act, see

router = APIRouter(tags=["statuses"])

KindName = Literal["todo", "active", "blocked", "paused", "done"]


class Status(StatusName):
    """A status; `counts` tells whether a ticket done this way counts as resolved."""

    counts: bool
    asks_reason: bool
    limit: int | None
    default: bool


class NewStatus(Form):
    """A status to add at the end; its kind stays for good."""

    name: Words
    kind: KindName
    counts: Flag = True


class StatusChange(Form):
    """What is to be changed; `position` counts from 0."""

    name: Words = unset()
    asks_reason: Flag = unset()
    limit: int | None = unset()
    position: Annotated[int, Field(ge=0, le=100)] = unset()


def _all(session: Session) -> list[Status]:
    session.flush()
    return [
        Status(
            id=s.id,
            name=s.name,
            kind=s.kind,
            counts=s.counts,
            asks_reason=s.asks_reason,
            limit=s.limit,
            default=s.is_default,
        )
        for s in statuses.every(session)
    ]


def _one(session: Session, id: int | None) -> Status:
    return next(s for s in _all(session) if s.id == id)


def _row(session: Session, id: int) -> Row:
    try:
        return statuses.find(session, id)
    except Invalid:
        raise NotFound(NOTHING) from None


@router.get("/statuses", response_model=Page[Status])
def read() -> Response:
    """List the statuses in use, in the desk's order."""
    with see() as session:
        return shown(Page(items=_all(session)))


@router.post("/statuses", status_code=201, response_model=Status)
def add(creating: Creating, form: NewStatus) -> Response:
    """Add a status."""

    def deed(session: Session) -> Made:
        row = statuses.create(session, creating.me, name=form.name, kind=Kind(form.kind), counts=form.counts)
        return Made(f"/statuses/{row.id}", _one(session, row.id))

    return creating.once(form, deed)


@router.patch("/statuses/{id}", response_model=Status)
def change(me: Me, id: Number, form: StatusChange) -> Response:
    """Change a status' name, limit, place, or whether it asks for a reason."""
    with act() as session:
        row = _row(session, id)
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


@router.delete("/statuses/{id}", status_code=204)
def retire(me: Me, id: Number, successor: Annotated[int | None, Query(ge=1, le=HIGHEST)] = None) -> Response:
    """Use a status no longer; one in which tickets stand needs a `successor`, which gets them."""
    with act() as session:
        heir = None if successor is None else statuses.find(session, successor)
        statuses.retire(session, me, _row(session, id), successor=heir)
    return done()
