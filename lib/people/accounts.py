"""People's accounts: list, invite, change and disable people."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, func, or_, true
from sqlmodel import Session, col, select

from db.engine import lock
from db.models import Comment, Membership, Person, Role, Team, Ticket
from db.vocabulary import Action, Permission, Purpose, Scope, Source
from lib.access import gate, roles
from lib.access.gate import Actor
from lib.access.roles import RoleCard
from lib.audit import events
from lib.core import clock, email_addresses, folding, settings, text
from lib.core.errors import Conflict, Invalid, NotPermitted
from lib.desk_settings import desk_settings
from lib.desk_settings.setting_catalog import TIME_ZONE
from lib.identity import api_tokens, one_time_tokens, passwords, sessions
from lib.people.teams import get as find_team

LAST_ADMINISTRATOR = (
    "Docket needs at least one active administrator. Make somebody else an administrator first."
)


@dataclass(frozen=True)
class PersonCard:
    """A person as others see them. `email` and the rest are None for people who may only know the name."""

    id: int
    name: str
    email: str | None = None
    role: str | None = None
    active: bool = True
    teams: tuple[str, ...] = ()
    invited: bool = False
    version: int | None = None


def parse_email(value: str) -> str:
    """Return an email address in its stored form. Raises Invalid naming `email`."""
    try:
        return email_addresses.parse(text.clean_line(value, field="email", limit=254))
    except ValueError as error:
        raise Invalid(f"That is not an email address. {error}", fields={"email": str(error)}) from None


def find_by_email(session: Session, email: str) -> Person | None:
    """Return the account with an address, active or not, or None. Only for signing in and commands."""
    if not text.is_storable(email):
        return None
    spellings = {email.strip().lower()}
    with suppress(ValueError):
        spellings.add(email_addresses.parse(email))
    return session.exec(select(Person).where(col(Person.email).in_(spellings))).first()


def count_administrators(session: Session) -> int:
    """Return the number of active people who may manage everything."""
    manage = gate.select_roles_granting(Permission.SYSTEM_MANAGE, Scope.ALL)
    return session.exec(
        select(func.count()).select_from(Person).where(col(Person.active), col(Person.role_id).in_(manage))
    ).one()


def visible_people_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the SQL condition on `person` for the people whose names the actor may know.

    Staff know everybody. Others know themselves and the staff who wrote to them or work on their tickets.
    """
    if actor.id is None or actor.staff or actor.may(Permission.USER_MANAGE):
        return true()
    mine = select(Ticket.id).where(gate.visible_condition(actor))
    wrote = select(Comment.author_id).where(col(Comment.ticket_id).in_(mine), ~col(Comment.internal))
    works = select(Ticket.assignee_id).where(
        gate.visible_condition(actor), col(Ticket.assignee_id).is_not(None)
    )
    return or_(col(Person.id) == actor.id, col(Person.id).in_(wrote), col(Person.id).in_(works))


def list_visible(
    session: Session,
    actor: Actor,
    *,
    search: str = "",
    after: int = 0,
    limit: int = 50,
    active: bool | None = True,
) -> list[PersonCard]:
    """Return the people that the actor may know whose name or address contains `search`, by id, after `after`."""
    found = (
        select(Person, Role.name)
        .join(Role, col(Role.id) == Person.role_id)
        .where(visible_people_condition(actor))
    )
    if search:
        found = found.where(
            search_condition(actor, text.clean_line(search, field="search", limit=254, required=False))
        )
    if active is not None:
        found = found.where(col(Person.active) == active)
    found = found.where(col(Person.id) > after).order_by(col(Person.id)).limit(limit)
    rows = session.exec(gate.unscoped(found, "only people the actor may know")).all()
    teams = _get_team_names(session, [p.id for p, _ in rows])
    return [_to_card(actor, p, role, teams.get(p.id, ())) for p, role in rows]


def search_condition(actor: Actor, search: str) -> ColumnElement[bool]:
    """Return the SQL condition that the name contains each word of `search` or, for staff, the address contains it."""
    words = folding.fold_name(search).split()
    names = (
        and_(*(col(Person.folded).contains(word, autoescape=True) for word in words)) if words else false()
    )
    if not actor.staff:
        return names
    return or_(names, col(Person.email).contains(search.lower(), autoescape=True))


def get_names(session: Session, actor: Actor, ids: Iterable[int]) -> dict[int, str]:
    """Return the names of the given people that the actor may know, by id."""
    found = select(Person.id, Person.name).where(
        col(Person.id).in_(list(ids)), visible_people_condition(actor)
    )
    return {
        id: name for id, name in session.exec(gate.unscoped(found, "only people the actor may know")).all()
    }


