"""Categories that people missed while filing, for administrators to answer."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.settings.categories import Category, one
from api.shared.auth import Me
from api.shared.schemas import Form, Id, Number, Page, Shape, Words, done, shown
from lib.catalog import category_proposals
from lib.transactions import act, see

router = APIRouter(tags=["categories"])


class Proposal(Shape):
    """A name that waits for an answer: who proposed it, and for how many tickets."""

    id: int
    name: str
    people: list[str]
    tickets: int
    since: datetime


class Acceptance(Form):
    """Under which name and where the category is to be; a name that is there already takes the tickets."""

    name: Words
    parent: Id | None = None
    team: Id | None = Field(None, description="null leaves it to the category above")


@router.get("/category-proposals", response_model=Page[Proposal])
def read(me: Me) -> Response:
    """List the categories that were proposed and wait for an answer."""
    with see() as session:
        found = category_proposals.waiting(session, me)
    items = [
        Proposal(id=p.id, name=p.name, people=list(p.people), tickets=p.tickets, since=p.since) for p in found
    ]
    return shown(Page(items=items))


@router.post("/category-proposals/{id}/accept", response_model=Category)
def accept(me: Me, id: Number, form: Acceptance) -> Response:
    """Make the category, and put the tickets for which it was proposed into it."""
    with act() as session:
        row = category_proposals.accept(
            session, me, id, name=form.name, parent_id=form.parent, team_id=form.team
        )
        return shown(one(session, me, row.id))


@router.delete("/category-proposals/{id}", status_code=204)
def refuse(me: Me, id: Number) -> Response:
    """Let a proposal be; its tickets stay where they are."""
    with act() as session:
        category_proposals.refuse(session, me, id)
    return done()
