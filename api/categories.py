"""Categories: what tickets are about, and which team gets them."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.creates import Creating, Made
from api.door import Me
from api.problems import NOTHING
from api.shapes import (
    HIGHEST,
    Form,
    Id,
    Named,
    Number,
    Page,
    Rule,
    Shape,
    Words,
    done,
    named,
    rule,
    shown,
    unset,
)
from lib.desk import categories, dispatch
from lib.desk.categories import Category as Row
from lib.errors import Invalid, NotFound
from lib.gate import Actor
from lib.people import teams
from lib.transactions import Session, act, see

router = APIRouter(tags=["categories"])


class NewCategory(Form):
    """A category to add."""

    name: Words
    parent: Id | None = None
    team: Id | None = None
    assignment: Rule | None = None


class CategoryChange(Form):
    """What is to be changed; with `team` null new tickets go to the default team.

    With `assignment` null they follow the rule of the category above, else that of their team.
    """

    name: Words = unset()
    team: Id | None = unset()
    assignment: Rule | None = unset()


class Category(Shape):
    """A category; `path` is its name with its parents' before it, `assignment` its own rule, which only staff see."""

    id: int
    name: str
    path: str
    parent: Named | None
    team: Named | None
    default: bool
    assignment: Rule | None


def _all(session: Session, me: Actor) -> list[Category]:
    session.flush()
    cards = categories.every(session)
    names = {card.id: card.name for card in cards}
    rules = dispatch.of_categories(session, me)
    groups = {team.id: team.name for team in teams.every(session, me)}
    return [
        Category(
            id=c.id,
            name=c.name,
            path=c.path,
            parent=named(c.parent_id, names.get(c.parent_id or 0)),
            team=named(c.team_id, groups.get(c.team_id or 0)),
            default=c.is_default,
            assignment=rule(rules.get(c.id)),
        )
        for c in cards
    ]


def _one(session: Session, me: Actor, id: int | None) -> Category:
    return next(c for c in _all(session, me) if c.id == id)


def _row(session: Session, id: int) -> Row:
    try:
        return categories.find(session, id)
    except Invalid:
        raise NotFound(NOTHING) from None


@router.get("/categories", response_model=Page[Category])
def read(me: Me) -> Response:
    """List the categories in use, by path."""
    with see() as session:
        return shown(Page(items=_all(session, me)))


@router.post("/categories", status_code=201, response_model=Category)
def add(creating: Creating, form: NewCategory) -> Response:
    """Add a category."""

    def deed(session: Session) -> Made:
        row = categories.create(
            session, creating.me, name=form.name, parent_id=form.parent, team_id=form.team
        )
        _follow(session, creating.me, row, form.assignment)
        return Made(f"/categories/{row.id}", _one(session, creating.me, row.id))

    return creating.once(form, deed)


@router.patch("/categories/{id}", response_model=Category)
def change(me: Me, id: Number, form: CategoryChange) -> Response:
    """Change a category's name, team or rule."""
    with act() as session:
        row = _row(session, id)
        if "name" in form.model_fields_set:
            categories.rename(session, me, row, name=form.name)
        if "team" in form.model_fields_set:
            categories.give_team(session, me, row, team_id=form.team)
        if "assignment" in form.model_fields_set:
            _follow(session, me, row, form.assignment)
        return shown(_one(session, me, id))


def _follow(session: Session, me: Actor, row: Row, form: Rule | None) -> None:
    cap = form.cap if form else None
    dispatch.rule_category(session, me, row, way=form.way if form else None, cap=cap)


@router.delete("/categories/{id}", status_code=204)
def delete(me: Me, id: Number, successor: Annotated[int | None, Query(ge=1, le=HIGHEST)] = None) -> Response:
    """Delete a category; one in use needs a `successor`, which gets its tickets."""
    with act() as session:
        heir = None if successor is None else categories.find(session, successor)
        categories.delete(session, me, _row(session, id), successor=heir)
    return done()