def get_card(session: Session, actor: Actor, person_id: int) -> PersonCard:
    """Return a person as the actor may see them. Raises NotFound."""
    found = select(Person, Role.name).join(Role, col(Role.id) == Person.role_id)
    row = session.exec(
        gate.unscoped(
            found.where(Person.id == person_id, visible_people_condition(actor)),
            "only people the actor may know",
        )
    ).first()
    if row is None:
        raise gate.not_found(actor, Permission.USER_MANAGE, "person", person_id)
    return _to_card(actor, row[0], row[1], _get_team_names(session, [person_id]).get(person_id, ()))


def _to_card(actor: Actor, person: Person, role: str, teams: tuple[str, ...]) -> PersonCard:
    if not (actor.staff or actor.may(Permission.USER_MANAGE) or actor.id in (None, person.id)):
        return PersonCard(person.id, person.name)
    invited = person.password_hash is None
    return PersonCard(
        person.id, person.name, person.email, role, person.active, teams, invited, person.version
    )


def _get_team_names(session: Session, people: Iterable[int]) -> dict[int, tuple[str, ...]]:
    rows = session.exec(
        select(Membership.person_id, Team.name)
        .join(Team, col(Team.id) == Membership.team_id)
        .where(col(Membership.person_id).in_(list(people)))
        .order_by(Team.name)
    ).all()
    found: dict[int, tuple[str, ...]] = {}
    for person, team in rows:
        found[person] = (*found.get(person, ()), team)
    return found


def create_first_administrator(
    session: Session, *, email: str, name: str, password: str, time_zone: str = TIME_ZONE.default
) -> Person:
    """Create the first administrator and set the default time zone. Raises Conflict if there already is one."""
    lock(session, "set-up")
    if count_administrators(session):
        raise Conflict("Docket is already set up. Sign in.")
    role = roles.get(session, "administrator")
    person = _create(session, email=email, name=name, role=role)
    passwords.check_strength(password, second_factor=False, about=(person.name, person.email))
    person.password_hash = passwords.hash_password(password)
    team = session.exec(select(Team.id).where(col(Team.is_default))).one()
    session.add(Membership(person_id=person.id, team_id=team))
    events.record(
        session,
        gate.system_actor("set-up"),
        Action.PERSON_CREATED,
        subject=f"person:{person.id}",
        new=role.name,
    )
    first = sessions.build_actor(session, person, role.name, channel=Source.PAGE)
    now = desk_settings.get_card(session, first, TIME_ZONE.name)
    desk_settings.update(session, first, TIME_ZONE.name, time_zone, seen=now.version)
    return person


def invite(
    session: Session, actor: Actor, *, email: str, name: str, role: RoleCard, teams: Iterable[int] = ()
) -> Person:
    """Create an account without a password. Send the person a link from `create_password_secret` to set one.

    Raises NotPermitted (the actor may not invite, or not with this role or team) and Invalid (address in use).
    """
    gate.require(actor, Permission.USER_MANAGE, least=Scope.TEAM)
    _require_grant(actor, role)
    chosen = set(teams)
    if not actor.may(Permission.TEAM_MANAGE, least=Scope.ALL) and chosen - actor.teams:
        raise gate.not_permitted(
            actor, Permission.TEAM_MANAGE, subject="team", subject_id=min(chosen - actor.teams)
        )
    for team in sorted(chosen):
        find_team(session, team)
    person = _create(session, email=email, name=name, role=role)
    person.invited_by_id = actor.id
    session.add_all(Membership(person_id=person.id, team_id=team) for team in chosen)
    session.flush()
    events.record(session, actor, Action.PERSON_CREATED, subject=f"person:{person.id}", new=role.name)
    return person


def _create(session: Session, *, email: str, name: str, role: RoleCard) -> Person:
    email, name = parse_email(email), text.clean_line(name, field="name", limit=120)
    _must_be_free(session, email)
    person = Person(email=email, name=name, role_id=role.id, created_at=clock.now())
    session.add(person)
    session.flush()
    return person


def _must_be_free(session: Session, email: str) -> None:
    lock(session, f"address:{email}")
    if find_by_email(session, email):
        raise Invalid("A user with this email address already exists.", fields={"email": "Already in use."})


