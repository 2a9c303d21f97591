"""People: who is there, and for those who manage them, inviting and changing."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.idempotency import BASE, Creating, Made
from api.shared.schemas import (
    Change,
    Cursor,
    DryRun,
    Flag,
    Form,
    Id,
    Limit,
    Named,
    Number,
    Page,
    Shape,
    Words,
    shown,
    unset,
)
from lib.access import roles
from lib.access.gate import Actor
from lib.core import pagination
from lib.notifications import account_emails
from lib.people import accounts, disable_preview, teams
from lib.people.accounts import Person as Row
from lib.people.accounts import PersonCard
from lib.transactions import Session, act, see

router = APIRouter(tags=["people"])


class Invitation(Form):
    """Somebody to invite, with a role by name or id."""

    name: Words
    email: Words
    role: Id | Words = "requester"
    teams: list[Id] = Field(default_factory=list)


class PersonChange(Change):
    """What is to be changed; `teams` lists all that the person is to belong to."""

    name: Words = unset()
    email: Words = unset()
    role: Id | Words = unset()
    active: Flag = unset()
    teams: list[Id] = unset()


class Share(Named):
    """A team, and how many open tickets would become unassigned there."""

    open: int


class Person(Shape):
    """A person; those who may only know the name get null for the rest."""

    id: int
    name: str
    email: str | None
    role: str | None
    active: bool
    teams: list[Named]
    invited: bool
    version: int | None


class Departure(Shape):
    """What disabling a person would do: `tickets` counts their open tickets that you may see, by team."""

    tickets: list[Share]
    sessions: int
    tokens: int
    timer: bool
    drafts: int
    shared_views: int
    open_months: int


class Link(Shape):
    """A link with which to set a password, which works once and is shown once; null where it went by mail instead."""

    link: str | None
    mailed: bool


class Invited(Link):
    """A new account, and the link for its owner."""

    person: Person


def _shapes(session: Session, me: Actor, cards: list[PersonCard]) -> list[Person]:
    ids = {team.name: team.id for team in teams.every(session, me)}
    return [
        Person(
            id=c.id,
            name=c.name,
            email=c.email,
            role=c.role,
            active=c.active,
            teams=[Named(id=ids[name], name=name) for name in c.teams],
            invited=c.invited,
            version=c.version,
        )
        for c in cards
    ]


def _one(session: Session, me: Actor, id: int) -> Person:
    session.flush()
    return _shapes(session, me, [accounts.show(session, me, id)])[0]


def _link(session: Session, me: Actor, person: Row) -> str | None:
    """Let a person have a link: by mail where that is set up, and then whoever asks for it never sees it."""
    invitation = person.password_hash is None
    if account_emails.mailed():
        account_emails.send(session, me, person, invitation=invitation)
        return None
    return accounts.password_address(accounts.link(session, me, person, invitation=invitation))


@router.get("/people", response_model=Page[Person])
def find(
    me: Me,
    search: Annotated[
        Words, Query(max_length=200, description="in the name, and for staff the address")
    ] = "",
    active: Annotated[bool | None, Query(description="false for those who were disabled")] = None,
    limit: Annotated[Limit, Query()] = 50,
    cursor: Annotated[Cursor, Query()] = None,
) -> Response:
    """List the people you may know."""
    with see() as session:
        after = pagination.read("people", cursor) or 0
        cards = accounts.directory(session, me, search=search, after=after, limit=limit + 1, active=active)
        items = _shapes(session, me, cards[:limit])
    more = pagination.make("people", items[-1].id) if len(cards) > limit else None
    return shown(Page(items=items, next_cursor=more))


@router.post("/people", status_code=201, response_model=Invited)
def invite(creating: Creating, form: Invitation) -> Response:
    """Invite somebody; the link works for three days. It goes to them by mail, or is yours to hand over."""
    me = creating.me

    def deed(session: Session) -> Made:
        joined = [teams.find(session, team).id for team in form.teams]
        role = roles.find(session, form.role)
        row = accounts.invite(session, me, email=form.email, name=form.name, role=role, teams=joined)
        person, link = _one(session, me, row.id), _link(session, me, row)
        return Made(
            f"/people/{row.id}",
            Invited(person=person, link=link, mailed=link is None),
            kept=Invited(person=person, link=None, mailed=link is None),
        )

    return creating.once(form, deed)


@router.get("/people/{id}", response_model=Person)
def show(me: Me, id: Number) -> Response:
    """Read about a person you may know."""
    with see() as session:
        return shown(_one(session, me, id))


@router.patch("/people/{id}", response_model=Person)
def change(me: Me, id: Number, form: PersonChange) -> Response:
    """Change a person, all of it or nothing."""
    given = form.model_fields_set
    with act() as session:
        person = accounts.find(session, me, id)
        person.must_be(form.version)
        if "name" in given:
            accounts.rename(session, me, person, name=form.name)
        if "email" in given:
            account_emails.readdress(session, me, person, email=form.email)
        if "teams" in given:
            _regroup(session, me, person, set(form.teams))
        if "role" in given:
            accounts.give_role(session, me, person, role=roles.find(session, form.role))
        if "active" in given:
            (accounts.enable if form.active else accounts.disable)(session, me, person)
        return shown(_one(session, me, id))


@router.post("/people/{id}/disable", response_model=Person, responses={200: {"model": Departure | Person}})
def disable(me: Me, id: Number, dry_run: DryRun = False) -> Response:
    """Let a person no longer in, or only say what that would do; `PATCH` with `"active": true` lets them in again."""
    if dry_run:
        with see() as session:
            found = disable_preview.preview(session, me, accounts.find(session, me, id))
        return shown(Departure.model_validate(asdict(found)))
    with act() as session:
        accounts.disable(session, me, accounts.find(session, me, id))
        return shown(_one(session, me, id))


def _regroup(session: Session, me: Actor, person: Row, wanted: set[int]) -> None:
    now = {team.id for team in _one(session, me, person.id).teams}
    for team in sorted(wanted - now):
        teams.add(session, me, teams.find(session, team), person)
    for team in sorted(now - wanted):
        teams.remove(session, me, teams.find(session, team), person)


@router.post("/people/{id}/password-link", status_code=201, response_model=Link)
def password_link(me: Me, id: Number) -> Response:
    """Let a person set a new password, through a link by mail or yours to hand over; an earlier one stops working."""
    with act() as session:
        link = _link(session, me, accounts.find(session, me, id))
    return shown(Link(link=link, mailed=link is None), 201, {"Location": f"{BASE}/people/{id}"})
