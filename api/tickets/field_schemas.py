"""How the fields of tickets look in the API, made from their table."""

from typing import TYPE_CHECKING, Literal

from lib.catalog.ticket_fields import GROUPED, LISTED, SORTED

if TYPE_CHECKING:
    ColumnName = GroupName = SortName = str
else:
    ColumnName, GroupName = Literal[tuple(LISTED)], Literal[tuple(GROUPED)]
    SortName = Literal[tuple(f"{sign}{name}" for name in SORTED for sign in ("-", ""))]
