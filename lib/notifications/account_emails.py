"""An account's mail: the invitation, and the way to a new password; the secret in it is in no table."""

from sqlmodel import Session

from db.models import Person
from db.vocabulary import Action, MessageKind, NotificationChannel, Permission, Purpose, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.identity import one_time_tokens
from lib.notifications import content
from lib.notifications.delivery import channels, outbox
from lib.people import accounts


def mailed() -> bool:
    """Tell whether links to set a password go by mail."""
    return NotificationChannel.MAIL in channels.on()


def send(session: Session, actor: Actor, person: Person, *, invitation: bool = False) -> None:
    """Mail a link with which the person sets a password. Raises NotPermitted, as `accounts.link` does."""
    gate.require(actor, Permission.USER_MANAGE, least=Scope.TEAM)
    message = outbox.owe(
        session,
        NotificationChannel.MAIL,
        MessageKind.INVITATION if invitation else MessageKind.PASSWORD,
        person.id,
    )
    accounts.link(session, actor, person, invitation=invitation, secret=content.secret(message))


def readdress(session: Session, actor: Actor, person: Person, *, email: str) -> None:
    """Correct somebody's address as `accounts.readdress` does, and mail a word of it to the old one.

    Who was only invited gets a new invitation at the right address instead, where that is mailed.
    """
    if not accounts.readdress(session, actor, person, email=email) or not mailed():
        return
    if person.password_hash is None:
        send(session, actor, person, invitation=True)
    else:
        outbox.owe(session, NotificationChannel.MAIL, MessageKind.ADDRESS, person.id)


def forgotten(session: Session, email: str, *, address: str) -> None:
    """Mail a link to whoever forgot their password; an unknown or disabled account gets nothing, and no answer says so.

    The caller counts tries.
    """
    person = accounts.by_email(session, email)
    if person is None or not person.active or person.email_unproven or not mailed():
        return
    message = outbox.owe(session, NotificationChannel.MAIL, MessageKind.PASSWORD, person.id)
    one_time_tokens.make(session, Purpose.PASSWORD, person_id=person.id, secret=content.secret(message))
    by = Actor(id=None, name="", role="", scopes={}, address=address)
    events.record(session, by, Action.PERSON_LINK_MADE, subject=f"person:{person.id}")
