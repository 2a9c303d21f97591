"""Custom fields: additional ticket fields that administrators define, for some categories and roles.

A role with access to internal notes has its own access on the tickets it works on. On tickets where its people only
participate, they have no more access than requesters.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, false, true
from sqlmodel import Session, col, select

from db.engine import lock
from db.models import CustomField, FieldCategory, FieldChoice, FieldRole, Role, Ticket
from db.vocabulary import Access, Action, FieldKind, Permission, Scope
from lib.access import gate, roles
from lib.access.gate import Actor
from lib.audit import events
from lib.catalog import categories
from lib.catalog.ticket_fields import FIELDS
from lib.core import folding, names, text
from lib.core.errors import Invalid

MAX_IN_USE = 50
"""Active fields."""
MAX_CHOICES = 100
"""Options of one field."""
BUILT_IN_NAMES = frozenset(
    {"number", "title", "description", "status", "kind", "priority", "category", "team", "requester", "assignee", "tag"}
    | {"tags", "confidential", "created", "created at", "updated", "updated at", "responded", "first response"}
    | {"first response at", "resolved", "resolved at", "due", "due on", "due date", "estimate", "spent", "version"}
    | {field.export for field in FIELDS if field.export}
    | {"is", "field", "fields", "copy", "participants", "watchers", "comments", "attachments", "links"}
)  # fmt: skip
"""Names of built-in fields on pages, in searches, in exports and in the API. Custom fields can't have them."""
REQUESTER_ROLE = "requester"
"""The role whose access applies to everybody on tickets that they don't work on."""
_KEY = re.compile(r"[a-z0-9][a-z0-9_]*")


@dataclass(frozen=True)
class FieldCard:
    """An active custom field. Without categories it belongs to all; a role that is missing in `access` has none."""

    id: int
    key: str
    name: str
    kind: FieldKind
    required: bool = False
    categories: frozenset[int] = frozenset()
    choices: Mapping[int, str] = field(default_factory=dict)
    access: Mapping[int, Access] = field(default_factory=dict)
    asker: Access = Access.NONE
    version: int = 1

    def applies(self, category_id: int | None) -> bool:
        """Return whether the field belongs to a category."""
        return not self.categories or category_id in self.categories

    def allows(self, actor: Actor, *, works: bool) -> Access:
        """Return the actor's access to the field on a ticket that they work on (`works`) or only participate in."""
        own = self.access.get(actor.role_id or 0, Access.NONE)
        return own if works else min(own, self.asker)


def list_all(session: Session) -> list[FieldCard]:
    """Return the active fields by position. The caller must not show fields to people who may not read them."""
    rows = session.exec(
        select(CustomField)
        .where(~col(CustomField.retired))
        .order_by(col(CustomField.position), col(CustomField.id))
    ).all()
    if not rows:
        return []
    within: dict[int, set[int]] = {}
    for where in session.exec(select(FieldCategory)).all():
        within.setdefault(where.field_id, set()).add(where.category_id)
    choices: dict[int, dict[int, str]] = {}
    chosen = select(FieldChoice).where(~col(FieldChoice.retired))
    for choice in session.exec(chosen.order_by(col(FieldChoice.position), col(FieldChoice.id))).all():
        choices.setdefault(choice.field_id, {})[choice.id] = choice.name
    access: dict[int, dict[int, Access]] = {}
    for row in session.exec(select(FieldRole)).all():
        access.setdefault(row.field_id, {})[row.role_id] = Access(row.access)
    askers = session.exec(select(Role.id).where(Role.name == REQUESTER_ROLE)).first() or 0
    return [
        FieldCard(
            r.id, r.key, r.name, FieldKind(r.kind), r.required, frozenset(within.get(r.id, ())),
            choices.get(r.id, {}), access.get(r.id, {}),
            access.get(r.id, {}).get(askers, Access.NONE), r.version,
        )
        for r in rows
    ]  # fmt: skip


def list_readable(session: Session, actor: Actor) -> list[FieldCard]:
    """Return the fields that the actor may read on some ticket. People who manage fields get all."""
    keeps = actor.may(Permission.SYSTEM_MANAGE, least=Scope.ALL)
    return [f for f in list_all(session) if keeps or f.allows(actor, works=True) > Access.NONE]


def has_role_access(session: Session, actor: Actor, ticket: Ticket) -> bool:
    """Return whether the access of the actor's role applies on a ticket, that is, whether they may read its notes."""
    return gate.can(session, actor, Permission.COMMENT_READ_INTERNAL, ticket)


