"""Custom fields: listing, creating, changing and archiving them."""

from collections.abc import Mapping
from typing import Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.deleting import SeenVersion
from api.shared.idempotency import CreateDependency, CreatedResource
from api.shared.schemas import (
    Flag,
    Id,
    Page,
    PathNumber,
    Reference,
    RequestSchema,
    ResponseSchema,
    StorableText,
    VersionedChange,
    json_response,
    no_content,
    optional_field,
)
from db.vocabulary import Access, FieldKind, Permission, Scope
from lib.access import roles
from lib.access.gate import Actor
from lib.catalog import categories, custom_fields
from lib.catalog.custom_fields import FieldCard
from lib.transactions import Session, act, see

router = APIRouter(tags=["fields"])

FieldKindName = Literal["text", "number", "date", "choice", "person"]
AccessName = Literal["none", "read", "write"]


class CustomField(ResponseSchema):
    """A field. Without categories it applies to all. `access` by role is only for administrators of fields."""

    id: int
    key: str
    name: str
    kind: FieldKindName
    required: bool
    categories: list[Reference]
    choices: list[Reference]
    writable: bool
    access: dict[str, str] | None
    version: int


class NewCustomField(RequestSchema):
    """A field to add at the end. Its key and kind can't be changed later."""

    name: StorableText
    kind: FieldKindName
    key: StorableText = Field("", description="the key in the API, by default made from the name")
    required: Flag = False
    categories: list[Id] = Field(default_factory=list, description="category ids, empty for all categories")
    choices: list[StorableText] = Field(default_factory=list)
    access: dict[StorableText, AccessName] | None = Field(None, description="access by role, none for others")


class CustomFieldChange(VersionedChange):
    """The changes. Roles that `access` doesn't name keep their access."""

    name: StorableText = optional_field()
    required: Flag = optional_field()
    categories: list[Id] = optional_field()
    choices: list[StorableText] = optional_field()
    access: dict[StorableText, AccessName] = optional_field()


def _load_fields(session: Session, me: Actor) -> list[CustomField]:
    session.flush()
    keeps = me.may(Permission.SYSTEM_MANAGE, least=Scope.ALL)
    titles = {c.id: c.name for c in categories.list_all(session)}
    names = {r.id: r.name for r in roles.list_all(session)} if keeps else {}
    return [_to_field(card, me, titles, names) for card in custom_fields.list_readable(session, me)]


def _to_field(card: FieldCard, me: Actor, titles: Mapping[int, str], names: Mapping[int, str]) -> CustomField:
    return CustomField(
        id=card.id,
        key=card.key,
        name=card.name,
        kind=card.kind.value,
        required=card.required,
        categories=[Reference(id=id, name=titles[id]) for id in sorted(card.categories) if id in titles],
        choices=[Reference(id=id, name=name) for id, name in card.choices.items()],
        writable=card.allows(me, works=True) == Access.WRITE,
        access={name: card.access.get(id, Access.NONE).label for id, name in names.items()} or None,
        version=card.version,
    )


def _load_field(session: Session, me: Actor, id: int | None) -> CustomField:
    return next(shape for shape in _load_fields(session, me) if shape.id == id)


def _parse_access(session: Session, given: Mapping[str, AccessName]) -> dict[int, Access]:
    return {roles.get(session, name).id: Access[level.upper()] for name, level in given.items()}


@router.get("/fields", response_model=Page[CustomField])
def list_custom_fields(me: Me) -> Response:
    """List the custom fields that you may read, in their order. Administrators of fields get all."""
    with see() as session:
        return json_response(Page(items=_load_fields(session, me)))


@router.post("/fields", status_code=201, response_model=CustomField)
def create_custom_field(creating: CreateDependency, form: NewCustomField) -> Response:
    """Add a field."""

    def create(session: Session) -> CreatedResource:
        row = custom_fields.create(
            session,
            creating.me,
            name=form.name,
            kind=FieldKind(form.kind),
            key=form.key,
            required=form.required,
            in_categories=form.categories,
            choices=form.choices,
            access=None if form.access is None else _parse_access(session, form.access),
        )
        return CreatedResource(f"/fields/{row.id}", _load_field(session, creating.me, row.id))

    return creating.once(form, create)


@router.patch("/fields/{id}", response_model=CustomField)
def update_custom_field(me: Me, id: PathNumber, form: CustomFieldChange) -> Response:
    """Change a field's name, whether it is required, its categories, choices, or who may read and write it."""
    with act() as session:
        row = custom_fields.get(session, me, id)
        row.must_be(form.version)
        if "name" in form.model_fields_set:
            custom_fields.rename(session, me, row, name=form.name)
        if "required" in form.model_fields_set:
            custom_fields.set_required(session, me, row, required=form.required)
        if "categories" in form.model_fields_set:
            custom_fields.set_categories(session, me, row, in_categories=form.categories)
        if "choices" in form.model_fields_set:
            custom_fields.set_choices(session, me, row, choices=form.choices)
        if "access" in form.model_fields_set:
            custom_fields.set_access(session, me, row, access=_parse_access(session, form.access))
        return json_response(_load_field(session, me, id))


@router.delete("/fields/{id}", status_code=204)
def archive_custom_field(me: Me, id: PathNumber, version: SeenVersion = None) -> Response:
    """Archive a custom field. Its values are hidden."""
    with act() as session:
        custom_fields.archive(session, me, custom_fields.get(session, me, id), seen=version)
    return no_content()
