"""Read and change the settings that administrators edit in Docket.

Each change adds a row to the `setting` table. The id of the newest row shows whether the cached values of this process
are current, so that several processes see a change at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from sqlalchemy import Pool
from sqlmodel import Session, col, func, select

from db.engine import lock
from db.models import Person, Setting
from db.vocabulary import Action, Permission, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.core import clock, time_zones
from lib.core.errors import Conflict, Invalid
from lib.desk_settings.setting_catalog import CATALOG, TIME_ZONE, SettingDefinition, Value

_NEWEST = select(func.max(Setting.id))
"""Built once, because every transaction that uses a setting executes it."""
_VALUES, _CHANGED = "setting values", "settings changed"
_cache: WeakKeyDictionary[Pool, tuple[int, Mapping[str, str]]] = WeakKeyDictionary()
"""For each database, the values up to a change number."""


@dataclass(frozen=True)
class SettingCard:
    """A setting as administrators see it. Version 1 is the default."""

    name: str
    label: str
    help: str
    type: str
    default: str
    value: str
    version: int = 1
    since: datetime | None = None
    by_id: int | None = None
    by: str | None = None


def get(session: Session, setting: SettingDefinition[Value]) -> Value:
    """Return the value of a setting. This costs at most one short query in each transaction."""
    return setting.parse(_values(session).get(setting.name, setting.default))


def resolve_zone(session: Session, own: str | None) -> ZoneInfo:
    """Return the time zone `own`, or the default time zone if a person chose none."""
    return time_zones.find(own, default=get(session, TIME_ZONE).key)


def list_all(session: Session, actor: Actor) -> list[SettingCard]:
    """Return all settings. Raises NotPermitted for people who may not change them."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    chosen = select(Setting, Person.name).outerjoin(Person, col(Person.id) == Setting.by_id)
    rows = session.exec(chosen.where(col(Setting.id).in_(_newest_ids()))).all()
    found = {row.name: (row, by) for row, by in rows}
    return [_to_card(setting, *found.get(setting.name, (None, None))) for setting in CATALOG.values()]


def get_card(session: Session, actor: Actor, name: str) -> SettingCard:
    """Return one setting. Raises NotPermitted, NotFound."""
    found = next((card for card in list_all(session, actor) if card.name == name), None)
    if found is None:
        raise gate.not_found(actor, Permission.SYSTEM_MANAGE, "setting", None)
    return found


def update(session: Session, actor: Actor, name: str, value: str, *, seen: int) -> SettingCard:
    """Change a setting. Setting the current value again does nothing.

    Raises NotPermitted, NotFound, Conflict (changed since version `seen`), and Invalid for a value that it doesn't
    accept.
    """
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    lock(session, "settings")  # so that change numbers are committed in order
    was = get_card(session, actor, name)
    if was.version != seen:
        raise Conflict(
            "Somebody else changed this setting. Your change was not saved. Check the setting and try again.",
            current={"version": was.version},
        )
    _check(CATALOG[name], value)
    if value == was.value:
        return was
    row = Setting(name=name, version=was.version + 1, value=value, since=clock.now(), by_id=actor.id)
    session.add(row)
    session.flush()
    session.info[_CHANGED] = True
    session.info.pop(_VALUES, None)
    events.record(
        session, actor, Action.SETTING_CHANGED, subject="setting", field=name, old=was.value, new=value
    )
    return get_card(session, actor, name)


def _check(setting: SettingDefinition[Any], value: str) -> None:
    try:
        setting.parse(value)
    except Invalid as invalid:
        raise Invalid(invalid.sentence, fields={"value": invalid.sentence}) from None


def _to_card(setting: SettingDefinition[Any], row: Setting | None, by: str | None) -> SettingCard:
    about = (setting.name, setting.label, setting.help, setting.type, setting.default)
    if row is None:
        return SettingCard(*about, value=setting.default)
    return SettingCard(*about, row.value, row.version, row.since, row.by_id, by)


def _values(session: Session) -> Mapping[str, str]:
    """Return all changed values by name. They are read at most once in a transaction."""
    if _VALUES not in session.info:
        session.info[_VALUES] = _load_values(session)
    return session.info[_VALUES]


def _load_values(session: Session) -> Mapping[str, str]:
    newest = session.exec(_NEWEST).one() or 0
    pool = session.get_bind().engine.pool
    number, values = _cache.get(pool, (0, {}))
    if number == newest:
        return values
    values = dict(
        session.exec(
            select(Setting.name, Setting.value).where(col(Setting.id).in_(_newest_ids(newest)))
        ).all()
    )
    if not session.info.get(_CHANGED):  # a change that may still be rolled back is not cached
        _cache[pool] = newest, values
    return values


def _newest_ids(until: int = 2**31 - 1) -> Any:
    """Return a select of the newest version of each setting, up to a change number."""
    return select(func.max(Setting.id)).where(col(Setting.id) <= until).group_by(col(Setting.name))
