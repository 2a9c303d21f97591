"""Statuses: where a ticket is in its workflow. A status's category says what it means."""

from dataclasses import dataclass

from sqlalchemy import func, or_, update
from sqlmodel import Session, col, select

from db.engine import lock
from db.models import Merge, Status, Ticket, Transition
from db.vocabulary import Action, Permission, Scope, StatusCategory
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.core import names, text
from lib.core.errors import Invalid

MAX_IN_USE = 30
"""Active statuses."""


@dataclass(frozen=True)
class StatusCard:
    """A status as shown on pages and in the API. `limit` is the number of tickets above which the board warns."""

    id: int
    name: str
    kind: StatusCategory
    counts: bool = True
    asks_reason: bool = False
    limit: int | None = None
    is_default: bool = False
    version: int = 1


@dataclass(frozen=True)
class ArchivePreview:
    """What archiving a status would do: `tickets` (`open` of them open) go to a successor.

    `merged` tickets would return to the status when their merge is undone. `moves` counts workflow rules with this
    status; they apply again when it is restored.
    """

    tickets: int
    open: int
    merged: int
    moves: int

    @property
    def needs_successor(self) -> bool:
        """Whether its tickets need another status."""
        return self.tickets > 0 or self.merged > 0


def to_card(status: Status) -> StatusCard:
    """Return a status as a card."""
    return StatusCard(
        status.id,
        status.name,
        StatusCategory(status.kind),
        status.counts,
        status.asks_reason,
        status.limit,
        status.is_default,
        status.version,
    )


def list_all(session: Session) -> list[StatusCard]:
    """Return the active statuses by position."""
    return [to_card(s) for s in list_rows(session)]


def list_rows(session: Session) -> list[Status]:
    """Return the rows of the active statuses by position."""
    chosen = select(Status).where(~col(Status.retired)).order_by(col(Status.position), col(Status.id))
    return list(session.exec(chosen).all())


def get(session: Session, name_or_id: str | int) -> Status:
    """Return an active status by id or name. Raises Invalid naming the field `status`."""
    there = list_rows(session)
    if isinstance(name_or_id, int):
        status = next((s for s in there if s.id == name_or_id), None)
    else:
        status = next((s for s in there if names.key(s.name) == names.key(name_or_id)), None)
    if status is None:
        raise Invalid("There is no such status.", fields={"status": "There is no such status."})
    return status


def list_archived(session: Session, actor: Actor) -> list[StatusCard]:
    """Return the archived statuses by name. Raises NotPermitted."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    chosen = select(Status).where(col(Status.retired), ~col(Status.is_merged)).order_by(Status.name)
    return [to_card(status) for status in session.exec(chosen).all()]


def get_archived(session: Session, actor: Actor, status_id: int) -> Status:
    """Return an archived status, to be restored. Raises NotPermitted, NotFound."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    status = session.get(Status, status_id) if 0 < status_id < 2**31 else None
    if status is None or not status.retired or status.is_merged:
        raise gate.not_found(actor, Permission.SYSTEM_MANAGE, "status", status_id)
    return status


def get_default(session: Session) -> Status:
    """Return the status of new tickets."""
    return session.exec(select(Status).where(col(Status.is_default))).one()


def create(session: Session, actor: Actor, *, name: str, kind: StatusCategory, counts: bool = True) -> Status:
    """Add a status at the end. Raises NotPermitted, Invalid when the name is taken."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    there = list_rows(session)
    if len(there) >= MAX_IN_USE:
        raise Invalid(f"At most {MAX_IN_USE} statuses. Archive one that you don't need first.")
    status = Status(name=_free_name(session, name), kind=kind, position=len(there), counts=counts)
    session.add(status)
    session.flush()
    events.record(session, actor, Action.STATUS_CREATED, subject=f"status:{status.id}", new=status.name)
    return status


def rename(session: Session, actor: Actor, status: Status, *, name: str) -> None:
    """Rename a status. Its category stays, so clocks and reports are not affected. Raises NotPermitted, Invalid."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    if name.strip() == status.name:
        return
    was, status.name = status.name, _free_name(session, name, but=status.id)
    _record_change(session, actor, status, field="name", old=was, new=status.name)


def set_reason_required(session: Session, actor: Actor, status: Status, *, asks: bool) -> None:
    """Set whether moving a ticket to this status requires a reason. Raises NotPermitted."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    if status.asks_reason != asks:
        status.asks_reason = asks
        old, new = ("no", "yes") if asks else ("yes", "no")
        _record_change(session, actor, status, field="asks_reason", old=old, new=new)


def set_limit(session: Session, actor: Actor, status: Status, *, limit: int | None) -> None:
    """Set the number of tickets above which the board warns; None for no limit. Raises NotPermitted, Invalid."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    if limit is not None and not 1 <= limit <= 10_000:
        raise Invalid("A limit is between 1 and 10,000.", fields={"limit": "Between 1 and 10,000."})
    if status.limit != limit:
        old, new = str(status.limit or "none"), str(limit or "none")
        status.limit = limit
        _record_change(session, actor, status, field="limit", old=old, new=new)


