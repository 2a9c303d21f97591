"""Canned replies: prepared answers for all teams or for one."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.deleting import SeenVersion
from api.shared.idempotency import CreateDependency, CreatedResource
from api.shared.schemas import (
    Id,
    Page,
    PathNumber,
    RequestSchema,
    ResponseSchema,
    StorableText,
    Version,
    json_response,
    no_content,
    optional_field,
)
from lib.catalog import canned_replies
from lib.catalog.canned_replies import CannedReplyCard
from lib.tickets import tickets
from lib.transactions import Session, act, see

router = APIRouter(tags=["writing"])


class NewCannedReply(RequestSchema):
    """A canned reply to create, for all teams unless `team` is set."""

    name: StorableText
    body: StorableText
    team: Id | None = None


class CannedReplyChange(RequestSchema):
    """The changes. With `team` null it is for all teams."""

    version: Version
    name: StorableText = optional_field()
    body: StorableText = optional_field()
    team: Id | None = optional_field()


class CannedReply(ResponseSchema):
    """A canned reply; `mine` tells whether you may change it."""

    id: int
    name: str
    body: str
    team: int | None
    mine: bool
    version: int


class FilledReply(ResponseSchema):
    """A canned reply, filled in for a ticket."""

    id: int
    name: str
    body: str


def _to_reply(card: CannedReplyCard) -> CannedReply:
    return CannedReply(
        id=card.id, name=card.name, body=card.body, team=card.team_id, mine=card.mine, version=card.version
    )


@router.get("/canned-replies", response_model=Page[CannedReply])
def list_canned_replies(me: Me) -> Response:
    """List the canned replies that you may use."""
    with see() as session:
        return json_response(Page(items=[_to_reply(card) for card in canned_replies.list_all(session, me)]))


@router.post("/canned-replies", status_code=201, response_model=CannedReply)
def create_canned_reply(creating: CreateDependency, form: NewCannedReply) -> Response:
    """Create a canned reply."""

    def create(session: Session) -> CreatedResource:
        row = canned_replies.create(session, creating.me, name=form.name, body=form.body, team_id=form.team)
        return CreatedResource(
            f"/canned-replies/{row.id}", _to_reply(canned_replies.to_card(creating.me, row))
        )

    return creating.once(form, create)


@router.patch("/canned-replies/{id}", response_model=CannedReply)
def update_canned_reply(me: Me, id: PathNumber, form: CannedReplyChange) -> Response:
    """Change a reply."""
    given = form.model_fields_set
    with act() as session:
        row = canned_replies.get(session, me, id)
        canned_replies.update(
            session, me, row,
            name=form.name if "name" in given else row.name,
            body=form.body if "body" in given else row.body,
            team_id=form.team if "team" in given else row.team_id,
            seen=form.version,
        )  # fmt: skip
        return json_response(_to_reply(canned_replies.to_card(me, row)))


@router.delete("/canned-replies/{id}", status_code=204)
def delete_canned_reply(me: Me, id: PathNumber, version: SeenVersion = None) -> Response:
    """Delete a canned reply."""
    with act() as session:
        canned_replies.delete(session, me, canned_replies.get(session, me, id), seen=version)
    return no_content()


@router.get("/tickets/{number}/canned-replies", response_model=Page[FilledReply])
def list_filled_canned_replies(
    me: Me, number: PathNumber, search: Annotated[StorableText, Query(max_length=120)] = ""
) -> Response:
    """List canned replies, filled in for a ticket, whose name or text contains the words of `search`."""
    with see() as session:
        found = canned_replies.suggest(session, me, tickets.find(session, me, number), search=search)
    return json_response(Page(items=[FilledReply(id=r.id, name=r.name, body=r.body) for r in found]))
