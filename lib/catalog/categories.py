"""Categories: what a ticket is about, and which team gets it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from db.engine import lock
from db.models import (
    AssignmentRule,
    Category,
    CategoryProposal,
    CustomField,
    FieldCategory,
    Person,
    Skill,
    Ticket,
)
from db.vocabulary import Action, Permission, Priority, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.core import names, text
from lib.core.errors import Invalid
from lib.people import teams

MAX_IN_USE = 500
"""Active categories."""


@dataclass(frozen=True)
class CategoryCard:
    """A category as shown on pages and in the API. `path` is its name after the names of its parents."""

    id: int
    name: str
    path: str
    parent_id: int | None
    team_id: int | None
    is_default: bool
    priority: Priority | None = None
    depth: int = 0
    version: int = 1


@dataclass(frozen=True)
class DeletePreview:
    """What deleting a category would move to its successor: `tickets` (`open` of them open), proposals, and so on.

    `people` counts those with the skill and `fields` the custom fields limited to it; `rule` is whether it has an
    assignment rule, which would be removed.
    """

    tickets: int
    open: int
    proposals: int
    people: int
    fields: int
    rule: bool

    @property
    def needs_successor(self) -> bool:
        """Whether its tickets need another category."""
        return self.tickets > 0


def list_all(session: Session) -> list[CategoryCard]:
    """Return the active categories in tree order: each before its subcategories, siblings by position."""
    rows = {c.id: c for c in session.exec(select(Category).where(~col(Category.retired))).all()}
    below: dict[int | None, list[Category]] = {}
    for row in rows.values():
        below.setdefault(row.parent_id if row.parent_id in rows else None, []).append(row)

    def walk(parent: int | None, above: str, depth: int) -> Iterator[CategoryCard]:
        for row in sorted(below.get(parent, []), key=_sort_key):
            path = f"{above} / {row.name}" if above else row.name
            yield _to_card(row, path, depth)
            yield from walk(row.id, path, depth + 1)

    return list(walk(None, "", 0))


def subtree_ids(cards: Mapping[int, CategoryCard], category_id: int) -> set[int]:
    """Return the ids of a category and all its subcategories, from the cards of the tree."""
    found = {category_id}
    for card in cards.values():  # parents come before their children
        if card.parent_id in found:
            found.add(card.id)
    return found


def _sort_key(row: Category) -> tuple[int, str]:
    return row.position, row.name.casefold()


def _to_card(row: Category, path: str, depth: int) -> CategoryCard:
    priority = Priority(row.priority) if row.priority else None
    return CategoryCard(
        row.id,
        row.name,
        path,
        row.parent_id,
        row.team_id,
        row.is_default,
        priority,
        depth,
        row.version,
    )


def get(session: Session, name_or_id: str | int, *, to_use: bool = False) -> Category:
    """Return an active category. With `to_use`, it can't be deleted until the transaction ends.

    Raises Invalid naming the field `category`.
    """
    id = _find_id(session, name_or_id) if isinstance(name_or_id, str) else name_or_id
    chosen = select(Category).where(Category.id == id, ~col(Category.retired))
    if to_use:
        chosen = chosen.with_for_update(read=True, key_share=True)
    category = session.exec(chosen).first() if id is not None else None
    if category is None:
        raise Invalid("There is no such category.", fields={"category": "There is no such category."})
    return category


def _find_id(session: Session, name: str) -> int | None:
    """Return the id of the active category with a name or path. Raises Invalid when several have that name."""
    cards, wanted = list_all(session), names.key(name)
    found = [c.id for c in cards if names.key(c.name) == wanted] or [
        c.id for c in cards if names.key(c.path) == wanted
    ]
    if len(found) > 1:
        raise Invalid(
            f"Several categories are called {name[:80]}. Use an id or a path such as Hardware / Printer.",
            fields={"category": "Several have this name."},
        )
    return found[0] if found else None


def get_with_ancestors(session: Session, category_id: int | None) -> dict[int, str]:
    """Return a category and its ancestors, names by id, the nearest first."""
    found: dict[int, str] = {}
    while category_id is not None and category_id not in found:
        row = session.get(Category, category_id)
        if row is None:
            break
        found[category_id], category_id = row.name, row.parent_id
    return found


def get_ticket_defaults(session: Session, category: Category) -> tuple[int | None, Priority]:
    """Return team and priority for new tickets of a category: its own, or those of the nearest ancestor that has them.

    If no team is set, it is the default team.
    """
    above = [session.get_one(Category, id) for id in get_with_ancestors(session, category.id)]
    team = next((c.team_id for c in above if c.team_id), None)
    priority = next((c.priority for c in above if c.priority), Priority.NORMAL)
    return team, Priority(priority)


def create(
    session: Session,
    actor: Actor,
    *,
    name: str,
    parent_id: int | None = None,
    team_id: int | None = None,
    priority: Priority | None = None,
) -> Category:
    """Add a category, last under `parent_id` or at the top level, with a team and default priority. Raises Invalid."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    lock(session, "categories")
    parent = get(session, parent_id).id if parent_id is not None else None
    team = teams.get(session, team_id).id if team_id is not None else None
    _must_have_room(session)
    last = max((row.position for row in _list_children(session, parent)), default=0)
    row = Category(
        name=_free_name(session, name, parent), parent_id=parent, team_id=team, priority=priority,
        position=last + 1 if last else 0,
    )  # fmt: skip
    session.add(row)
    session.flush()
    events.record(session, actor, Action.CATEGORY_CREATED, subject=f"category:{row.id}", new=row.name)
    return row


