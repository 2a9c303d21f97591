"""What people know, and when they are away."""

from datetime import date

from fastapi import APIRouter
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.idempotency import Creating, Made
from api.shared.schemas import Form, Id, Named, Number, Page, Shape, done, shown
from lib.access.gate import Actor
from lib.assignment import skills
from lib.people import absences, accounts
from lib.people.absences import AbsenceCard
from lib.people.accounts import Person
from lib.transactions import Session, act, see

router = APIRouter(tags=["people"])


class Skills(Form):
    """The categories that a person knows, all of them, by id."""

    categories: list[Id]


class Away(Form):
    """Days on which somebody is away, the first and the last included."""

    starts: date
    ends: date


class Absence(Shape):
    """Days on which somebody is away, the first and the last included."""

    id: int
    starts: date
    ends: date


def _absence(card: AbsenceCard) -> Absence:
    return Absence(id=card.id, starts=card.starts_on, ends=card.ends_on)


def _skills(session: Session, me: Actor, person: Person) -> Response:
    items = [Named(id=id, name=name) for id, name in skills.of(session, me, person).items()]
    return shown(Page(items=items))


@router.get("/people/{id}/skills", response_model=Page[Named])
def knows(me: Me, id: Number) -> Response:
    """List the categories that a person knows."""
    with see() as session:
        return _skills(session, me, accounts.find(session, me, id))


@router.put("/people/{id}/skills", response_model=Page[Named])
def learn(me: Me, id: Number, form: Skills) -> Response:
    """Say which categories a person knows."""
    with act() as session:
        person = accounts.find(session, me, id)
        skills.choose(session, me, person, form.categories)
        return _skills(session, me, person)


@router.get("/people/{id}/absences", response_model=Page[Absence])
def away(me: Me, id: Number) -> Response:
    """List a person's absences that are not over."""
    with see() as session:
        found = absences.of(session, me, accounts.find(session, me, id))
    return shown(Page(items=[_absence(card) for card in found]))


@router.post("/people/{id}/absences", status_code=201, response_model=Absence)
def leave(creating: Creating, id: Number, form: Away) -> Response:
    """Note that a person is away."""

    def deed(session: Session) -> Made:
        person = accounts.find(session, creating.me, id)
        card = absences.add(session, creating.me, person, starts_on=form.starts, ends_on=form.ends)
        return Made(f"/people/{id}/absences/{card.id}", _absence(card))

    return creating.once(form, deed)


@router.delete("/people/{id}/absences/{absence}", status_code=204)
def stay(me: Me, id: Number, absence: Number) -> Response:
    """Take an absence back."""
    with act() as session:
        absences.remove(session, me, accounts.find(session, me, id), absence)
    return done()
