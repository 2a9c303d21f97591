"""Categories: what tickets are about, and which team gets them."""

from dataclasses import dataclass

from sqlalchemy import update
from sqlmodel import Session, col, select

from db.models import Category, Ticket
from db.vocabulary import Action, Permission, Scope
from lib import gate, text
from lib.errors import Invalid
from lib.gate import Actor
from lib.people import teams
from lib.trust import events


@dataclass(frozen=True)
class CategoryCard:
    """A category as pages and the API show it; `path` is its name with its parents' before it."""

    id: int
    name: str
    path: str
    parent_id: int | None
    team_id: int | None
    is_default: bool


def every(session: Session) -> list[CategoryCard]:
    """Return the categories in use, by path."""
    rows = {c.id: c for c in session.exec(select(Category).where(~col(Category.retired))).all()}

    def path(row: Category) -> str:
        above = rows.get(row.parent_id) if row.parent_id else None
        return f"{path(above)} / {row.name}" if above else row.name

    cards = [
        CategoryCard(c.id or 0, c.name, path(c), c.parent_id, c.team_id, c.is_default) for c in rows.values()
    ]
    return sorted(cards, key=lambda card: card.path.casefold())


def find(session: Session, name_or_id: str | int) -> Category:
    """Return one category in use; raises Invalid naming the field `category`."""
    which = (
        col(Category.id) == name_or_id if isinstance(name_or_id, int) else col(Category.name) == name_or_id
    )
    category = session.exec(select(Category).where(which, ~col(Category.retired))).first()
    if category is None:
        raise Invalid("There is no such category.", fields={"category": "There is no such category."})
    return category


def line(session: Session, category_id: int | None) -> dict[int, str]:
    """Return a category and what stands above it, names by id, the nearest first."""
    found: dict[int, str] = {}
    while category_id is not None and category_id not in found:
        row = session.get(Category, category_id)
        if row is None:
            break
        found[category_id], category_id = row.name, row.parent_id
    return found


def create(
    session: Session, actor: Actor, *, name: str, parent_id: int | None = None, team_id: int | None = None
) -> Category:
    """Add a category, below `parent_id` if given, whose tickets go to `team_id` if given."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    parent = find(session, parent_id).id if parent_id is not None else None
    team = teams.find(session, team_id).id if team_id is not None else None
    row = Category(name=_free_name(session, name), parent_id=parent, team_id=team)
    session.add(row)
    session.flush()
    events.record(session, actor, Action.CATEGORY_CREATED, subject=f"category:{row.id}", new=row.name)
    return row


def rename(session: Session, actor: Actor, category: Category, *, name: str) -> None:
    """Give a category another name."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    if name.strip() == category.name:
        return
    was, category.name = category.name, _free_name(session, name)
    _changed(session, actor, category, field="name", old=was, new=category.name)


def give_team(session: Session, actor: Actor, category: Category, *, team_id: int | None) -> None:
    """Let a category's new tickets go to another team, or to the default one."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    team = teams.find(session, team_id).id if team_id is not None else None
    if category.team_id != team:
        was, category.team_id = category.team_id, team
        _changed(
            session,
            actor,
            category,
            field="team",
            old=str(was) if was else None,
            new=str(team) if team else None,
        )


def delete(session: Session, actor: Actor, category: Category, *, successor: Category | None = None) -> None:
    """Retire a category; its tickets go to `successor`, which a category in use needs. Raises Invalid."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    if category.is_default:
        raise Invalid("The default category can't be deleted. Make another one the default first.")
    if session.exec(
        select(Category.id).where(Category.parent_id == category.id, ~col(Category.retired))
    ).first():
        raise Invalid("This category has others below it. Move or delete them first.")
    used = select(Ticket.id).where(Ticket.category_id == category.id).limit(1).execution_options(**gate.PASS)
    if session.exec(used).first() is not None:
        if successor is None or successor.id == category.id:
            raise Invalid(
                "Tickets use this category. Name its successor.",
                fields={"successor": "Choose where its tickets go."},
            )
        moved = update(Ticket).where(col(Ticket.category_id) == category.id).values(category_id=successor.id)
        session.execute(moved.execution_options(synchronize_session=False, **gate.PASS))
    category.retired = True
    category.name = f"{category.name[:60]} (deleted {category.id})"
    new = str(successor.id) if successor else None
    events.record(session, actor, Action.CATEGORY_DELETED, subject=f"category:{category.id}", new=new)


def _free_name(session: Session, name: str) -> str:
    name = text.line(name, field="name", limit=80)
    if session.exec(select(Category.id).where(Category.name == name)).first() is not None:
        raise Invalid("A category of this name is here already.", fields={"name": "In use already."})
    return name


def _changed(
    session: Session, actor: Actor, category: Category, *, field: str, old: str | None, new: str | None
) -> None:
    subject = f"category:{category.id}"
    events.record(session, actor, Action.CATEGORY_CHANGED, subject=subject, field=field, old=old, new=new)