def rename(session: Session, actor: Actor, category: Category, *, name: str) -> None:
    """Rename a category."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    if name.strip() == category.name:
        return
    lock(session, "categories")
    was, category.name = category.name, _free_name(session, name, category.parent_id, but=category.id)
    _record_change(session, actor, category, field="name", old=was, new=category.name)


def set_team(session: Session, actor: Actor, category: Category, *, team_id: int | None) -> None:
    """Set the team for a category's new tickets; None for the default team."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    team = teams.get(session, team_id).id if team_id is not None else None
    if category.team_id != team:
        was, category.team_id = category.team_id, team
        _record_change(
            session,
            actor,
            category,
            field="team",
            old=str(was) if was else None,
            new=str(team) if team else None,
        )


def set_priority(session: Session, actor: Actor, category: Category, *, priority: Priority | None) -> None:
    """Set the priority of a category's new tickets; None for normal. Raises NotPermitted."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    if category.priority != priority:
        old = Priority(category.priority).label if category.priority else None
        category.priority = priority
        new = priority.label if priority else None
        _record_change(session, actor, category, field="priority", old=old, new=new)


def set_parent(session: Session, actor: Actor, category: Category, *, parent_id: int | None) -> None:
    """Move a category under another one or to the top level, but not under itself. Raises NotPermitted, Invalid."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    lock(session, "categories")
    parent = get(session, parent_id) if parent_id is not None else None
    if category.parent_id == parent_id:
        return
    if parent is not None and category.id in get_with_ancestors(session, parent.id):
        raise Invalid(
            "A category can't be its own parent.",
            fields={"parent": "This is the category itself or one of its subcategories."},
        )
    _free_name(session, category.name, parent_id, but=category.id)
    was = session.get(Category, category.parent_id) if category.parent_id else None
    last = max((row.position for row in _list_children(session, parent_id)), default=0)
    category.parent_id, category.position = parent_id, last + 1 if last else 0
    session.flush()
    old, new = was.name if was else None, parent.name if parent else None
    _record_change(session, actor, category, field="parent", old=old, new=new)


def reorder(session: Session, actor: Actor, parent_id: int | None, ids: list[int]) -> None:
    """Set the order of the categories under a parent or at the top level. Others follow. Raises NotPermitted."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    lock(session, "categories")
    there = sorted(_list_children(session, parent_id), key=_sort_key)
    wanted = {id: place for place, id in enumerate(ids)}
    ordered = sorted(there, key=lambda c: wanted.get(c.id, len(wanted)))
    if ordered == there:
        return
    for number, row in enumerate(ordered, 1):
        row.position = number
    old, new = (", ".join(c.name for c in listed)[:1000] for listed in (there, ordered))
    subject = f"category:{parent_id}" if parent_id else "category"
    events.record(session, actor, Action.CATEGORY_CHANGED, subject=subject, field="order", old=old, new=new)


def make_default(session: Session, actor: Actor, category: Category) -> None:
    """Make this the category of tickets for which none is chosen. Raises NotPermitted."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    lock(session, "categories")
    was = session.exec(select(Category).where(col(Category.is_default))).one()
    if was.id == category.id:
        return
    was.is_default = False
    session.flush()
    category.is_default = True
    session.flush()
    _record_change(session, actor, category, field="default", old=was.name, new=category.name)


