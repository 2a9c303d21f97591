"""Activities: the kinds of work by which time is told apart."""

from fastapi import APIRouter
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.deleting import SeenVersion
from api.shared.idempotency import Creating, Made
from api.shared.problems import NOTHING
from api.shared.schemas import Change, Flag, Form, Named, Number, Page, Words, done, shown, unset
from lib.core.errors import Invalid, NotFound
from lib.timekeeping import activities
from lib.timekeeping.activities import Activity as Row
from lib.transactions import Session, act, see

router = APIRouter(tags=["time"])


class Activity(Named):
    """An activity; time is of the `default` one unless somebody says otherwise."""

    default: bool
    version: int


class NewActivity(Form):
    """An activity to add at the end."""

    name: Words


class ActivityChange(Change):
    """What is to be changed; `default` can only become true."""

    name: Words = unset()
    default: Flag = unset()


def _all(session: Session) -> list[Activity]:
    session.flush()
    return [
        Activity(id=a.id, name=a.name, default=a.is_default, version=a.version)
        for a in activities.every(session)
    ]


def _row(session: Session, id: int) -> Row:
    try:
        return activities.find(session, id)
    except Invalid:
        raise NotFound(NOTHING) from None


@router.get("/activities", response_model=Page[Activity])
def read() -> Response:
    """List the activities in use."""
    with see() as session:
        return shown(Page(items=_all(session)))


@router.post("/activities", status_code=201, response_model=Activity)
def add(creating: Creating, form: NewActivity) -> Response:
    """Add an activity."""

    def deed(session: Session) -> Made:
        row = activities.create(session, creating.me, name=form.name)
        return Made(f"/activities/{row.id}", next(a for a in _all(session) if a.id == row.id))

    return creating.once(form, deed)


@router.patch("/activities/{id}", response_model=Activity)
def change(me: Me, id: Number, form: ActivityChange) -> Response:
    """Rename an activity, or make it the default."""
    with act() as session:
        row = _row(session, id)
        row.must_be(form.version)
        if "name" in form.model_fields_set:
            activities.rename(session, me, row, name=form.name)
        if form.default:
            activities.make_default(session, me, row)
        return shown(next(a for a in _all(session) if a.id == id))


@router.delete("/activities/{id}", status_code=204)
def retire(me: Me, id: Number, version: SeenVersion = None) -> Response:
    """Offer an activity no longer; what was logged keeps it."""
    with act() as session:
        activities.retire(session, me, _row(session, id), seen=version)
    return done()