def readable_condition(actor: Actor, card: FieldCard) -> ColumnElement[bool]:
    """Return the SQL condition on `ticket` for where the actor may read a field; mirrors `allows`."""
    if card.allows(actor, works=False) > Access.NONE:
        return true()
    if card.allows(actor, works=True) > Access.NONE:
        return gate.scope_condition(actor, Permission.COMMENT_READ_INTERNAL)
    return false()


def list_hidden_subjects(session: Session, actor: Actor, ticket: Ticket) -> list[str]:
    """Return the event subjects of the fields that the actor may not read on a ticket, including archived fields."""
    here = has_role_access(session, actor, ticket)
    seen = {f.id for f in list_all(session) if f.allows(actor, works=here) > Access.NONE}
    ids = session.exec(select(CustomField.id)).all()
    return [f"field:{id}" for id in ids if id not in seen]


def get(session: Session, actor: Actor, field_id: int) -> CustomField:
    """Return an active field to be changed. Raises NotPermitted for people who don't manage fields, NotFound."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    row = session.get(CustomField, field_id)
    if row is None or row.retired:
        raise gate.not_found(actor, Permission.SYSTEM_MANAGE, "field", field_id)
    return row


def create(
    session: Session,
    actor: Actor,
    *,
    name: str,
    kind: FieldKind,
    key: str = "",
    required: bool = False,
    in_categories: Iterable[int] = (),
    choices: Iterable[str] = (),
    access: Mapping[int, Access] | None = None,
) -> CustomField:
    """Add a field at the end. Without `access`, roles that work on tickets can write it and others can't see it.

    Raises NotPermitted, Invalid.
    """
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    lock(session, "fields")
    there = list_all(session)
    if len(there) >= MAX_IN_USE:
        raise Invalid(f"At most {MAX_IN_USE} fields. Archive one that you don't need first.")
    name = text.clean_line(name, field="name", limit=40)
    row = CustomField(
        key=_free_key(session, key or name), name=_free_name(there, name), kind=kind.value, required=required,
        position=len(there),
    )  # fmt: skip
    session.add(row)
    session.flush()
    _store_choices(session, row, choices)
    _store_categories(session, row, in_categories)
    _store_access(session, row, _default_access(session) if access is None else access)
    events.record(session, actor, Action.FIELD_CREATED, subject=f"field:{row.id}", new=row.name)
    return row


def rename(session: Session, actor: Actor, row: CustomField, *, name: str) -> None:
    """Rename a field. Its key stays, so that API clients and searches keep working. Raises NotPermitted, Invalid."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    name = text.clean_line(name, field="name", limit=40)
    if name != row.name:
        lock(session, "fields")
        others = [f for f in list_all(session) if f.id != row.id]
        was, row.name = row.name, _free_name(others, name)
        _record_change(session, actor, row, field="name", old=was, new=name)


def set_required(session: Session, actor: Actor, row: CustomField, *, required: bool) -> None:
    """Set whether a new ticket needs a value in this field. Raises NotPermitted."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    if row.required != required:
        row.required = required
        old, new = ("no", "yes") if required else ("yes", "no")
        _record_change(session, actor, row, field="required", old=old, new=new)


def set_categories(session: Session, actor: Actor, row: CustomField, *, in_categories: Iterable[int]) -> None:
    """Limit a field to some categories. If none is given, it belongs to all. Raises NotPermitted, Invalid."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    was = _get_card(session, row).categories
    now = frozenset(in_categories)
    if was != now:
        _store_categories(session, row, now)
        called = {c.id: c.name for c in categories.list_all(session)}
        old, new = (", ".join(sorted(called.get(i, "?") for i in ids)) or "all" for ids in (was, now))
        _record_change(session, actor, row, field="categories", old=old, new=new)


def set_choices(session: Session, actor: Actor, row: CustomField, *, choices: Iterable[str]) -> None:
    """Set the options of a choice field, in order. Tickets keep options that are left out.

    Raises NotPermitted, Invalid.
    """
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    was = list(_get_card(session, row).choices.values())
    now = _store_choices(session, row, choices)
    if was != now:
        _record_change(session, actor, row, field="choices", old=", ".join(was), new=", ".join(now))


