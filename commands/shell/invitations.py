"""How the command line lets people in."""

from sqlmodel import Session

from commands.shell import desk
from db.models import Person
from db.vocabulary import Permission, Scope
from lib import transactions
from lib.access import roles
from lib.access.gate import Actor
from lib.core.errors import Invalid
from lib.people import accounts, teams


def invite(email: str, name: str | None, role: str, team_names: tuple[str, ...]) -> tuple[str, str]:
    """Add a person; return a sentence about it and the secret of their link.

    Raises Invalid for a missing name, an address in use, and a role or team that is not there.
    """
    if not name:
        raise Invalid("A new person needs --name. For a new link for an existing person, use --again.")
    me = desk.build_operator(Permission.USER_MANAGE, Permission.TEAM_MANAGE)
    with transactions.act() as session:
        if accounts.find_by_email(session, email):
            raise Invalid(f"{email} already exists. For a new link, add --again.")
        chosen = roles.get(session, role)
        joins = _find_teams(session, me, team_names)
        if not team_names and chosen.scopes.get(Permission.TICKET_READ, Scope.NONE) >= Scope.TEAM:
            joins = {teams.get(session, teams.get_default_id(session)).name: teams.get_default_id(session)}
        person = accounts.invite(session, me, email=email, name=name, role=chosen, teams=joins.values())
        secret = accounts.create_password_secret(session, me, person, invitation=True)
    where = f" in {', '.join(joins)}" if joins else ""
    return f"{person.name} was added as {chosen.name}{where}. Set-up link, which works once:", secret


def _find_teams(session: Session, me: Actor, names: tuple[str, ...]) -> dict[str, int]:
    known = {card.name.casefold(): card for card in teams.list_all(session, me)}
    for name in names:
        if name.casefold() not in known:
            there = ", ".join(card.name for card in known.values())
            raise Invalid(f"There is no team “{name}”. Teams: {there}.")
    return {known[n.casefold()].name: known[n.casefold()].id for n in names}


def renew_link(email: str) -> tuple[str, str]:
    """Make a new link for somebody; return a sentence about it and the link's secret. Raises Invalid."""
    me = desk.build_operator(Permission.USER_MANAGE)
    with transactions.act() as session:
        person = get_person(session, email)
        secret = accounts.create_password_secret(session, me, person, invitation=person.password_hash is None)
    return f"Set-up link for {person.name}, which works once:", secret


def get_person(session: Session, email: str) -> Person:
    """Return the active person with an address; raises Invalid."""
    person = accounts.find_by_email(session, email)
    if person is None:
        raise Invalid(f"Nobody has the email address {email}.")
    if not person.active:
        raise Invalid(f"{person.name} is disabled. An administrator must enable the account first.")
    return person
