"""Skills: the categories that a person knows. A skill also covers the subcategories."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from db.models import Category, Person, Skill
from db.vocabulary import Action, Permission
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.catalog import categories
from lib.core.errors import Invalid
from lib.people import accounts

MAX_SKILLS = 50
"""Categories that one person can have as skills."""


def list_for_person(session: Session, actor: Actor, person: Person) -> dict[int, str]:
    """Return a person's skills as category names by id, ordered by name. For the person themselves and for staff.

    Raises NotFound for others.
    """
    accounts.require_skills_and_absences(actor, person)
    return _list_categories(session, person)


def set_for_person(session: Session, actor: Actor, person: Person, category_ids: Iterable[int]) -> None:
    """Replace a person's skills. Raises NotPermitted, Invalid."""
    if not accounts.can_edit_skills_and_absences(session, actor, person):
        raise gate.not_permitted(actor, Permission.USER_MANAGE, subject="person", subject_id=person.id)
    wanted = {id: categories.get(session, id).name for id in set(category_ids)}
    if len(wanted) > MAX_SKILLS:
        raise Invalid(f"At most {MAX_SKILLS} categories.", fields={"categories": f"At most {MAX_SKILLS}."})
    was = _list_categories(session, person)
    if set(was) == set(wanted):
        return
    for row in session.exec(select(Skill).where(Skill.person_id == person.id)).all():
        if row.category_id not in wanted:
            session.delete(row)
    session.add_all(Skill(person_id=person.id, category_id=id) for id in set(wanted) - set(was))
    person.version += 1
    session.flush()
    events.record(
        session, actor, Action.PERSON_CHANGED, subject=f"person:{person.id}", field="skills",
        old=", ".join(was.values()) or None, new=", ".join(sorted(wanted.values())) or None,
    )  # fmt: skip


def find_skilled_people(session: Session, category_id: int | None, people: Iterable[int]) -> dict[int, str]:
    """Return which people are skilled in a category, with its name or that of the closest parent they know."""
    line = categories.get_with_ancestors(session, category_id)
    rows = session.exec(
        select(Skill.person_id, Skill.category_id).where(
            col(Skill.category_id).in_(list(line)), col(Skill.person_id).in_(list(people))
        )
    ).all()
    near = {id: place for place, id in enumerate(line)}
    found: dict[int, int] = {}
    for person, category in rows:
        found[person] = min(category, found.get(person, category), key=lambda id: near[id])
    return {person: line[category] for person, category in found.items()}


def _list_categories(session: Session, person: Person) -> dict[int, str]:
    chosen = select(Category.id, Category.name).join(Skill, col(Skill.category_id) == Category.id)
    rows = session.exec(chosen.where(Skill.person_id == person.id).order_by(Category.name)).all()
    return dict(rows)
