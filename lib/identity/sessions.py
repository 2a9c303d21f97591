"""Sign-in sessions: rows with idle and absolute timeouts, from which each request derives the person."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, or_, update
from sqlmodel import Session, col, select

from db.models import Membership, Person, Role, SignIn
from db.vocabulary import Action, Permission, Source
from lib.access import gate, roles
from lib.access.gate import Actor
from lib.audit import events
from lib.core import clock, settings
from lib.desk_settings import desk_settings
from lib.desk_settings.setting_catalog import TIME_ZONE
from lib.identity.one_time_tokens import digest

TOUCH_INTERVAL = timedelta(minutes=1)
"""How old `seen_at` may get before it is updated, so that not every click causes a write."""


_SIGNED_IN = (
    select(SignIn, Person, Role.name)
    .join(Person, col(Person.id) == SignIn.person_id)
    .join(Role, col(Role.id) == Person.role_id)
    .where(
        col(SignIn.secret_hash) == bindparam("hash"),
        col(SignIn.revoked_at).is_(None),
        col(SignIn.expires_at) > bindparam("now"),
        col(SignIn.seen_at) > bindparam("seen"),
        col(Person.active),
    )
)
_TEAMS = select(Membership.person_id, Membership.team_id).where(
    col(Membership.person_id).in_(bindparam("people", expanding=True))
)
"""Both are built once, because every run and request executes them."""


@dataclass(frozen=True)
class SessionCard:
    """A signed-in browser as its owner sees it."""

    id: int
    browser: str
    address: str
    created_at: datetime
    seen_at: datetime
    here: bool


def start(session: Session, person: Person, *, browser: str, address: str) -> str:
    """Sign a person in and return the secret for their cookie: 256 random bits, stored only as a hash."""
    secret, now = secrets.token_urlsafe(32), clock.now()
    person.email_unproven = False
    row = SignIn(
        secret_hash=digest(secret),
        person_id=person.id,
        created_at=now,
        seen_at=now,
        expires_at=now + timedelta(hours=settings.current().session_hours),
        browser=browser[:200],
        address=address[:64],
    )
    session.add(row)
    session.flush()
    by = Actor(id=person.id, name=person.name, role="", scopes={}, address=address[:64])
    events.record(session, by, Action.SIGNED_IN, subject=f"session:{row.id}")
    return secret


def authenticate(
    session: Session, secret: str | None, *, channel: Source, address: str | None = None
) -> Actor | None:
    """Return the actor for a cookie, with the current role and teams, or None."""
    if not secret:
        return None
    now = clock.now()
    idle = timedelta(minutes=settings.current().session_idle_minutes)
    given = {"hash": digest(secret), "now": now, "seen": now - idle}
    found = session.exec(_SIGNED_IN, params=given).first()
    if found is None:
        return None
    row, person, role = found
    return build_actor(session, person, role, channel=channel, address=address, sign_in_id=row.id)


def build_actor(
    session: Session,
    person: Person,
    role: str,
    *,
    channel: Source,
    address: str | None = None,
    sign_in_id: int | None = None,
) -> Actor:
    """Return a person as an actor, with the current permissions of their role and teams."""
    id = person.id
    found = build_actors(session, {id: (person, role)}, channel=channel)[id]
    return replace(found, address=address, sign_in_id=sign_in_id)


def build_actors(
    session: Session, people: Mapping[int, tuple[Person, str]], *, channel: Source
) -> dict[int, Actor]:
    """Return actors as `build_actor` does, by person id, for several people with their roles' names, in few queries."""
    teams: dict[int, list[int]] = {id: [] for id in people}
    for id, team in session.exec(_TEAMS, params={"people": list(people)}).all():
        teams[id].append(team)
    scopes = {
        role: roles.get_scopes(session, role) for role in {person.role_id for person, _ in people.values()}
    }
    desk_zone = desk_settings.get(session, TIME_ZONE).key
    return {
        id: Actor(
            id=person.id,
            name=person.name,
            email=person.email,
            role=role,
            role_id=person.role_id,
            scopes=scopes[person.role_id],
            teams=frozenset(teams[id]),
            channel=channel,
            timezone=person.timezone,
            desk_timezone=desk_zone,
        )
        for id, (person, role) in people.items()
    }


