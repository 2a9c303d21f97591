"""Categories that people missed while filing, for administrators to answer."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.settings.categories import Category, load_category
from api.shared.auth import Me
from api.shared.schemas import (
    Id,
    Page,
    PathNumber,
    RequestSchema,
    ResponseSchema,
    StorableText,
    json_response,
    no_content,
)
from lib.catalog import category_proposals
from lib.transactions import act, see

router = APIRouter(tags=["categories"])


class Proposal(ResponseSchema):
    """A proposed category: who proposed it, and for how many tickets."""

    id: int
    name: str
    people: list[str]
    tickets: int
    since: datetime


class Acceptance(RequestSchema):
    """The name and parent of the category. An existing category of that name gets the tickets."""

    name: StorableText
    parent: Id | None = None
    team: Id | None = Field(None, description="`null` inherits from the parent category")


@router.get("/category-proposals", response_model=Page[Proposal])
def list_category_proposals(me: Me) -> Response:
    """List proposed categories."""
    with see() as session:
        found = category_proposals.list_pending(session, me)
    items = [
        Proposal(id=p.id, name=p.name, people=list(p.people), tickets=p.tickets, since=p.since) for p in found
    ]
    return json_response(Page(items=items))


@router.post("/category-proposals/{id}/accept", response_model=Category)
def accept_category_proposal(me: Me, id: PathNumber, form: Acceptance) -> Response:
    """Accept a proposal: create the category and move the tickets into it."""
    with act() as session:
        row = category_proposals.accept(
            session, me, id, name=form.name, parent_id=form.parent, team_id=form.team
        )
        return json_response(load_category(session, me, row.id))


@router.delete("/category-proposals/{id}", status_code=204)
def refuse_category_proposal(me: Me, id: PathNumber) -> Response:
    """Decline a proposal. Its tickets stay in their category."""
    with act() as session:
        category_proposals.reject(session, me, id)
    return no_content()
