"""What administrators change for the whole desk."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import (
    Page,
    Reference,
    RequestSchema,
    ResponseSchema,
    StorableText,
    Version,
    json_response,
    to_reference,
)
from lib.core.errors import Conflict
from lib.desk_settings import desk_settings
from lib.desk_settings.desk_settings import SettingCard
from lib.transactions import act, see

router = APIRouter(tags=["settings"])
SettingName = Annotated[StorableText, Path(max_length=60)]


class Setting(ResponseSchema):
    """A setting; `since` and `by` say when and by whom it was changed, and are null for the default."""

    name: str
    label: str
    help: str
    type: str
    value: str
    default: str
    version: int
    since: datetime | None
    by: Reference | None


class SettingChange(RequestSchema):
    """The new value of a setting, and the version that was read."""

    version: Version
    value: StorableText = Field(max_length=1000)


def _to_setting(card: SettingCard) -> Setting:
    return Setting(
        name=card.name,
        label=card.label,
        help=card.help,
        type=card.type,
        value=card.value,
        default=card.default,
        version=card.version,
        since=card.since,
        by=to_reference(card.by_id, card.by),
    )


@router.get("/settings", response_model=Page[Setting])
def list_settings(me: Me) -> Response:
    """List the settings that administrators change."""
    with see() as session:
        return json_response(Page(items=[_to_setting(card) for card in desk_settings.list_all(session, me)]))


@router.patch("/settings/{name}", response_model=Setting)
def update_setting(me: Me, name: SettingName, form: SettingChange) -> Response:
    """Change a setting."""
    try:
        with act() as session:
            return json_response(
                _to_setting(desk_settings.update(session, me, name, form.value, seen=form.version))
            )
    except Conflict as conflict:
        with see() as session:
            current = _to_setting(desk_settings.get_card(session, me, name)).model_dump(mode="json")
        raise Conflict(conflict.sentence, current=current) from None