def list_active(session: Session, hashes: Collection[str]) -> set[str]:
    """Return those of the cookies, given as hashes, that are still valid, in one query."""
    now = clock.now()
    idle = timedelta(minutes=settings.current().session_idle_minutes)
    found = session.exec(
        select(SignIn.secret_hash)
        .join(Person, col(Person.id) == SignIn.person_id)
        .where(
            col(SignIn.secret_hash).in_(hashes),
            col(SignIn.revoked_at).is_(None),
            SignIn.expires_at > now,
            SignIn.seen_at > now - idle,
            col(Person.active),
        )
    ).all()
    return set(found)


def has_ended(session: Session, secret: str | None, *, person_id: int) -> bool:
    """Return whether a cookie was this person's: their session ended, and nobody else resumed it."""
    if not secret:
        return False
    was = select(SignIn.id).where(SignIn.secret_hash == digest(secret), SignIn.person_id == person_id)
    return session.exec(was).first() is not None


def find_person_id(session: Session, secret_hash: str) -> int | None:
    """Return the person of a valid cookie, given as its hash."""
    lasting = select(SignIn.person_id).where(
        SignIn.secret_hash == secret_hash, col(SignIn.revoked_at).is_(None), SignIn.expires_at > clock.now()
    )
    return session.exec(lasting).first()


_SEEN = select(SignIn.seen_at).where(SignIn.id == bindparam("id"))
"""Built once, because every page executes it."""


def is_touch_due(session: Session, actor: Actor) -> bool:
    """Return whether `touch` should be called."""
    seen = session.exec(_SEEN, params={"id": actor.sign_in_id}).first()
    return seen is not None and seen < clock.now() - TOUCH_INTERVAL


def touch(session: Session, actor: Actor) -> None:
    """Record that the browser was used, so that its session does not time out."""
    session.execute(update(SignIn).where(col(SignIn.id) == actor.sign_in_id).values(seen_at=clock.now()))


def list_own(session: Session, actor: Actor) -> list[SessionCard]:
    """Return the actor's signed-in browsers, last used first."""
    rows = session.exec(
        select(SignIn)
        .where(
            SignIn.person_id == actor.id, col(SignIn.revoked_at).is_(None), SignIn.expires_at > clock.now()
        )
        .order_by(col(SignIn.seen_at).desc())
    ).all()
    return [
        SessionCard(r.id, r.browser, r.address, r.created_at, r.seen_at, r.id == actor.sign_in_id)
        for r in rows
    ]


def end(session: Session, secret: str | None) -> None:
    """Sign out the browser with a cookie. Does nothing if the cookie is unknown or its session has ended."""
    if not secret:
        return
    row = session.exec(
        select(SignIn).where(SignIn.secret_hash == digest(secret), col(SignIn.revoked_at).is_(None))
    ).first()
    if row is not None:
        row.revoked_at = clock.now()
        by = Actor(id=row.person_id, name="", role="", scopes={})
        events.record(session, by, Action.SIGNED_OUT, subject=f"session:{row.id}")


def revoke(session: Session, actor: Actor, sign_in_id: int) -> None:
    """End one of the actor's sessions or, with the permission, anybody's. Raises NotFound."""
    row = session.get(SignIn, sign_in_id)
    if row is None or not (
        row.person_id == actor.id or actor.may(Permission.USER_MANAGE, least=gate.Scope.ALL)
    ):
        raise gate.not_found(actor, Permission.USER_MANAGE, "session", sign_in_id)
    if row.revoked_at is None:
        row.revoked_at = clock.now()
        events.record(session, actor, Action.SESSION_REVOKED, subject=f"session:{row.id}")


def end_all(session: Session, person_id: int, *, but: int | None = None) -> None:
    """End all sessions of a person except the one with the id `but`."""
    ended = update(SignIn).where(col(SignIn.person_id) == person_id, col(SignIn.revoked_at).is_(None))
    if but is not None:
        ended = ended.where(col(SignIn.id) != but)
    session.execute(ended.values(revoked_at=clock.now()))


def forget_old(session: Session) -> None:
    """Delete ended sessions. The audit log keeps who signed in and when.

    Sessions are kept for a day after their end, so that an open tab can say that it was signed out.
    """
    now = clock.now() - timedelta(days=1)
    idle = timedelta(minutes=settings.current().session_idle_minutes)
    over = or_(col(SignIn.expires_at) < now, col(SignIn.seen_at) < now - idle, col(SignIn.revoked_at) < now)
    session.execute(delete(SignIn).where(over))
