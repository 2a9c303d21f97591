"""The definitions of settings that administrators change in Docket: name, type, default, effect and validation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from lib.core import time_zones

Value = TypeVar("Value")


@dataclass(frozen=True)
class SettingDefinition(Generic[Value]):
    """A setting. `parse` converts a stored value to its type and raises Invalid if that is impossible."""

    name: str
    label: str
    help: str
    type: str
    default: str
    parse: Callable[[str], Value]


TIME_ZONE: SettingDefinition[ZoneInfo] = SettingDefinition(
    name="time_zone",
    label="Time zone",
    help="Used for people who have not set their own, in reports, timesheets, searches, emails and exports. "
    "Existing time entries keep their day.",
    type="time zone",
    default=time_zones.UTC,
    parse=time_zones.parse,
)

CATALOG: dict[str, SettingDefinition[Any]] = {setting.name: setting for setting in (TIME_ZONE,)}
"""All settings by name, in the order in which pages show them."""
