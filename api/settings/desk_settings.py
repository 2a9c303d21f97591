"""What administrators change for the whole desk."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import Form, Named, Page, Shape, Version, Words, named, shown
from lib.core.errors import Conflict
from lib.desk_settings import desk_settings
from lib.desk_settings.desk_settings import SettingCard
from lib.transactions import act, see

router = APIRouter(tags=["settings"])
Name = Annotated[Words, Path(max_length=60)]


class Setting(Shape):
    """A setting; `since` and `by` say when and by whom it was changed, and are null for the default."""

    name: str
    label: str
    help: str
    type: str
    value: str
    default: str
    version: int
    since: datetime | None
    by: Named | None


class SettingChange(Form):
    """The new value of a setting, and the version that was read."""

    version: Version
    value: Words = Field(max_length=1000)


def _shape(card: SettingCard) -> Setting:
    return Setting(
        name=card.name,
        label=card.label,
        help=card.help,
        type=card.type,
        value=card.value,
        default=card.default,
        version=card.version,
        since=card.since,
        by=named(card.by_id, card.by),
    )


@router.get("/settings", response_model=Page[Setting])
def list_all(me: Me) -> Response:
    """List the settings that administrators change."""
    with see() as session:
        return shown(Page(items=[_shape(card) for card in desk_settings.list_all(session, me)]))


@router.patch("/settings/{name}", response_model=Setting)
def update(me: Me, name: Name, form: SettingChange) -> Response:
    """Change a setting."""
    try:
        with act() as session:
            return shown(_shape(desk_settings.update(session, me, name, form.value, seen=form.version)))
    except Conflict as conflict:
        with see() as session:
            current = _shape(desk_settings.find(session, me, name)).model_dump(mode="json")
        raise Conflict(conflict.sentence, current=current) from None
