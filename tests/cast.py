"""A small named company: who works in it, and how they come to have tickets; Docket's own functions create it."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from sqlmodel import Session, col, select

from db.models import Person, Role, Team
from db.vocabulary import Permission, Source
from lib.access import gate, roles
from lib.access.gate import Actor
from lib.conversation import comments
from lib.core import folding
from lib.identity import passwords, sessions
from lib.people import accounts, teams
from lib.tickets import tickets
from lib.transactions import act, see

PASSWORD = "correct horse battery staple 9"
FOUNDER = gate.system_actor("tests", Permission.USER_MANAGE, Permission.TEAM_MANAGE, Permission.SYSTEM_MANAGE)


@dataclass(frozen=True)
class Company:
    """Ada keeps order; Mona leads the service desk with Rita and Arun; Bela is in Facilities; others ask."""

    ada: Actor
    mona: Actor
    rita: Actor
    arun: Actor
    bela: Actor
    sam: Actor
    bob: Actor
    kim: Actor
    service_desk: int
    facilities: int


def create_company() -> Company:
    """Hire everybody into an empty desk; nobody has a password yet (see `set_password`)."""
    with act() as session:
        first = teams.get_default_id(session)
        second = teams.create(session, FOUNDER, name="Facilities").id
        return Company(
            ada=hire(session, "Ada Okafor", "administrator"),
            mona=hire(session, "Mona Lind", "manager", first),
            rita=hire(session, "Rita Sosa", "agent", first),
            arun=hire(session, "Arun Das", "agent", first),
            bela=hire(session, "Bela Kun", "agent", second),
            sam=hire(session, "Sam Reed", "requester"),
            bob=hire(session, "Bob Muir", "requester"),
            kim=hire(session, "Kim Ito", "requester"),
            service_desk=first,
            facilities=second,
        )


def hire(session: Session, name: str, role: str, *team_ids: int) -> Actor:
    """Invite one person, `first.last@example.org`, and return them as an actor."""
    email = f"{folding.fold(name).replace(' ', '.')}@example.org"
    person = accounts.invite(
        session, FOUNDER, email=email, name=name, role=roles.get(session, role), teams=team_ids
    )
    session.flush()
    return sessions.build_actor(session, person, role, channel=Source.API)


def reload_actor(actor: Actor, *, channel: Source = Source.API) -> Actor:
    """Return the same person as they are now: today's role and teams."""
    with see() as session:
        found = select(Person, Role.name).join(Role, col(Role.id) == Person.role_id)
        person, role = session.exec(found.where(Person.id == actor.id)).one()
        return sessions.build_actor(session, person, role, channel=channel)


def get_person(session: Session, actor: Actor) -> Person:
    """Return the account behind an actor."""
    return session.get_one(Person, actor.id)


def get_team(session: Session, team_id: int) -> Team:
    """Return a team's row."""
    return session.get_one(Team, team_id)


@cache
def _get_password_hash() -> str:
    return passwords.hash_password(PASSWORD)


def set_password(*actors: Actor) -> None:
    """Let people sign in with PASSWORD; hashed once, because hashing is slow on purpose."""
    with act() as session:
        for actor in actors:
            get_person(session, actor).password_hash = _get_password_hash()


def sign_in(actor: Actor) -> str:
    """Open a browser session and return the secret of its cookie."""
    with act() as session:
        return sessions.start(
            session, get_person(session, actor), browser="Firefox on Linux", address="127.0.0.1"
        )


def create_ticket(
    actor: Actor, title: str = "The printer on floor three is broken", *, tags: Collection[str] = (), **more
) -> int:
    """Open a ticket, with `tags` as if staff had given them at once, and return its number."""
    with act() as session:
        ticket = tickets.create(session, actor, title=title, **more)
        if tags:
            tickets._replace_tags(session, ticket, tags)
        return ticket.id


def add_comment(actor: Actor, number: int, body: str, *, internal: bool = False) -> int:
    """Reply on a ticket, or write an internal note, and return the comment's id."""
    with act() as session:
        ticket = tickets.find(session, actor, number, to_change=True)
        return comments.add(session, actor, ticket, body=body, internal=internal).id


def add_cc(actor: Actor, number: int, whom: Actor) -> None:
    """Let staff put somebody in copy."""
    with act() as session:
        ticket = tickets.find(session, actor, number, to_change=True)
        tickets.add_cc(session, actor, ticket, get_person(session, whom))
