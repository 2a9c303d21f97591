"""How the fields of tickets look in the API, made from their table."""

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from api.shared.schemas import StorableText
from lib.catalog.ticket_fields import FILTERED, GROUPED, LISTED, SORTED

if TYPE_CHECKING:
    ColumnName = GroupName = SortName = str
else:
    ColumnName, GroupName = Literal[tuple(LISTED)], Literal[tuple(GROUPED)]
    SortName = Literal[tuple(f"{sign}{name}" for name in SORTED for sign in ("-", ""))]


def filters() -> dict[str, Any]:
    """Return the parameters that narrow a list to fields, for `create_model`."""
    made = {}
    for field in FILTERED.values():
        sides = ("; included", "; not included") if field.dated else ("",)
        for parameter, side in zip(field.parameters, sides, strict=True):
            made[parameter] = (list[StorableText], Field([], description=f"{field.filter}{side}"))
    return made