def set_access(session: Session, actor: Actor, row: CustomField, *, access: Mapping[int, Access]) -> None:
    """Set the access of roles to a field. Roles that are not named keep theirs. Raises NotPermitted, Invalid."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    was = dict(_get_card(session, row).access)
    now = was | dict(access)
    _store_access(session, row, now)
    called = {r.id: r.name for r in roles.list_all(session)}
    for role_id, level in now.items():
        old = was.get(role_id, Access.NONE)
        if old != level:
            told = f"access of {called.get(role_id, '?')}"[:40]
            _record_change(session, actor, row, field=told, old=old.label, new=level.label)


def archive(session: Session, actor: Actor, row: CustomField, *, seen: int | None = None) -> None:
    """Archive a field. Nobody sees it or its values anymore, and its name can be used again.

    Raises NotPermitted, Conflict (changed since version `seen`).
    """
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    row.must_be(seen)
    row.retired = True
    row.key = f"{row.key[:24]}_retired_{row.id}"
    events.record(session, actor, Action.FIELD_RETIRED, subject=f"field:{row.id}", old=row.name)


def _get_card(session: Session, row: CustomField) -> FieldCard:
    session.flush()
    return next(f for f in list_all(session) if f.id == row.id)


def _default_access(session: Session) -> dict[int, Access]:
    """Return the access to a new field: people who work on tickets can write it."""
    return {
        role.id: Access.WRITE
        for role in roles.list_all(session)
        if role.scopes.get(Permission.COMMENT_READ_INTERNAL, Scope.NONE) > Scope.NONE
    }


def _free_name(there: Iterable[FieldCard], name: str) -> str:
    _must_not_be_built_in(name, field="name")
    return names.must_be_free(name, [card.name for card in there], what="custom field")


def _must_not_be_built_in(name: str, *, field: str) -> None:
    if names.key(name).replace("_", " ") in BUILT_IN_NAMES:
        raise Invalid(
            f"“{name}” is a built-in field. Give the custom field another {field}.",
            fields={field: "The name of a built-in field."},
        )


def _free_key(session: Session, key: str) -> str:
    key = "_".join(folding.fold_words(text.clean_line(key, field="key", limit=40)))[:40].strip("_")
    if not _KEY.fullmatch(key):
        raise Invalid(
            "The key needs letters from a to z or digits. The API uses it to name the field.",
            fields={"key": "Letters from a to z, digits and _."},
        )
    _must_not_be_built_in(key, field="key")
    if session.exec(select(CustomField.id).where(CustomField.key == key)).first() is not None:
        raise Invalid(f"A field with the key {key} already exists.", fields={"key": "Already in use."})
    return key


def _store_choices(session: Session, row: CustomField, choices: Iterable[str]) -> list[str]:
    wanted = list(dict.fromkeys(text.clean_line(name, field="choices", limit=80) for name in choices))
    if (row.kind == FieldKind.CHOICE) != bool(wanted):
        sentence = "Add the choices." if not wanted else "Only choice fields have choices."
        raise Invalid(sentence, fields={"choices": sentence})
    if len(wanted) > MAX_CHOICES:
        raise Invalid(f"At most {MAX_CHOICES} choices.", fields={"choices": f"At most {MAX_CHOICES}."})
    there = session.exec(select(FieldChoice).where(FieldChoice.field_id == row.id)).all()
    known = {choice.name: choice for choice in there}
    for choice in there:
        choice.retired = choice.name not in wanted
    for at, name in enumerate(wanted):
        choice = known.get(name) or FieldChoice(field_id=row.id, name=name)
        choice.position = at
        session.add(choice)
    session.flush()
    return wanted


def _store_categories(session: Session, row: CustomField, ids: Iterable[int]) -> None:
    wanted = {categories.get(session, id).id for id in ids}
    for where in session.exec(select(FieldCategory).where(FieldCategory.field_id == row.id)).all():
        session.delete(where)
    session.flush()
    session.add_all(FieldCategory(field_id=row.id, category_id=id) for id in wanted)
    session.flush()


def _store_access(session: Session, row: CustomField, access: Mapping[int, Access]) -> None:
    for role_id, level in access.items():
        roles.get(session, role_id)
        given = session.get(FieldRole, (row.id, role_id)) or FieldRole(field_id=row.id, role_id=role_id)
        given.access = int(level)
        session.add(given)
    session.flush()


def _record_change(
    session: Session, actor: Actor, row: CustomField, *, field: str, old: str, new: str
) -> None:
    row.version += 1
    subject = f"field:{row.id}"
    events.record(session, actor, Action.FIELD_CHANGED, subject=subject, field=field, old=old, new=new)