def create_password_secret(
    session: Session, actor: Actor, person: Person, *, invitation: bool = False, secret: str | None = None
) -> str:
    """Return a one-time secret, new or given, to set a password. It is valid 30 minutes, for invitations three days.

    Anybody with the secret can sign in as the person. So if the person already has a password, this requires the
    permission to manage everybody. Raises NotPermitted.
    """
    require_manage(session, actor, person)
    if person.password_hash is not None and not actor.may(Permission.USER_MANAGE, least=Scope.ALL):
        raise gate.not_permitted(actor, Permission.USER_MANAGE, subject="person", subject_id=person.id)
    events.record(session, actor, Action.PERSON_LINK_MADE, subject=f"person:{person.id}")
    lifetime = one_time_tokens.INVITATION_LIFETIME if invitation else None
    return one_time_tokens.create(
        session, Purpose.PASSWORD, person_id=person.id, lifetime=lifetime, secret=secret
    )


def build_password_url(secret: str) -> str:
    """Return the URL where a secret of `create_password_secret` sets a password, from the configured base URL only."""
    return f"{settings.current().base_url}/set-password?token={secret}"


def set_password(session: Session, secret: str, password: str) -> Person:
    """Set the password of the person a link was made for, and end all their sessions and tokens.

    Raises Invalid when the link no longer works. It is not used up when only the password was refused.
    """
    row = one_time_tokens.peek(session, Purpose.PASSWORD, secret)
    person = session.get(Person, row.person_id) if row else None
    if person is None or not person.active:
        one_time_tokens.redeem(session, Purpose.PASSWORD, "")
        raise AssertionError("redeeming nothing always refuses")
    _store_password(person, password)
    one_time_tokens.redeem(session, Purpose.PASSWORD, secret)
    sessions.end_all(session, person.id)
    api_tokens.revoke_all(session, person.id)
    by = Actor(id=person.id, name=person.name, role="", scopes={})
    events.record(session, by, Action.PASSWORD_CHANGED, subject=f"person:{person.id}")
    return person


def change_password(session: Session, actor: Actor, *, current: str, new: str) -> None:
    """Change the actor's password. Other sessions end, this one stays. Raises Invalid."""
    person = session.get_one(Person, actor.id)
    if not passwords.verify(current, against=person.password_hash):
        raise Invalid("Your current password is wrong.", fields={"current": "Incorrect."})
    _store_password(person, new)
    sessions.end_all(session, person.id, but=actor.sign_in_id)
    events.record(session, actor, Action.PASSWORD_CHANGED, subject=f"person:{person.id}")


def rehash_password(session: Session, person: Person, password: str) -> None:
    """Update the hash of a password that was just verified, if the hash was made with an older cost."""
    if person.password_hash and passwords.needs_rehash(person.password_hash):
        session.get_one(Person, person.id).password_hash = passwords.hash_password(password)


def _store_password(person: Person, password: str) -> None:
    passwords.check_strength(
        password, second_factor=person.totp_secret is not None, about=(person.name, person.email)
    )
    person.password_hash = passwords.hash_password(password)


def get(session: Session, actor: Actor, person_id: int) -> Person:
    """Return an account to be changed. Raises NotFound when the actor may not know the person."""
    get_card(session, actor, person_id)
    return session.get_one(Person, person_id)


def rename(session: Session, actor: Actor, person: Person, *, name: str) -> None:
    """Rename a person: the actor, or somebody the actor manages."""
    if person.id != actor.id:
        require_manage(session, actor, person)
    was, person.name = person.name, text.clean_line(name, field="name", limit=120)
    if person.name != was:
        _record_change(session, actor, person, field="name", old=was, new=person.name)


def change_email(session: Session, actor: Actor, person: Person, *, email: str) -> bool:
    """Change a person's email address and end all their sessions, tokens and links. Return whether it changed.

    Unless the actor manages everybody, a person who has a password must sign in once before a password link can be
    sent to the new address. Otherwise the actor could take over the account. Raises NotPermitted, Invalid.
    """
    require_manage(session, actor, person)
    email = parse_email(email)
    if email == person.email:
        return False
    _must_be_free(session, email)
    was, person.email = person.email, email
    person.email_unproven = person.password_hash is not None and not actor.may(
        Permission.USER_MANAGE, least=Scope.ALL
    )
    _revoke_access(session, person)
    _record_change(session, actor, person, field="email", old=was, new=email)
    return True


def _revoke_access(session: Session, person: Person) -> None:
    sessions.end_all(session, person.id)
    api_tokens.revoke_all(session, person.id)
    one_time_tokens.revoke_unused(session, Purpose.PASSWORD, person_id=person.id)


