"""Saved views: lists kept under a name."""

from typing import Any

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.idempotency import Creating, Made
from api.shared.schemas import Form, Id, Named, Number, Page, Shape, Words, done, shown, unset
from api.tickets.field_schemas import ColumnName, GroupName, SortName
from lib.access.gate import Actor
from lib.lists import columns, saved_views
from lib.lists.saved_views import SavedView, ViewCard
from lib.transactions import Session, act, see

router = APIRouter(tags=["views"])


class View(Shape):
    """A view; `own` tells whether you may change it, `team` with whom it is shared."""

    id: int
    name: str
    q: str
    sort: str
    columns: list[str]
    group: str | None
    owner: Named
    team: int | None
    own: bool


class NewView(Form):
    """A view to keep, for yourself unless `team` says otherwise."""

    name: Words
    q: Words = Field(description="words and qualifiers, as in the search box")
    sort: SortName = "-updated"
    columns: list[ColumnName] = Field(
        default_factory=lambda: list(columns.USUAL), description="beside the title"
    )
    group: GroupName | None = None
    team: Id | None = None


class ViewChange(Form):
    """What is to be changed; what is left out stays."""

    name: Words = unset()
    q: Words = unset()
    sort: SortName = unset()
    columns: list[ColumnName] = unset()
    group: GroupName | None = unset()
    team: Id | None = unset()
    position: Id = unset()


@router.get("/views", response_model=Page[View])
def every(me: Me) -> Response:
    """List your views in your order, then those that others share with a team of yours."""
    with see() as session:
        return shown(Page(items=[_view(card) for card in saved_views.every(session, me)]))


@router.post("/views", status_code=201, response_model=View)
def create(creating: Creating, form: NewView) -> Response:
    """Keep a view."""

    def deed(session: Session) -> Made:
        view = saved_views.create(
            session, creating.me, name=form.name, line=form.q, sort=form.sort, facts=form.columns,
            group=form.group or "",
        )  # fmt: skip
        if form.team is not None:
            saved_views.share(session, creating.me, view, team_id=form.team)
        return Made(f"/views/{view.id}", _view(saved_views.card(creating.me, view, creating.me.name)))

    return creating.once(form, deed)


@router.patch("/views/{id}", response_model=View)
def change(me: Me, id: Number, form: ViewChange) -> Response:
    """Change a view of yours."""
    with act() as session:
        view = saved_views.find(session, me, id)
        for name in form.model_fields_set:
            _change(session, me, view, name, getattr(form, name))
        return shown(_view(saved_views.card(me, view, me.name)))


@router.delete("/views/{id}", status_code=204)
def delete(me: Me, id: Number) -> Response:
    """Keep a view of yours no longer."""
    with act() as session:
        saved_views.delete(session, me, saved_views.find(session, me, id))
    return done()


def _change(session: Session, me: Actor, view: SavedView, name: str, to: Any) -> None:
    match name:
        case "name":
            saved_views.rename(session, me, view, name=str(to))
        case "q":
            saved_views.rewrite(session, me, view, line=str(to))
        case "sort":
            saved_views.order(session, me, view, sort=str(to))
        case "columns":
            saved_views.arrange(session, me, view, facts=to, group=view.grouping)
        case "group":
            saved_views.arrange(session, me, view, facts=columns.read(view.facts), group=to or "")
        case "team":
            saved_views.share(session, me, view, team_id=None if to is None else int(to))
        case "position":
            saved_views.place(session, me, view, at=int(to or 1))


def _view(card: ViewCard) -> View:
    return View(
        id=card.id,
        name=card.name,
        q=card.line,
        sort=card.sort,
        columns=list(columns.read(card.facts)),
        group=card.grouping or None,
        owner=Named(id=card.owner_id, name=card.owner),
        team=card.team_id,
        own=card.own,
    )
