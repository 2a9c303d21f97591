"""Categories: what tickets are about, and who gets them."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from api.shared import deleting
from api.shared.auth import Me
from api.shared.idempotency import CreateDependency, CreatedResource
from api.shared.problems import NOT_FOUND
from api.shared.schemas import (
    AssignmentRule,
    Id,
    Page,
    PathNumber,
    Reference,
    RequestSchema,
    ResponseSchema,
    StorableText,
    VersionedChange,
    json_response,
    optional_field,
    to_assignment_rule,
    to_reference,
)
from api.tickets.ticket_schemas import PRIORITY_NAMES, PriorityName
from db.vocabulary import Priority
from lib.access.gate import Actor
from lib.assignment import rules as assignment_rules
from lib.catalog import categories
from lib.catalog.categories import Category as Row
from lib.core.errors import Invalid, NotFound
from lib.people import teams
from lib.transactions import Session, act, see

router = APIRouter(tags=["categories"])


class NewCategory(RequestSchema):
    """A category to add."""

    name: StorableText
    parent: Id | None = None
    team: Id | None = None
    priority: PriorityName | None = None
    assignment: AssignmentRule | None = None


class CategoryChange(VersionedChange):
    """The changes. Null for `team`, `priority` or `assignment` inherits it from the parent category.

    `position` counts from 0 among those beside it; `default` can be given to another category only.
    """

    name: StorableText = optional_field()
    parent: Id | None = optional_field()
    team: Id | None = optional_field()
    priority: PriorityName | None = optional_field()
    assignment: AssignmentRule | None = optional_field()
    position: Annotated[int, Field(ge=0, le=1000)] = optional_field()
    default: Literal[True] = optional_field()


class Category(ResponseSchema):
    """A category; `path` is its name with its parents' before it, `assignment` its own rule, which only staff see."""

    id: int
    name: str
    path: str
    parent: Reference | None
    team: Reference | None
    priority: PriorityName | None
    default: bool
    assignment: AssignmentRule | None
    version: int


class CategoryDeletePreview(ResponseSchema):
    """What deleting a category would move to its successor. `rule` tells whether its assignment rule ends."""

    tickets: int
    open: int
    proposals: int
    people: int
    fields: int
    rule: bool
    needs_successor: bool


def _load_categories(session: Session, me: Actor, *, deleted: bool = False) -> list[Category]:
    session.flush()
    cards = categories.list_deleted(session, me) if deleted else categories.list_all(session)
    names = {card.id: card.name for card in cards}
    rules = assignment_rules.list_by_category(session, me)
    groups = {team.id: team.name for team in teams.list_all(session, me)}
    return [
        Category(
            id=c.id,
            name=c.name,
            path=c.path,
            parent=to_reference(c.parent_id, names.get(c.parent_id or 0)),
            team=to_reference(c.team_id, groups.get(c.team_id or 0)),
            priority=PRIORITY_NAMES[c.priority] if c.priority else None,
            default=c.is_default,
            assignment=to_assignment_rule(rules.get(c.id)),
            version=c.version,
        )
        for c in cards
    ]


def load_category(session: Session, me: Actor, id: int | None) -> Category:
    """Return a category in use as an answer."""
    return next(c for c in _load_categories(session, me) if c.id == id)


def _get_row(session: Session, id: int) -> Row:
    try:
        return categories.get(session, id)
    except Invalid:
        raise NotFound(NOT_FOUND) from None


@router.get("/categories", response_model=Page[Category])
def list_categories(
    me: Me,
    deleted: Annotated[bool, Query(description="deleted categories instead, for administrators")] = False,
) -> Response:
    """List the categories in use, by path, or the deleted ones."""
    with see() as session:
        return json_response(Page(items=_load_categories(session, me, deleted=deleted)))


@router.post("/categories", status_code=201, response_model=Category)
def create_category(creating: CreateDependency, form: NewCategory) -> Response:
    """Add a category."""

    def create(session: Session) -> CreatedResource:
        row = categories.create(
            session, creating.me, name=form.name, parent_id=form.parent, team_id=form.team,
            priority=parse_priority(form.priority),
        )  # fmt: skip
        _set_assignment_rule(session, creating.me, row, form.assignment)
        return CreatedResource(f"/categories/{row.id}", load_category(session, creating.me, row.id))

    return creating.once(form, create)


@router.patch("/categories/{id}", response_model=Category)
def update_category(me: Me, id: PathNumber, form: CategoryChange) -> Response:
    """Change a category's name, parent, team, default priority or assignment rule, or make it the default category."""
    with act() as session:
        row = _get_row(session, id)
        row.must_be(form.version)
        for name, verb in VERBS.items():
            if name in form.model_fields_set:
                verb(session, me, row, getattr(form, name))
        return json_response(load_category(session, me, id))


def parse_priority(name: str | None) -> Priority | None:
    """Return a priority by its name, or None where there is none."""
    return None if name is None else Priority[name.upper()]


def _set_position(session: Session, me: Actor, row: Row, position: int) -> None:
    beside = [c.id for c in categories.list_all(session) if c.parent_id == row.parent_id and c.id != row.id]
    beside.insert(position, row.id)
    categories.reorder(session, me, row.parent_id, beside)


def _set_assignment_rule(session: Session, me: Actor, row: Row, form: AssignmentRule | None) -> None:
    cap = form.cap if form else None
    assignment_rules.set_for_category(session, me, row, way=form.way if form else None, cap=cap)


Verb = Callable[[Session, Actor, Row, Any], None]
VERBS: dict[str, Verb] = {
    "name": lambda s, me, row, to: categories.rename(s, me, row, name=to),
    "parent": lambda s, me, row, to: categories.set_parent(s, me, row, parent_id=to),
    "team": lambda s, me, row, to: categories.set_team(s, me, row, team_id=to),
    "priority": lambda s, me, row, to: categories.set_priority(s, me, row, priority=parse_priority(to)),
    "assignment": _set_assignment_rule,
    "position": _set_position,
    "default": lambda s, me, row, _: categories.make_default(s, me, row),
}


@router.delete("/categories/{id}", status_code=204, responses={200: {"model": CategoryDeletePreview}})
def delete_category(me: Me, id: PathNumber, asked: deleting.DeleteParameters) -> Response:
    """Delete a category. A category in use needs a `successor`, which gets its tickets."""

    def verb(session: Session) -> None:
        heir = None if asked.successor is None else categories.get(session, asked.successor)
        categories.delete(session, me, _get_row(session, id), successor=heir, seen=asked.version)

    return deleting.delete_or_preview(
        asked,
        CategoryDeletePreview,
        preview=lambda s: categories.preview_delete(s, me, _get_row(s, id)),
        verb=verb,
    )


@router.post("/categories/{id}/restore", response_model=Category)
def restore_category(me: Me, id: PathNumber) -> Response:
    """Restore a deleted category. What moved to its successor stays there."""
    with act() as session:
        categories.restore(session, me, categories.get_deleted(session, me, id))
        return json_response(load_category(session, me, id))
