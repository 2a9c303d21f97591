"""Fields of the desk's own: which there are, and keeping them."""

from collections.abc import Mapping
from typing import Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.deleting import SeenVersion
from api.shared.idempotency import Creating, Made
from api.shared.schemas import Change, Flag, Form, Id, Named, Number, Page, Shape, Words, done, shown, unset
from db.vocabulary import Access, FieldKind, Permission, Scope
from lib.access import roles
from lib.access.gate import Actor
from lib.catalog import categories, custom_fields
from lib.catalog.custom_fields import FieldCard
from lib.transactions import Session, act, see

router = APIRouter(tags=["fields"])

KindName = Literal["text", "number", "date", "choice", "person"]
AccessName = Literal["none", "read", "write"]


class CustomField(Shape):
    """A field; without categories it is asked for in all. `access` by role is for those who keep fields."""

    id: int
    key: str
    name: str
    kind: KindName
    required: bool
    categories: list[Named]
    choices: list[Named]
    writable: bool
    access: dict[str, str] | None
    version: int


class NewField(Form):
    """A field to add at the end; its key and kind stay for good."""

    name: Words
    kind: KindName
    key: Words = Field("", description="what programs call it; by default made of the name")
    required: Flag = False
    categories: list[Id] = Field(default_factory=list, description="none for all")
    choices: list[Words] = Field(default_factory=list)
    access: dict[Words, AccessName] | None = Field(None, description="by role; others have none")


class FieldChange(Change):
    """What is to be changed; roles that `access` doesn't name keep what they have."""

    name: Words = unset()
    required: Flag = unset()
    categories: list[Id] = unset()
    choices: list[Words] = unset()
    access: dict[Words, AccessName] = unset()


def _shapes(session: Session, me: Actor) -> list[CustomField]:
    session.flush()
    keeps = me.may(Permission.SYSTEM_MANAGE, least=Scope.ALL)
    titles = {c.id: c.name for c in categories.every(session)}
    names = {r.id: r.name for r in roles.every(session)} if keeps else {}
    return [_shape(card, me, titles, names) for card in custom_fields.readable(session, me)]


def _shape(card: FieldCard, me: Actor, titles: Mapping[int, str], names: Mapping[int, str]) -> CustomField:
    return CustomField(
        id=card.id,
        key=card.key,
        name=card.name,
        kind=card.kind.value,
        required=card.required,
        categories=[Named(id=id, name=titles[id]) for id in sorted(card.categories) if id in titles],
        choices=[Named(id=id, name=name) for id, name in card.choices.items()],
        writable=card.allows(me, works=True) == Access.WRITE,
        access={name: card.access.get(id, Access.NONE).label for id, name in names.items()} or None,
        version=card.version,
    )


def _one(session: Session, me: Actor, id: int | None) -> CustomField:
    return next(shape for shape in _shapes(session, me) if shape.id == id)


def _access(session: Session, given: Mapping[str, AccessName]) -> dict[int, Access]:
    return {roles.find(session, name).id: Access[level.upper()] for name, level in given.items()}


@router.get("/fields", response_model=Page[CustomField])
def read(me: Me) -> Response:
    """List the fields that you may read on some ticket, in the desk's order; whoever keeps them gets all."""
    with see() as session:
        return shown(Page(items=_shapes(session, me)))


@router.post("/fields", status_code=201, response_model=CustomField)
def add(creating: Creating, form: NewField) -> Response:
    """Add a field."""

    def deed(session: Session) -> Made:
        row = custom_fields.create(
            session,
            creating.me,
            name=form.name,
            kind=FieldKind(form.kind),
            key=form.key,
            required=form.required,
            in_categories=form.categories,
            choices=form.choices,
            access=None if form.access is None else _access(session, form.access),
        )
        return Made(f"/fields/{row.id}", _one(session, creating.me, row.id))

    return creating.once(form, deed)


@router.patch("/fields/{id}", response_model=CustomField)
def change(me: Me, id: Number, form: FieldChange) -> Response:
    """Change a field's name, whether it is required, its categories, choices, or who may read and write it."""
    with act() as session:
        row = custom_fields.find(session, me, id)
        row.must_be(form.version)
        if "name" in form.model_fields_set:
            custom_fields.rename(session, me, row, name=form.name)
        if "required" in form.model_fields_set:
            custom_fields.require(session, me, row, required=form.required)
        if "categories" in form.model_fields_set:
            custom_fields.place(session, me, row, in_categories=form.categories)
        if "choices" in form.model_fields_set:
            custom_fields.choose(session, me, row, choices=form.choices)
        if "access" in form.model_fields_set:
            custom_fields.grant(session, me, row, access=_access(session, form.access))
        return shown(_one(session, me, id))


@router.delete("/fields/{id}", status_code=204)
def retire(me: Me, id: Number, version: SeenVersion = None) -> Response:
    """Use a field no longer; nobody sees its values any more."""
    with act() as session:
        custom_fields.retire(session, me, custom_fields.find(session, me, id), seen=version)
    return done()
