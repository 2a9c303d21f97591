"""Activities: the kinds of work by which time is told apart."""

from fastapi import APIRouter
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.deleting import SeenVersion
from api.shared.idempotency import CreateDependency, CreatedResource
from api.shared.problems import NOT_FOUND
from api.shared.schemas import (
    Flag,
    Page,
    PathNumber,
    Reference,
    RequestSchema,
    StorableText,
    VersionedChange,
    json_response,
    no_content,
    optional_field,
)
from lib.core.errors import Invalid, NotFound
from lib.timekeeping import activities
from lib.timekeeping.activities import Activity as Row
from lib.transactions import Session, act, see

router = APIRouter(tags=["time"])


class Activity(Reference):
    """An activity. Logged time gets the `default` one unless another is chosen."""

    default: bool
    version: int


class NewActivity(RequestSchema):
    """An activity to add at the end."""

    name: StorableText


class ActivityChange(VersionedChange):
    """The changes. `default` can only become true."""

    name: StorableText = optional_field()
    default: Flag = optional_field()


def _load_activities(session: Session) -> list[Activity]:
    session.flush()
    return [
        Activity(id=a.id, name=a.name, default=a.is_default, version=a.version)
        for a in activities.list_all(session)
    ]


def _get_row(session: Session, id: int) -> Row:
    try:
        return activities.get(session, id)
    except Invalid:
        raise NotFound(NOT_FOUND) from None


@router.get("/activities", response_model=Page[Activity])
def list_activities() -> Response:
    """List the activities in use."""
    with see() as session:
        return json_response(Page(items=_load_activities(session)))


@router.post("/activities", status_code=201, response_model=Activity)
def create_activity(creating: CreateDependency, form: NewActivity) -> Response:
    """Add an activity."""

    def create(session: Session) -> CreatedResource:
        row = activities.create(session, creating.me, name=form.name)
        return CreatedResource(
            f"/activities/{row.id}", next(a for a in _load_activities(session) if a.id == row.id)
        )

    return creating.once(form, create)


@router.patch("/activities/{id}", response_model=Activity)
def update_activity(me: Me, id: PathNumber, form: ActivityChange) -> Response:
    """Rename an activity, or make it the default."""
    with act() as session:
        row = _get_row(session, id)
        row.must_be(form.version)
        if "name" in form.model_fields_set:
            activities.rename(session, me, row, name=form.name)
        if form.default:
            activities.make_default(session, me, row)
        return json_response(next(a for a in _load_activities(session) if a.id == id))


@router.delete("/activities/{id}", status_code=204)
def archive_activity(me: Me, id: PathNumber, version: SeenVersion = None) -> Response:
    """Archive an activity. Logged time keeps it."""
    with act() as session:
        activities.archive(session, me, _get_row(session, id), seen=version)
    return no_content()
