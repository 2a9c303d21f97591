"""Canned replies: answers kept ready, for all or for one team."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.deleting import SeenVersion
from api.shared.idempotency import Creating, Made
from api.shared.schemas import Form, Id, Number, Page, Shape, Version, Words, done, shown, unset
from lib.catalog import canned_replies
from lib.catalog.canned_replies import CannedCard
from lib.tickets import tickets
from lib.transactions import Session, act, see

router = APIRouter(tags=["writing"])


class NewReply(Form):
    """A reply to keep, for all unless `team` says otherwise."""

    name: Words
    body: Words
    team: Id | None = None


class ReplyChange(Form):
    """What is to be changed; with `team` null it is for all."""

    version: Version
    name: Words = unset()
    body: Words = unset()
    team: Id | None = unset()


class Reply(Shape):
    """A canned reply; `mine` tells whether you may change it."""

    id: int
    name: str
    body: str
    team: int | None
    mine: bool
    version: int


class Ready(Shape):
    """A canned reply, filled in for a ticket."""

    id: int
    name: str
    body: str


def _shape(card: CannedCard) -> Reply:
    return Reply(
        id=card.id, name=card.name, body=card.body, team=card.team_id, mine=card.mine, version=card.version
    )


@router.get("/canned-replies", response_model=Page[Reply])
def read(me: Me) -> Response:
    """List the canned replies that you may use."""
    with see() as session:
        return shown(Page(items=[_shape(card) for card in canned_replies.every(session, me)]))


@router.post("/canned-replies", status_code=201, response_model=Reply)
def add(creating: Creating, form: NewReply) -> Response:
    """Keep a reply."""

    def deed(session: Session) -> Made:
        row = canned_replies.add(session, creating.me, name=form.name, body=form.body, team_id=form.team)
        return Made(f"/canned-replies/{row.id}", _shape(canned_replies.card(creating.me, row)))

    return creating.once(form, deed)


@router.patch("/canned-replies/{id}", response_model=Reply)
def change(me: Me, id: Number, form: ReplyChange) -> Response:
    """Change a reply."""
    given = form.model_fields_set
    with act() as session:
        row = canned_replies.find(session, me, id)
        canned_replies.change(
            session, me, row,
            name=form.name if "name" in given else row.name,
            body=form.body if "body" in given else row.body,
            team_id=form.team if "team" in given else row.team_id,
            seen=form.version,
        )  # fmt: skip
        return shown(_shape(canned_replies.card(me, row)))


@router.delete("/canned-replies/{id}", status_code=204)
def delete(me: Me, id: Number, version: SeenVersion = None) -> Response:
    """Keep a reply no longer."""
    with act() as session:
        canned_replies.delete(session, me, canned_replies.find(session, me, id), seen=version)
    return done()


@router.get("/tickets/{number}/canned-replies", response_model=Page[Ready])
def ready(me: Me, number: Number, search: Annotated[Words, Query(max_length=120)] = "") -> Response:
    """List canned replies for a ticket, filled in, whose name or text holds the words of `search`."""
    with see() as session:
        found = canned_replies.ready(session, me, tickets.find(session, me, number), search=search)
    return shown(Page(items=[Ready(id=r.id, name=r.name, body=r.body) for r in found]))
