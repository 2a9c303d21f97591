"""Categories: what tickets are about, and who gets them."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from api.shared import deleting
from api.shared.auth import Me
from api.shared.idempotency import Creating, Made
from api.shared.problems import NOTHING
from api.shared.schemas import (
    Change,
    Form,
    Id,
    Named,
    Number,
    Page,
    Rule,
    Shape,
    Words,
    named,
    rule,
    shown,
    unset,
)
from api.tickets.ticket_schemas import PRIORITY, PriorityName
from db.vocabulary import Priority
from lib.access.gate import Actor
from lib.assignment import rules as assignment_rules
from lib.catalog import categories
from lib.catalog.categories import Category as Row
from lib.core.errors import Invalid, NotFound
from lib.people import teams
from lib.transactions import Session, act, see

router = APIRouter(tags=["categories"])


class NewCategory(Form):
    """A category to add."""

    name: Words
    parent: Id | None = None
    team: Id | None = None
    priority: PriorityName | None = None
    assignment: Rule | None = None


class CategoryChange(Change):
    """What is to be changed; null for `team`, `priority` or `assignment` leaves it to the category above.

    `position` counts from 0 among those beside it; `default` can be given to another category only.
    """

    name: Words = unset()
    parent: Id | None = unset()
    team: Id | None = unset()
    priority: PriorityName | None = unset()
    assignment: Rule | None = unset()
    position: Annotated[int, Field(ge=0, le=1000)] = unset()
    default: Literal[True] = unset()


class Category(Shape):
    """A category; `path` is its name with its parents' before it, `assignment` its own rule, which only staff see."""

    id: int
    name: str
    path: str
    parent: Named | None
    team: Named | None
    priority: PriorityName | None
    default: bool
    assignment: Rule | None
    version: int


class Deletion(Shape):
    """What deleting a category would hand to its successor; `rule` tells whether its own assignment rule ends."""

    tickets: int
    open: int
    proposals: int
    people: int
    fields: int
    rule: bool
    needs_successor: bool


def _all(session: Session, me: Actor, *, deleted: bool = False) -> list[Category]:
    session.flush()
    cards = categories.deleted(session, me) if deleted else categories.every(session)
    names = {card.id: card.name for card in cards}
    rules = assignment_rules.of_categories(session, me)
    groups = {team.id: team.name for team in teams.every(session, me)}
    return [
        Category(
            id=c.id,
            name=c.name,
            path=c.path,
            parent=named(c.parent_id, names.get(c.parent_id or 0)),
            team=named(c.team_id, groups.get(c.team_id or 0)),
            priority=PRIORITY[c.priority] if c.priority else None,
            default=c.is_default,
            assignment=rule(rules.get(c.id)),
            version=c.version,
        )
        for c in cards
    ]


def one(session: Session, me: Actor, id: int | None) -> Category:
    """Return a category in use as an answer."""
    return next(c for c in _all(session, me) if c.id == id)


def _row(session: Session, id: int) -> Row:
    try:
        return categories.find(session, id)
    except Invalid:
        raise NotFound(NOTHING) from None


@router.get("/categories", response_model=Page[Category])
def read(
    me: Me,
    deleted: Annotated[bool, Query(description="the deleted ones instead, for administrators")] = False,
) -> Response:
    """List the categories in use, by path, or those that were deleted."""
    with see() as session:
        return shown(Page(items=_all(session, me, deleted=deleted)))


@router.post("/categories", status_code=201, response_model=Category)
def add(creating: Creating, form: NewCategory) -> Response:
    """Add a category."""

    def deed(session: Session) -> Made:
        row = categories.create(
            session, creating.me, name=form.name, parent_id=form.parent, team_id=form.team,
            priority=level(form.priority),
        )  # fmt: skip
        _follow(session, creating.me, row, form.assignment)
        return Made(f"/categories/{row.id}", one(session, creating.me, row.id))

    return creating.once(form, deed)


@router.patch("/categories/{id}", response_model=Category)
def change(me: Me, id: Number, form: CategoryChange) -> Response:
    """Change a category's name, place, team, first priority or rule, or make it the default one."""
    with act() as session:
        row = _row(session, id)
        row.must_be(form.version)
        for name, verb in CHANGES.items():
            if name in form.model_fields_set:
                verb(session, me, row, getattr(form, name))
        return shown(one(session, me, id))


def level(name: str | None) -> Priority | None:
    """Return a priority by its name, or None where there is none."""
    return None if name is None else Priority[name.upper()]


def _position(session: Session, me: Actor, row: Row, position: int) -> None:
    beside = [c.id for c in categories.every(session) if c.parent_id == row.parent_id and c.id != row.id]
    beside.insert(position, row.id)
    categories.order(session, me, row.parent_id, beside)


def _follow(session: Session, me: Actor, row: Row, form: Rule | None) -> None:
    cap = form.cap if form else None
    assignment_rules.rule_category(session, me, row, way=form.way if form else None, cap=cap)


Verb = Callable[[Session, Actor, Row, Any], None]
CHANGES: dict[str, Verb] = {
    "name": lambda s, me, row, to: categories.rename(s, me, row, name=to),
    "parent": lambda s, me, row, to: categories.place(s, me, row, parent_id=to),
    "team": lambda s, me, row, to: categories.give_team(s, me, row, team_id=to),
    "priority": lambda s, me, row, to: categories.set_priority(s, me, row, priority=level(to)),
    "assignment": _follow,
    "position": _position,
    "default": lambda s, me, row, _: categories.make_default(s, me, row),
}


@router.delete("/categories/{id}", status_code=204, responses={200: {"model": Deletion}})
def delete(me: Me, id: Number, asked: deleting.Asked) -> Response:
    """Delete a category; one in use needs a `successor`, which gets its tickets."""

    def verb(session: Session) -> None:
        heir = None if asked.successor is None else categories.find(session, asked.successor)
        categories.delete(session, me, _row(session, id), successor=heir, seen=asked.version)

    return deleting.delete(
        asked, Deletion, preview=lambda s: categories.preview_delete(s, me, _row(s, id)), verb=verb
    )


@router.post("/categories/{id}/restore", response_model=Category)
def restore(me: Me, id: Number) -> Response:
    """Use a deleted category again; what went to its successor stays there."""
    with act() as session:
        categories.restore(session, me, categories.find_deleted(session, me, id))
        return shown(one(session, me, id))