def change_role(session: Session, actor: Actor, person: Person, *, role: RoleCard) -> None:
    """Change a person's role: not the actor's own, and not the last administrator's."""
    require_manage(session, actor, person)
    _require_grant(actor, role)
    if person.role_id == role.id:
        return
    was = roles.get(session, person.role_id).name
    person.role_id = role.id
    session.flush()
    _require_an_administrator(session)
    _record_change(session, actor, person, field="role", old=was, new=role.name)


def disable(session: Session, actor: Actor, person: Person) -> None:
    """Disable a person's account. All their sessions, tokens and links end at once."""
    require_manage(session, actor, person)
    if not person.active:
        return
    person.active = False
    session.flush()
    _require_an_administrator(session)
    _revoke_access(session, person)
    _record_change(session, actor, person, field="active", old="yes", new="no")


def enable(session: Session, actor: Actor, person: Person) -> None:
    """Enable a disabled account again, with the password it had."""
    require_manage(session, actor, person)
    if not person.active:
        person.active = True
        _record_change(session, actor, person, field="active", old="no", new="yes")


def _record_change(session: Session, actor: Actor, person: Person, *, field: str, old: str, new: str) -> None:
    person.version += 1
    events.record(
        session, actor, Action.PERSON_CHANGED, subject=f"person:{person.id}", field=field, old=old, new=new
    )


def can_edit_skills_and_absences(session: Session, actor: Actor, person: Person) -> bool:
    """Return whether the actor may edit a person's skills and absences: their own, or a team member's."""
    if person.id == actor.id and actor.may(Permission.TICKET_CLAIM):
        return True
    if actor.may(Permission.USER_MANAGE, least=Scope.ALL):
        return True
    shared = select(Membership.team_id).where(
        Membership.person_id == person.id, col(Membership.team_id).in_(actor.teams)
    )
    return actor.may(Permission.USER_MANAGE, least=Scope.TEAM) and session.exec(shared).first() is not None


def require_skills_and_absences(actor: Actor, person: Person) -> None:
    """Raise NotFound unless the actor may see a person's skills and absences: their own, as staff, or as a manager."""
    if not (actor.staff or actor.id in (None, person.id) or actor.may(Permission.USER_MANAGE)):
        raise gate.not_found(actor, Permission.USER_MANAGE, "person", person.id)


def _require_an_administrator(session: Session) -> None:
    lock(session, "administrators")
    if not count_administrators(session):
        raise Invalid(LAST_ADMINISTRATOR)


def _require_grant(actor: Actor, role: RoleCard) -> None:
    if not roles.can_grant(actor, role):
        raise gate.not_permitted(actor, Permission.USER_MANAGE, subject="role", subject_id=role.id)


def require_manage(session: Session, actor: Actor, person: Person) -> None:
    """Raise NotPermitted unless the actor may change an account; see `list_manageable`."""
    gate.require(actor, Permission.USER_MANAGE, least=Scope.TEAM)
    if person.id == actor.id:
        raise NotPermitted(
            "You can't do this to your own account.",
            permission=Permission.USER_MANAGE.value,
            denial=gate.build_denial(actor, Permission.USER_MANAGE, "person", person.id),
        )
    if person.id not in list_manageable(session, actor, [person.id]):
        raise gate.not_permitted(actor, Permission.USER_MANAGE, subject="person", subject_id=person.id)


def list_manageable(session: Session, actor: Actor, ids: Iterable[int]) -> set[int]:
    """Return which accounts the actor may change: all, or those with a lower role and only teams of the actor.

    People in no team are managed by the person who invited them and, until they set a password, by all managers.
    """
    asked = set(ids) - {actor.id}
    if not asked or not actor.may(Permission.USER_MANAGE, least=Scope.TEAM):
        return set()
    if actor.may(Permission.USER_MANAGE, least=Scope.ALL):
        return asked
    belongs: dict[int, set[int]] = {}
    for id, team in session.exec(
        select(Membership.person_id, Membership.team_id).where(col(Membership.person_id).in_(asked))
    ).all():
        belongs.setdefault(id, set()).add(team)
    below = {role.id for role in roles.list_all(session) if roles.can_grant(actor, role)}
    found = set()
    for person in session.exec(select(Person).where(col(Person.id).in_(asked))).all():
        id = person.id
        alone = person.password_hash is None or person.invited_by_id == actor.id
        theirs = belongs[id] <= actor.teams if id in belongs else alone
        if theirs and person.role_id in below:
            found.add(id)
    return found
