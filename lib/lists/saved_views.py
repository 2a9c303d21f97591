"""Saved views: a search with its sort order and columns under a name, private or shared with a team."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, func, select

from db.models import Person, SavedView
from db.vocabulary import Action, Permission
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.catalog.ticket_fields import SORTED
from lib.core import clock, text
from lib.core.errors import Invalid
from lib.lists import columns as list_columns
from lib.lists import query_language
from lib.people import teams

MAX_VIEWS = 50
"""Maximum number of views of one person."""
NAME_LIMIT = 60


@dataclass(frozen=True)
class ViewCard:
    """A view as shown by pages and the API. `own` is whether the actor may change it."""

    id: int
    name: str
    line: str
    sort: str
    facts: str
    grouping: str
    owner_id: int
    owner: str
    team_id: int | None
    own: bool


def list_all(session: Session, actor: Actor) -> list[ViewCard]:
    """Return the actor's views in their order, then those shared with the actor's teams."""
    return [to_card(actor, view, owner) for view, owner in session.exec(_select_views(actor)).all()]


@lru_cache(maxsize=gate.CACHED_STATEMENTS)
def _select_views(actor: Actor) -> Any:
    """Return the cached select of visible views with their owners' names, since every page uses it."""
    own = col(SavedView.owner_id) == actor.id
    return (
        select(SavedView, Person.name)
        .join(Person, col(Person.id) == SavedView.owner_id)
        .where(_visible_condition(actor))
        .order_by(own.desc(), col(SavedView.position), col(SavedView.id))
    )


def to_card(actor: Actor, view: SavedView, owner: str) -> ViewCard:
    """Return a view for the actor. `owner` is its owner's name."""
    own = view.owner_id == actor.id
    return ViewCard(
        view.id,
        view.name,
        view.line,
        view.sort,
        view.facts,
        view.grouping,
        view.owner_id,
        owner,
        view.team_id,
        own,
    )


def get(session: Session, actor: Actor, view_id: int) -> SavedView:
    """Return a view of the actor or one shared with their teams. Raises NotFound."""
    view = session.exec(select(SavedView).where(SavedView.id == view_id, _visible_condition(actor))).first()
    if view is None:
        raise gate.not_found(actor, Permission.TICKET_READ, "view", view_id)
    return view


def create(
    session: Session,
    actor: Actor,
    *,
    name: str,
    line: str,
    sort: str = "-updated",
    facts: Iterable[str] = list_columns.DEFAULT_COLUMNS,
    group: str = "",
) -> SavedView:
    """Save a search as a private view, after the actor's other views. Raises NotPermitted, Invalid."""
    gate.require(actor, Permission.TICKET_READ)
    mine = select(func.count(), func.max(SavedView.position)).where(SavedView.owner_id == actor.id)
    number, last = session.exec(mine).one()
    if actor.id is None or number >= MAX_VIEWS:
        raise Invalid(f"You can save at most {MAX_VIEWS} views. Delete one first.")
    columns, grouping = list_columns.validate(facts, group)
    view = SavedView(
        owner_id=actor.id,
        name=text.clean_line(name, field="name", limit=NAME_LIMIT),
        line=_clean_line(line),
        sort=_check_sort(sort),
        facts=columns,
        grouping=grouping,
        position=(last or 0) + 1,
        created_at=clock.now(),
    )
    session.add(view)
    session.flush()
    events.record(session, actor, Action.VIEW_CREATED, subject=f"view:{view.id}", new=view.name)
    return view


def rename(session: Session, actor: Actor, view: SavedView, *, name: str) -> None:
    """Rename your own view. Raises NotPermitted, Invalid."""
    _change_field(
        session, actor, view, field="name", value=text.clean_line(name, field="name", limit=NAME_LIMIT)
    )


def set_query(session: Session, actor: Actor, view: SavedView, *, line: str) -> None:
    """Change the search of your own view. Raises NotPermitted, Invalid."""
    _change_field(session, actor, view, field="line", value=_clean_line(line))


def set_sort(session: Session, actor: Actor, view: SavedView, *, sort: str) -> None:
    """Change the sort order of your own view. Raises NotPermitted, Invalid."""
    _change_field(session, actor, view, field="sort", value=_check_sort(sort))


def set_layout(session: Session, actor: Actor, view: SavedView, *, facts: Iterable[str], group: str) -> None:
    """Change the columns and grouping of your own view. Raises NotPermitted, Invalid."""
    columns, grouping = list_columns.validate(facts, group)
    _change_field(session, actor, view, field="facts", value=columns)
    _change_field(session, actor, view, field="grouping", value=grouping)


def share(session: Session, actor: Actor, view: SavedView, *, team_id: int | None) -> None:
    """Share your own view with one of your teams, or with None make it private. Raises NotPermitted, Invalid."""
    if team_id is not None:
        teams.get(session, team_id)
        if not actor.staff or team_id not in actor.teams:
            raise gate.not_permitted(
                actor, Permission.COMMENT_READ_INTERNAL, subject="team", subject_id=team_id
            )
    _change_field(session, actor, view, field="team_id", value=team_id)


def move(session: Session, actor: Actor, view: SavedView, *, at: int) -> None:
    """Move your own view to position `at` among your views, counted from 1. Raises NotPermitted."""
    _require_owner(actor, view)
    mine = select(SavedView).where(SavedView.owner_id == actor.id, SavedView.id != view.id)
    others = list(session.exec(mine.order_by(col(SavedView.position), col(SavedView.id))).all())
    others.insert(max(0, at - 1), view)
    for position, one in enumerate(others, start=1):
        one.position = position


def delete(session: Session, actor: Actor, view: SavedView) -> None:
    """Delete your own view. Raises NotPermitted."""
    _require_owner(actor, view)
    events.record(session, actor, Action.VIEW_DELETED, subject=f"view:{view.id}", old=view.name)
    session.delete(view)


def _visible_condition(actor: Actor) -> ColumnElement[bool]:
    shared = col(SavedView.team_id).in_(actor.teams if actor.staff else ())
    return or_(col(SavedView.owner_id) == actor.id, shared)


def _require_owner(actor: Actor, view: SavedView) -> None:
    if view.owner_id != actor.id:
        raise gate.not_permitted(actor, Permission.TICKET_READ, subject="view", subject_id=view.id)


def _change_field(
    session: Session, actor: Actor, view: SavedView, *, field: str, value: str | int | None
) -> None:
    _require_owner(actor, view)
    was = getattr(view, field)
    if was == value:
        return
    setattr(view, field, value)
    old, new = (None if v is None else str(v) for v in (was, value))
    name = field.removesuffix("_id")
    events.record(
        session, actor, Action.VIEW_CHANGED, subject=f"view:{view.id}", field=name, old=old, new=new
    )


def _clean_line(line: str) -> str:
    return text.clean_line(line, field="q", limit=query_language.MAX_LENGTH, required=False)


def _check_sort(sort: str) -> str:
    if sort.removeprefix("-") not in SORTED:
        raise Invalid("A list can't be sorted by that.", fields={"sort": f"Use one of {', '.join(SORTED)}."})
    return sort