def preview_delete(session: Session, actor: Actor, category: Category) -> DeletePreview:
    """Return what deleting a category would do, without doing it. Raises NotPermitted, Invalid as `delete` does."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    if category.is_default:
        raise Invalid("The default category can't be deleted. Make another category the default first.")
    if _list_children(session, category.id):
        raise Invalid("This category has subcategories. Move or delete them first.")
    held = select(func.count(), func.count().filter(col(Ticket.open)))
    tickets, open_ = session.execute(
        gate.unscoped(held.where(Ticket.category_id == category.id), "administration was permitted")
    ).one()
    proposals, people, asked, rules = (
        session.exec(
            gate.unscoped(
                select(func.count()).select_from(model).where(col(model.category_id) == category.id),
                "administration was permitted",
            )
        ).one()
        for model in (CategoryProposal, Skill, FieldCategory, AssignmentRule)
    )
    return DeletePreview(tickets, open_, proposals, people, asked, rule=bool(rules))


def delete(
    session: Session,
    actor: Actor,
    category: Category,
    *,
    successor: Category | None = None,
    seen: int | None = None,
) -> None:
    """Delete a category. Its tickets and skills move to `successor`, which is required if it has tickets.

    Raises NotPermitted, Invalid, Conflict (changed since version `seen`).
    """
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    lock(session, "categories")
    held = select(Category).where(Category.id == category.id).with_for_update()
    category = session.exec(held.execution_options(populate_existing=True)).one()
    category.must_be(seen)
    foreseen = preview_delete(session, actor, category)
    if successor is not None and (successor.id == category.id or successor.retired):
        raise Invalid(
            "This category can't be the successor.", fields={"successor": "Choose another category."}
        )
    if foreseen.needs_successor and successor is None:
        raise Invalid(
            "Tickets use this category. Choose a successor.",
            fields={"successor": "Choose where its tickets go."},
        )
    _move_to_successor(session, category, successor)
    category.retired = True
    events.record(
        session, actor, Action.CATEGORY_DELETED, subject=f"category:{category.id}", old=category.name,
        new=str(successor.id) if successor else None,
        reason=f"{foreseen.tickets} tickets moved" if foreseen.tickets else None,
    )  # fmt: skip


def list_deleted(session: Session, actor: Actor) -> list[CategoryCard]:
    """Return the deleted categories by name. Raises NotPermitted."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    chosen = select(Category).where(col(Category.retired)).order_by(Category.name, col(Category.id))
    return [_to_card(row, row.name, 0) for row in session.exec(chosen).all()]


def get_deleted(session: Session, actor: Actor, category_id: int) -> Category:
    """Return a deleted category, to be restored. Raises NotPermitted, NotFound."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    row = session.get(Category, category_id) if 0 < category_id < 2**31 else None
    if row is None or not row.retired:
        raise gate.not_found(actor, Permission.SYSTEM_MANAGE, "category", category_id)
    return row


def restore(session: Session, actor: Actor, category: Category) -> None:
    """Restore a deleted category under its parent, or at the top level if that is gone, as the last one there.

    What moved to its successor stays there. Raises NotPermitted, and Invalid when its name is taken there.
    """
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    lock(session, "categories")
    if not category.retired:
        return
    above = session.get(Category, category.parent_id) if category.parent_id else None
    parent = above.id if above is not None and not above.retired else None
    _must_have_room(session)
    _free_name(session, category.name, parent, but=category.id)
    last = max((row.position for row in _list_children(session, parent)), default=0)
    category.parent_id, category.position = parent, last + 1 if last else 0
    category.retired = False
    events.record(
        session, actor, Action.CATEGORY_RESTORED, subject=f"category:{category.id}", new=category.name
    )


def _must_have_room(session: Session) -> None:
    there = session.exec(select(func.count()).select_from(Category).where(~col(Category.retired))).one()
    if there >= MAX_IN_USE:
        raise Invalid(f"At most {MAX_IN_USE} categories. Delete one that you don't need first.")


def _move_to_successor(session: Session, category: Category, successor: Category | None) -> None:
    heir = successor.id if successor else None
    for owned in (Ticket, CategoryProposal):
        moved = update(owned).where(col(owned.category_id) == category.id).values(category_id=heir)
        session.execute(gate.unscoped(moved, "administration was permitted", synchronize_session=False))
    for skill in session.exec(select(Skill).where(Skill.category_id == category.id)).all():
        if heir is not None and session.get(Skill, (skill.person_id, heir)) is None:
            session.add(Skill(person_id=skill.person_id, category_id=heir))
        session.delete(skill)
        session.get_one(Person, skill.person_id).version += 1
    for asked in session.exec(select(FieldCategory).where(FieldCategory.category_id == category.id)).all():
        if heir is None:
            continue
        if session.get(FieldCategory, (asked.field_id, heir)) is None:
            session.add(FieldCategory(field_id=asked.field_id, category_id=heir))
        session.delete(asked)
        session.get_one(CustomField, asked.field_id).version += 1
    rule = session.exec(select(AssignmentRule).where(AssignmentRule.category_id == category.id)).first()
    if rule is not None:
        session.delete(rule)
    session.flush()


def _list_children(session: Session, parent_id: int | None) -> list[Category]:
    """Return the active categories under a parent, or at the top level."""
    below = col(Category.parent_id) == parent_id if parent_id else col(Category.parent_id).is_(None)
    return list(session.exec(select(Category).where(below, ~col(Category.retired))).all())


def _free_name(session: Session, name: str, parent_id: int | None, *, but: int | None = None) -> str:
    """Return a valid name that no sibling has. The caller holds the lock on categories."""
    name = text.clean_line(name, field="name", limit=80)
    beside = [row.name for row in _list_children(session, parent_id) if row.id != but]
    return names.must_be_free(name, beside, what="category")


def _record_change(
    session: Session, actor: Actor, category: Category, *, field: str, old: str | None, new: str | None
) -> None:
    category.version += 1
    subject = f"category:{category.id}"
    events.record(session, actor, Action.CATEGORY_CHANGED, subject=subject, field=field, old=old, new=new)
