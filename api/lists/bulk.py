"""Changes of many tickets at once."""

from datetime import date
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import Flag, Form, Id, Shape, Version, Words, shown, unset
from api.tickets.ticket_schemas import PriorityName
from db.vocabulary import Priority
from lib.access.gate import Actor
from lib.lists import bulk
from lib.lists.bulk import Outcome, Target
from lib.transactions import act, see

router = APIRouter(tags=["tickets"])


class Seen(Form):
    """A ticket, and the version of it that was read."""

    number: Id
    version: Version


class Change(Form):
    """What is to be changed on each ticket; what is left out stays."""

    status: Id | Words = unset()
    reason: Words = Field("", description="why, where the workflow asks it")
    assignee: Id | Literal["me"] | None = unset()
    priority: PriorityName = unset()
    category: Id | Words = unset()
    due: date | None = unset()
    team: Id = unset()
    add_tags: list[Words] = unset()
    remove_tags: list[Words] = unset()


class Bulk(Form):
    """Tickets by number, or by number and version; a preview tells what would come of it and changes nothing."""

    tickets: list[Id | Seen] = Field(min_length=1, max_length=bulk.MOST)
    change: Change
    preview: Flag = False


class Result(Shape):
    """What came of one ticket; `reason` says why it was refused."""

    number: int
    outcome: Literal["changed", "unchanged", "refused"]
    reason: str | None


class Results(Shape):
    """What came of each ticket; `batch` is what to undo, null for a preview."""

    batch: str | None
    changed: int
    unchanged: int
    refused: int
    items: list[Result]


@router.post("/tickets/bulk", response_model=Results)
def change(me: Me, form: Bulk) -> Response:
    """Change up to 500 tickets, each done or refused for itself."""
    actor, changes = bulk.begin(me), _changes(me, form.change)
    targets = [Target(t.number, t.version) if isinstance(t, Seen) else Target(t) for t in form.tickets]
    outcomes: list[Outcome] = []
    for chunk in bulk.chunks(targets):
        with act() as session:
            outcomes += bulk.change(session, actor, chunk, changes)
            if form.preview:
                session.rollback()
    return _told(outcomes, None if form.preview else actor.batch)


@router.post("/tickets/bulk/{batch}/undo", response_model=Results)
def undo(me: Me, batch: str) -> Response:
    """Bring back what your batch changed, on each ticket that was not changed since."""
    with see() as session:
        targets = bulk.touched(session, me, batch)
    actor, outcomes = bulk.begin(me), []
    for chunk in bulk.chunks(targets):
        with act() as session:
            outcomes += bulk.undo(session, actor, chunk, batch=batch)
    return _told(outcomes, actor.batch)


def _changes(me: Actor, form: Change) -> dict[str, Any]:
    given = {name: getattr(form, name) for name in form.model_fields_set}
    if "priority" in given:
        given["priority"] = Priority[given["priority"].upper()]
    if given.get("assignee") == "me":
        given["assignee"] = me.id
    return given


def _told(outcomes: list[Outcome], batch: str | None) -> Response:
    items = [
        Result(
            number=o.number,
            outcome="refused" if o.refused else "changed" if o.changed else "unchanged",
            reason=o.refused or None,
        )
        for o in outcomes
    ]
    counts = {name: sum(i.outcome == name for i in items) for name in ("changed", "unchanged", "refused")}
    return shown(Results(batch=batch, items=items, **counts))
