"""Statuses: where a ticket may stand."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from api.shared import deleting
from api.shared.auth import Me
from api.shared.idempotency import CreateDependency, CreatedResource
from api.shared.problems import NOT_FOUND
from api.shared.schemas import (
    Flag,
    Page,
    PathNumber,
    RequestSchema,
    ResponseSchema,
    StorableText,
    VersionedChange,
    json_response,
    optional_field,
)
from api.tickets.field_schemas import StatusName
from db.vocabulary import StatusCategory
from lib.catalog import statuses
from lib.catalog.statuses import Status as Row
from lib.catalog.statuses import StatusCard
from lib.core.errors import Invalid, NotFound
from lib.transactions import Session, act, see

router = APIRouter(tags=["statuses"])

StatusKindName = Literal["todo", "active", "blocked", "paused", "done"]


class Status(StatusName):
    """A status. `counts` tells whether tickets completed with it count as resolved."""

    counts: bool
    asks_reason: bool
    limit: int | None
    default: bool
    version: int


class NewStatus(RequestSchema):
    """A status to add at the end. Its status category can't be changed later."""

    name: StorableText
    kind: StatusKindName
    counts: Flag = True


class StatusChange(VersionedChange):
    """The changes. `position` counts from 0."""

    name: StorableText = optional_field()
    asks_reason: Flag = optional_field()
    limit: int | None = optional_field()
    position: Annotated[int, Field(ge=0, le=100)] = optional_field()


class StatusArchivePreview(ResponseSchema):
    """What archiving a status would do. `moves` counts the workflow rules that name it.

    `merged` are tickets that would return to it when their merge is undone.
    """

    tickets: int
    open: int
    merged: int
    moves: int
    needs_successor: bool


def _to_statuses(cards: list[StatusCard]) -> list[Status]:
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


def _load_statuses(session: Session) -> list[Status]:
    session.flush()
    return _to_statuses(statuses.list_all(session))


def _load_status(session: Session, id: int | None) -> Status:
    return next(s for s in _load_statuses(session) if s.id == id)


def _get_row(session: Session, id: int) -> Row:
    try:
        return statuses.get(session, id)
    except Invalid:
        raise NotFound(NOT_FOUND) from None


@router.get("/statuses", response_model=Page[Status])
def list_statuses(
    me: Me,
    archived: Annotated[bool, Query(description="archived statuses instead, for administrators")] = False,
) -> Response:
    """List the statuses in use, in their order, or the archived ones."""
    with see() as session:
        return json_response(
            Page(
                items=_to_statuses(statuses.list_archived(session, me))
                if archived
                else _load_statuses(session)
            )
        )


@router.post("/statuses", status_code=201, response_model=Status)
def create_status(creating: CreateDependency, form: NewStatus) -> Response:
    """Add a status."""

    def create(session: Session) -> CreatedResource:
        row = statuses.create(
            session, creating.me, name=form.name, kind=StatusCategory(form.kind), counts=form.counts
        )
        return CreatedResource(f"/statuses/{row.id}", _load_status(session, row.id))

    return creating.once(form, create)


@router.patch("/statuses/{id}", response_model=Status)
def update_status(me: Me, id: PathNumber, form: StatusChange) -> Response:
    """Change a status's name, limit or position, or whether it requires a reason."""
    with act() as session:
        row = _get_row(session, id)
        row.must_be(form.version)
        if "name" in form.model_fields_set:
            statuses.rename(session, me, row, name=form.name)
        if "asks_reason" in form.model_fields_set:
            statuses.set_reason_required(session, me, row, asks=form.asks_reason)
        if "limit" in form.model_fields_set:
            statuses.set_limit(session, me, row, limit=form.limit)
        if "position" in form.model_fields_set:
            others = [s.id for s in statuses.list_all(session) if s.id != id]
            others.insert(form.position, id)
            statuses.reorder(session, me, others)
        return json_response(_load_status(session, id))


@router.delete("/statuses/{id}", status_code=204, responses={200: {"model": StatusArchivePreview}})
def archive_status(me: Me, id: PathNumber, asked: deleting.DeleteParameters) -> Response:
    """Archive a status. A status with tickets needs a `successor`, which gets them."""

    def verb(session: Session) -> None:
        heir = None if asked.successor is None else statuses.get(session, asked.successor)
        statuses.archive(session, me, _get_row(session, id), successor=heir, seen=asked.version)

    return deleting.delete_or_preview(
        asked,
        StatusArchivePreview,
        preview=lambda s: statuses.preview_archive(s, me, _get_row(s, id)),
        verb=verb,
    )


@router.post("/statuses/{id}/restore", response_model=Status)
def restore_status(me: Me, id: PathNumber) -> Response:
    """Restore an archived status. Its former tickets stay in the successor."""
    with act() as session:
        statuses.restore(session, me, statuses.get_archived(session, me, id))
        return json_response(_load_status(session, id))
