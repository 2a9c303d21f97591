"""Saved views: lists kept under a name."""

from typing import Any

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.idempotency import CreateDependency, CreatedResource
from api.shared.schemas import (
    Id,
    Page,
    PathNumber,
    Reference,
    RequestSchema,
    ResponseSchema,
    StorableText,
    json_response,
    no_content,
    optional_field,
)
from api.tickets.field_schemas import ColumnName, GroupName, SortName
from lib.access.gate import Actor
from lib.lists import columns, saved_views
from lib.lists.saved_views import SavedView, ViewCard
from lib.transactions import Session, act, see

router = APIRouter(tags=["views"])


class View(ResponseSchema):
    """A view; `own` tells whether you may change it, `team` with whom it is shared."""

    id: int
    name: str
    q: str
    sort: str
    columns: list[str]
    group: str | None
    owner: Reference
    team: int | None
    own: bool


class NewView(RequestSchema):
    """A view to save, for yourself unless `team` is set."""

    name: StorableText
    q: StorableText = Field(description="words and qualifiers, as in the search box")
    sort: SortName = "-updated"
    columns: list[ColumnName] = Field(
        default_factory=lambda: list(columns.DEFAULT_COLUMNS), description="columns besides the title"
    )
    group: GroupName | None = None
    team: Id | None = None


class ViewChange(RequestSchema):
    """The changes. Fields that are left out stay the same."""

    name: StorableText = optional_field()
    q: StorableText = optional_field()
    sort: SortName = optional_field()
    columns: list[ColumnName] = optional_field()
    group: GroupName | None = optional_field()
    team: Id | None = optional_field()
    position: Id = optional_field()


@router.get("/views", response_model=Page[View])
def list_views(me: Me) -> Response:
    """List your saved views in your order, then those shared with your teams."""
    with see() as session:
        return json_response(Page(items=[_to_view(card) for card in saved_views.list_all(session, me)]))


@router.post("/views", status_code=201, response_model=View)
def create_view(creating: CreateDependency, form: NewView) -> Response:
    """Create a saved view."""

    def create(session: Session) -> CreatedResource:
        view = saved_views.create(
            session, creating.me, name=form.name, line=form.q, sort=form.sort, facts=form.columns,
            group=form.group or "",
        )  # fmt: skip
        if form.team is not None:
            saved_views.share(session, creating.me, view, team_id=form.team)
        return CreatedResource(
            f"/views/{view.id}", _to_view(saved_views.to_card(creating.me, view, creating.me.name))
        )

    return creating.once(form, create)


@router.patch("/views/{id}", response_model=View)
def update_view(me: Me, id: PathNumber, form: ViewChange) -> Response:
    """Change a view of yours."""
    with act() as session:
        view = saved_views.get(session, me, id)
        for name in form.model_fields_set:
            _apply_change(session, me, view, name, getattr(form, name))
        return json_response(_to_view(saved_views.to_card(me, view, me.name)))


@router.delete("/views/{id}", status_code=204)
def delete_view(me: Me, id: PathNumber) -> Response:
    """Delete a saved view of yours."""
    with act() as session:
        saved_views.delete(session, me, saved_views.get(session, me, id))
    return no_content()


def _apply_change(session: Session, me: Actor, view: SavedView, name: str, to: Any) -> None:
    match name:
        case "name":
            saved_views.rename(session, me, view, name=str(to))
        case "q":
            saved_views.set_query(session, me, view, line=str(to))
        case "sort":
            saved_views.set_sort(session, me, view, sort=str(to))
        case "columns":
            saved_views.set_layout(session, me, view, facts=to, group=view.grouping)
        case "group":
            saved_views.set_layout(session, me, view, facts=columns.parse(view.facts), group=to or "")
        case "team":
            saved_views.share(session, me, view, team_id=None if to is None else int(to))
        case "position":
            saved_views.move(session, me, view, at=int(to or 1))


def _to_view(card: ViewCard) -> View:
    return View(
        id=card.id,
        name=card.name,
        q=card.line,
        sort=card.sort,
        columns=list(columns.parse(card.facts)),
        group=card.grouping or None,
        owner=Reference(id=card.owner_id, name=card.owner),
        team=card.team_id,
        own=card.own,
    )
