"""What people know, and when they are away."""

from datetime import date

from fastapi import APIRouter
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.idempotency import CreateDependency, CreatedResource
from api.shared.schemas import (
    Id,
    Page,
    PathNumber,
    Reference,
    RequestSchema,
    ResponseSchema,
    json_response,
    no_content,
)
from lib.access.gate import Actor
from lib.assignment import skills
from lib.people import absences, accounts
from lib.people.absences import AbsenceCard
from lib.people.accounts import Person
from lib.transactions import Session, act, see

router = APIRouter(tags=["people"])


class Skills(RequestSchema):
    """All categories that the person is skilled in, by id."""

    categories: list[Id]


class NewAbsence(RequestSchema):
    """Days on which somebody is away, the first and the last included."""

    starts: date
    ends: date


class Absence(ResponseSchema):
    """Days on which somebody is away, the first and the last included."""

    id: int
    starts: date
    ends: date


def _to_absence(card: AbsenceCard) -> Absence:
    return Absence(id=card.id, starts=card.starts_on, ends=card.ends_on)


def _build_skills_response(session: Session, me: Actor, person: Person) -> Response:
    items = [Reference(id=id, name=name) for id, name in skills.list_for_person(session, me, person).items()]
    return json_response(Page(items=items))


@router.get("/people/{id}/skills", response_model=Page[Reference])
def list_skills(me: Me, id: PathNumber) -> Response:
    """List a person's skills."""
    with see() as session:
        return _build_skills_response(session, me, accounts.get(session, me, id))


@router.put("/people/{id}/skills", response_model=Page[Reference])
def set_skills(me: Me, id: PathNumber, form: Skills) -> Response:
    """Say which categories a person knows."""
    with act() as session:
        person = accounts.get(session, me, id)
        skills.set_for_person(session, me, person, form.categories)
        return _build_skills_response(session, me, person)


@router.get("/people/{id}/absences", response_model=Page[Absence])
def list_absences(me: Me, id: PathNumber) -> Response:
    """List a person's absences that are not over."""
    with see() as session:
        found = absences.list_for_person(session, me, accounts.get(session, me, id))
    return json_response(Page(items=[_to_absence(card) for card in found]))


@router.post("/people/{id}/absences", status_code=201, response_model=Absence)
def create_absence(creating: CreateDependency, id: PathNumber, form: NewAbsence) -> Response:
    """Add an absence of a person."""

    def create(session: Session) -> CreatedResource:
        person = accounts.get(session, creating.me, id)
        card = absences.add(session, creating.me, person, starts_on=form.starts, ends_on=form.ends)
        return CreatedResource(f"/people/{id}/absences/{card.id}", _to_absence(card))

    return creating.once(form, create)


@router.delete("/people/{id}/absences/{absence}", status_code=204)
def delete_absence(me: Me, id: PathNumber, absence: PathNumber) -> Response:
    """Delete an absence."""
    with act() as session:
        absences.remove(session, me, accounts.get(session, me, id), absence)
    return no_content()