def reorder(session: Session, actor: Actor, ids: list[int]) -> None:
    """Set the order of the statuses. Statuses that are not named follow. Raises NotPermitted."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    there = list_rows(session)
    wanted = {id: place for place, id in enumerate(ids)}
    ordered = sorted(there, key=lambda s: wanted.get(s.id, len(wanted) + s.position))
    if ordered == there:
        return
    for place, status in enumerate(ordered):
        status.position = place
    old, new = (", ".join(s.name for s in listed) for listed in (there, ordered))
    events.record(session, actor, Action.STATUS_CHANGED, subject="status", field="order", old=old, new=new)


def preview_archive(session: Session, actor: Actor, status: Status) -> ArchivePreview:
    """Return what archiving a status would do, without doing it. Raises NotPermitted, Invalid as `archive` does."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    if status.is_default:
        raise Invalid("New tickets get this status, so it can't be archived.")
    held = select(func.count(), func.count().filter(col(Ticket.open))).where(Ticket.status_id == status.id)
    count, open_ = session.execute(gate.unscoped(held, "administration was permitted")).one()
    back = select(func.count()).select_from(Merge).where(Merge.status_id == status.id)
    merged = session.exec(gate.unscoped(back, "administration was permitted")).one()
    named = or_(col(Transition.from_id) == status.id, col(Transition.to_id) == status.id)
    moves = session.exec(select(func.count()).select_from(Transition).where(named)).one()
    return ArchivePreview(tickets=count, open=open_, merged=merged, moves=moves)


def archive(
    session: Session,
    actor: Actor,
    status: Status,
    *,
    successor: Status | None = None,
    seen: int | None = None,
) -> None:
    """Archive a status. Its tickets go to `successor`, which must be done if it is done, and open if it is open.

    Merged tickets will also return to the successor when their merge is undone. Tickets keep their resolution time
    unless the successor doesn't count as resolved. Raises NotPermitted, Invalid, Conflict (changed since version
    `seen`).
    """
    held = preview_archive(session, actor, status).needs_successor
    status.must_be(seen)
    if held:
        _move_to_successor(session, status, successor)
    status.retired = True
    new = successor.name if successor and held else None
    events.record(
        session, actor, Action.STATUS_RETIRED, subject=f"status:{status.id}", old=status.name, new=new
    )


def restore(session: Session, actor: Actor, status: Status) -> None:
    """Restore an archived status as the last one. Its former tickets stay where they are.

    Raises NotPermitted, Invalid.
    """
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    if not status.retired:
        return
    there = list_rows(session)
    if len(there) >= MAX_IN_USE:
        raise Invalid(f"At most {MAX_IN_USE} statuses. Archive one that you don't need first.")
    status.retired, status.position = False, len(there)
    events.record(session, actor, Action.STATUS_RESTORED, subject=f"status:{status.id}", new=status.name)


def _move_to_successor(session: Session, status: Status, successor: Status | None) -> None:
    if successor is None or successor.id == status.id:
        raise Invalid(
            "Tickets are in this status. Choose a successor.",
            fields={"successor": "Choose where its tickets go."},
        )
    if (successor.kind == StatusCategory.DONE) != (status.kind == StatusCategory.DONE):
        raise Invalid("The successor must be in the same kind of category, done or open.")
    resolved = {} if successor.counts else {"resolved_at": None, "resolver_id": None}
    for model in (Ticket, Merge):  # a merge stores the status to which its ticket returns when it is undone
        moved = (
            update(model).where(col(model.status_id) == status.id).values(status_id=successor.id, **resolved)
        )
        session.execute(gate.unscoped(moved, "administration was permitted", synchronize_session=False))


def _free_name(session: Session, name: str, *, but: int | None = None) -> str:
    name = text.clean_line(name, field="name", limit=40)
    lock(session, "statuses")
    rows = session.exec(select(Status).where(col(Status.id).is_distinct_from(but))).all()
    names.must_be_free(name, [s.name for s in rows if not s.retired or s.is_merged], what="status")
    hint = "It is archived. Restore it or choose another name."
    return names.must_be_free(name, [s.name for s in rows if s.retired], what="status", hint=hint)


def _record_change(session: Session, actor: Actor, status: Status, *, field: str, old: str, new: str) -> None:
    status.version += 1
    subject = f"status:{status.id}"
    events.record(session, actor, Action.STATUS_CHANGED, subject=subject, field=field, old=old, new=new)
