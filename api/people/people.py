"""People: who is there, and for those who manage them, inviting and changing."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.idempotency import BASE_PATH, CreateDependency, CreatedResource
from api.shared.schemas import (
    Cursor,
    DryRun,
    Flag,
    Id,
    Limit,
    Page,
    PathNumber,
    Reference,
    RequestSchema,
    ResponseSchema,
    StorableText,
    VersionedChange,
    json_response,
    optional_field,
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


class Invitation(RequestSchema):
    """A person to invite, with a role by name or id."""

    name: StorableText
    email: StorableText
    role: Id | StorableText = "requester"
    teams: list[Id] = Field(default_factory=list)


class PersonChange(VersionedChange):
    """The changes. `teams` lists all teams of the person."""

    name: StorableText = optional_field()
    email: StorableText = optional_field()
    role: Id | StorableText = optional_field()
    active: Flag = optional_field()
    teams: list[Id] = optional_field()


class TeamTickets(Reference):
    """A team, and how many open tickets would become unassigned there."""

    open: int


class Person(ResponseSchema):
    """A person; those who may only know the name get null for the rest."""

    id: int
    name: str
    email: str | None
    role: str | None
    active: bool
    teams: list[Reference]
    invited: bool
    version: int | None


class DisablePreview(ResponseSchema):
    """What disabling a person would do: `tickets` counts their open tickets that you may see, by team."""

    tickets: list[TeamTickets]
    sessions: int
    tokens: int
    timer: bool
    drafts: int
    shared_views: int
    open_months: int


class PasswordLink(ResponseSchema):
    """A set-up link, which works once and is shown once. Null if it was sent by email."""

    link: str | None
    mailed: bool


class InvitedPerson(PasswordLink):
    """A new account, and the link for its owner."""

    person: Person


def _to_people(session: Session, me: Actor, cards: list[PersonCard]) -> list[Person]:
    ids = {team.name: team.id for team in teams.list_all(session, me)}
    return [
        Person(
            id=c.id,
            name=c.name,
            email=c.email,
            role=c.role,
            active=c.active,
            teams=[Reference(id=ids[name], name=name) for name in c.teams],
            invited=c.invited,
            version=c.version,
        )
        for c in cards
    ]


def _load_person(session: Session, me: Actor, id: int) -> Person:
    session.flush()
    return _to_people(session, me, [accounts.get_card(session, me, id)])[0]


def _create_link(session: Session, me: Actor, person: Row) -> str | None:
    """Create a set-up link. If email is set up, it is sent to the person and not returned."""
    invitation = person.password_hash is None
    if account_emails.is_enabled():
        account_emails.send_password_link(session, me, person, invitation=invitation)
        return None
    return accounts.build_password_url(
        accounts.create_password_secret(session, me, person, invitation=invitation)
    )


@router.get("/people", response_model=Page[Person])
def list_people(
    me: Me,
    search: Annotated[
        StorableText, Query(max_length=200, description="text in the name, or for staff in the email address")
    ] = "",
    active: Annotated[bool | None, Query(description="`false` for disabled people")] = None,
    limit: Annotated[Limit, Query()] = 50,
    cursor: Annotated[Cursor, Query()] = None,
) -> Response:
    """List the people you may know."""
    with see() as session:
        after = pagination.parse_id_cursor("people", cursor) or 0
        cards = accounts.list_visible(session, me, search=search, after=after, limit=limit + 1, active=active)
        items = _to_people(session, me, cards[:limit])
    more = pagination.format_cursor("people", items[-1].id) if len(cards) > limit else None
    return json_response(Page(items=items, next_cursor=more))


@router.post("/people", status_code=201, response_model=InvitedPerson)
def invite_person(creating: CreateDependency, form: Invitation) -> Response:
    """Invite a person. The set-up link works for three days. It is sent by email or returned to you."""
    me = creating.me

    def create(session: Session) -> CreatedResource:
        joined = [teams.get(session, team).id for team in form.teams]
        role = roles.get(session, form.role)
        row = accounts.invite(session, me, email=form.email, name=form.name, role=role, teams=joined)
        person, link = _load_person(session, me, row.id), _create_link(session, me, row)
        return CreatedResource(
            f"/people/{row.id}",
            InvitedPerson(person=person, link=link, mailed=link is None),
            kept=InvitedPerson(person=person, link=None, mailed=link is None),
        )

    return creating.once(form, create)


@router.get("/people/{id}", response_model=Person)
def get_person(me: Me, id: PathNumber) -> Response:
    """Get a person you may see."""
    with see() as session:
        return json_response(_load_person(session, me, id))


@router.patch("/people/{id}", response_model=Person)
def update_person(me: Me, id: PathNumber, form: PersonChange) -> Response:
    """Change a person. All changes are made or none."""
    given = form.model_fields_set
    with act() as session:
        person = accounts.get(session, me, id)
        person.must_be(form.version)
        if "name" in given:
            accounts.rename(session, me, person, name=form.name)
        if "email" in given:
            account_emails.change_email(session, me, person, email=form.email)
        if "teams" in given:
            _set_teams(session, me, person, set(form.teams))
        if "role" in given:
            accounts.change_role(session, me, person, role=roles.get(session, form.role))
        if "active" in given:
            (accounts.enable if form.active else accounts.disable)(session, me, person)
        return json_response(_load_person(session, me, id))


@router.post(
    "/people/{id}/disable", response_model=Person, responses={200: {"model": DisablePreview | Person}}
)
def disable_person(me: Me, id: PathNumber, dry_run: DryRun = False) -> Response:
    """Disable a person, or preview the effects. `PATCH` with `"active": true` enables them again."""
    if dry_run:
        with see() as session:
            found = disable_preview.preview(session, me, accounts.get(session, me, id))
        return json_response(DisablePreview.model_validate(asdict(found)))
    with act() as session:
        accounts.disable(session, me, accounts.get(session, me, id))
        return json_response(_load_person(session, me, id))


def _set_teams(session: Session, me: Actor, person: Row, wanted: set[int]) -> None:
    now = {team.id for team in _load_person(session, me, person.id).teams}
    for team in sorted(wanted - now):
        teams.add_member(session, me, teams.get(session, team), person)
    for team in sorted(now - wanted):
        teams.remove_member(session, me, teams.get(session, team), person)


@router.post("/people/{id}/password-link", status_code=201, response_model=PasswordLink)
def create_password_link(me: Me, id: PathNumber) -> Response:
    """Create a link to set a new password, sent by email or returned to you. An earlier link stops working."""
    with act() as session:
        link = _create_link(session, me, accounts.get(session, me, id))
    return json_response(
        PasswordLink(link=link, mailed=link is None), 201, {"Location": f"{BASE_PATH}/people/{id}"}
    )
