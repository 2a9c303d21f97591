"""API tokens: shown once, stored as a hash with a recognizable prefix, and limited to their owner's permissions."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, update
from sqlmodel import Session, col, select

from db.models import ApiToken, Person, Role
from db.vocabulary import Action, Permission, Scope, Source
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.core import clock, text
from lib.core.errors import Invalid
from lib.identity import sessions
from lib.identity.one_time_tokens import digest

SCOPES = ("read", "write", "admin")
MAX_DAYS = 3650
"""The longest lifetime in days of a token that expires."""
PREFIX = "dkt_"
"""The prefix of all tokens, by which secret scanners recognize one that leaked."""


_ACTIVE_TOKEN = (
    select(ApiToken, Person, Role.name)
    .join(Person, col(Person.id) == ApiToken.person_id)
    .join(Role, col(Role.id) == Person.role_id)
    .where(
        col(ApiToken.secret_hash) == bindparam("hash"),
        col(ApiToken.revoked_at).is_(None),
        or_(col(ApiToken.expires_at).is_(None), col(ApiToken.expires_at) > bindparam("now")),
        col(Person.active),
    )
)
"""Built once, because every request executes it."""


@dataclass(frozen=True)
class TokenCard:
    """A token as its owner sees it later, without the secret."""

    id: int
    name: str
    prefix: str
    scope: str
    created_at: datetime
    used_at: datetime | None
    expires_at: datetime | None


def create(
    session: Session,
    actor: Actor,
    *,
    name: str,
    scope: str,
    days: int | None = None,
    owner: Person | None = None,
) -> tuple[ApiToken, str]:
    """Create a token, for the actor unless `owner` is given. Return it with its secret, which is shown only now.

    Raises NotPermitted, also for an actor with a token whose scope is not admin, which could otherwise extend its own
    rights; and Invalid for an unknown scope.
    """
    if owner is None:
        gate.require(actor, Permission.APIKEY_OWN)
    else:
        gate.require(actor, Permission.APIKEY_OWN, least=Scope.ALL)
    if actor.cap not in (None, "admin"):
        raise gate.not_permitted(actor, Permission.APIKEY_OWN, subject="token", subject_id=None)
    if scope not in SCOPES:
        raise Invalid(
            "A token's scope is read, write or admin.", fields={"scope": "Choose read, write or admin."}
        )
    if days is not None and not 0 < days <= MAX_DAYS:
        raise Invalid(
            f"A token lasts from one day to {MAX_DAYS}.",
            fields={"days": f"Use a number from 1 to {MAX_DAYS}."},
        )
    secret, now = PREFIX + secrets.token_urlsafe(32), clock.now()
    row = ApiToken(
        person_id=owner.id if owner else actor.person_id,
        name=text.clean_line(name, field="name", limit=80),
        prefix=secret[:10],
        secret_hash=digest(secret),
        scope=scope,
        created_at=now,
        expires_at=now + timedelta(days=days) if days else None,
    )
    session.add(row)
    session.flush()
    events.record(session, actor, Action.TOKEN_CREATED, subject=f"token:{row.id}", new=scope)
    return row, secret


def authenticate(session: Session, secret: str, *, address: str | None = None) -> tuple[Actor, int] | None:
    """Return the actor for a bearer token, limited to the token's scope, and the token's id; or None."""
    found = session.exec(_ACTIVE_TOKEN, params={"hash": digest(secret), "now": clock.now()}).first()
    if found is None:
        return None
    row, person, role = found
    full = sessions.build_actor(session, person, role, channel=Source.API, address=address)
    return full.capped(row.scope), row.id


def touch(session: Session, token_id: int) -> None:
    """Record that a token was used, at most once a minute."""
    now = clock.now()
    old = or_(col(ApiToken.used_at).is_(None), col(ApiToken.used_at) < now - sessions.TOUCH_INTERVAL)
    session.execute(update(ApiToken).where(col(ApiToken.id) == token_id, old).values(used_at=now))


def list_own(session: Session, actor: Actor) -> list[TokenCard]:
    """Return the actor's active tokens, newest first."""
    rows = session.exec(
        select(ApiToken)
        .where(ApiToken.person_id == actor.id, col(ApiToken.revoked_at).is_(None))
        .order_by(col(ApiToken.id).desc())
    ).all()
    return [TokenCard(r.id, r.name, r.prefix, r.scope, r.created_at, r.used_at, r.expires_at) for r in rows]


def revoke(session: Session, actor: Actor, token_id: int) -> None:
    """Revoke one of the actor's tokens or, with the permission, anybody's. Raises NotFound."""
    row = session.get(ApiToken, token_id)
    if row is None or not (row.person_id == actor.id or actor.may(Permission.APIKEY_OWN, least=Scope.ALL)):
        raise gate.not_found(actor, Permission.APIKEY_OWN, "token", token_id)
    if row.revoked_at is None:
        row.revoked_at = clock.now()
        events.record(session, actor, Action.TOKEN_REVOKED, subject=f"token:{row.id}")


def revoke_all(session: Session, person_id: int) -> None:
    """Revoke all tokens of a person."""
    still = update(ApiToken).where(col(ApiToken.person_id) == person_id, col(ApiToken.revoked_at).is_(None))
    session.execute(still.values(revoked_at=clock.now()))
