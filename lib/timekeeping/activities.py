"""Activities: the kinds of work by which logged time is grouped."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from db.models import Activity
from db.vocabulary import Action, Permission, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.core import text
from lib.core.errors import Invalid

MAX_IN_USE = 50
"""Active activities."""


@dataclass(frozen=True)
class ActivityCard:
    """An activity as shown on pages and in the API."""

    id: int
    name: str
    is_default: bool = False
    version: int = 1


def list_all(session: Session) -> list[ActivityCard]:
    """Return the active activities by position. Everybody may see them."""
    return [ActivityCard(a.id, a.name, a.is_default, a.version) for a in _list_rows(session)]


def get(session: Session, name_or_id: str | int) -> Activity:
    """Return an active activity by id or name. Raises Invalid naming the field `activity`."""
    which = (
        col(Activity.id) == name_or_id if isinstance(name_or_id, int) else col(Activity.name) == name_or_id
    )
    row = session.exec(select(Activity).where(which, ~col(Activity.retired))).first()
    if row is None:
        raise Invalid("There is no such activity.", fields={"activity": "There is no such activity."})
    return row


def get_default(session: Session) -> Activity:
    """Return the default activity of logged time."""
    return session.exec(select(Activity).where(col(Activity.is_default))).one()


def create(session: Session, actor: Actor, *, name: str) -> Activity:
    """Add an activity at the end. Raises NotPermitted, Invalid when the name is taken."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    there = _list_rows(session)
    if len(there) >= MAX_IN_USE:
        raise Invalid(f"At most {MAX_IN_USE} activities. Archive one that you don't need first.")
    row = Activity(name=_free_name(session, name), position=len(there))
    session.add(row)
    session.flush()
    events.record(session, actor, Action.ACTIVITY_CREATED, subject=f"activity:{row.id}", new=row.name)
    return row


def rename(session: Session, actor: Actor, row: Activity, *, name: str) -> None:
    """Rename an activity, also in existing entries. Raises NotPermitted, Invalid."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    if name.strip() == row.name:
        return
    was, row.name = row.name, _free_name(session, name)
    _record_change(session, actor, row, field="name", old=was, new=row.name)


def make_default(session: Session, actor: Actor, row: Activity) -> None:
    """Make this the default activity of logged time. Raises NotPermitted."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    if row.is_default:
        return
    was = get_default(session)
    was.is_default, row.is_default = False, True
    _record_change(session, actor, row, field="default", old=was.name, new=row.name)


def archive(session: Session, actor: Actor, row: Activity, *, seen: int | None = None) -> None:
    """Archive an activity. Existing entries keep it.

    Raises NotPermitted, Conflict (changed since version `seen`), Invalid for the default activity.
    """
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    row.must_be(seen)
    if row.is_default:
        raise Invalid("This is the default activity. Make another one the default first.")
    if not row.retired:
        row.retired = True
        events.record(session, actor, Action.ACTIVITY_RETIRED, subject=f"activity:{row.id}", old=row.name)


def _list_rows(session: Session) -> list[Activity]:
    chosen = select(Activity).where(~col(Activity.retired))
    return list(session.exec(chosen.order_by(col(Activity.position), col(Activity.id))).all())


def _free_name(session: Session, name: str) -> str:
    name = text.clean_line(name, field="name", limit=40)
    if session.exec(select(Activity.id).where(Activity.name == name)).first() is not None:
        raise Invalid(
            "An activity with this name exists or is archived.", fields={"name": "Choose another name."}
        )
    return name


def _record_change(session: Session, actor: Actor, row: Activity, *, field: str, old: str, new: str) -> None:
    row.version += 1
    subject = f"activity:{row.id}"
    events.record(session, actor, Action.ACTIVITY_CHANGED, subject=subject, field=field, old=old, new=new)
