"""An account's mail: the invitation, and the way to a new password; the secret in it is in no table."""

from sqlmodel import Session

from db.models import Person
from db.vocabulary import Action, MessageKind, NotificationChannel, Permission, Purpose, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.identity import one_time_tokens
from lib.notifications import channels, content
from lib.notifications.delivery import outbox
from lib.people import accounts


def is_enabled() -> bool:
    """Tell whether links to set a password go by mail."""
    return NotificationChannel.MAIL in channels.list_configured()


def send_password_link(session: Session, actor: Actor, person: Person, *, invitation: bool = False) -> None:
    """Mail a link to set a password with. Raises NotPermitted, as `accounts.create_password_secret` does."""
    gate.require(actor, Permission.USER_MANAGE, least=Scope.TEAM)
    message = outbox.enqueue(
        session,
        NotificationChannel.MAIL,
        MessageKind.INVITATION if invitation else MessageKind.PASSWORD,
        person.id,
    )
    accounts.create_password_secret(
        session, actor, person, invitation=invitation, secret=content.derive_secret(message)
    )


def change_email(session: Session, actor: Actor, person: Person, *, email: str) -> None:
    """Correct somebody's address as `accounts.change_email` does, and mail a word of it to the old one.

    Who was only invited gets a new invitation at the right address instead, where that is mailed.
    """
    if not accounts.change_email(session, actor, person, email=email) or not is_enabled():
        return
    if person.password_hash is None:
        send_password_link(session, actor, person, invitation=True)
    else:
        outbox.enqueue(session, NotificationChannel.MAIL, MessageKind.ADDRESS, person.id)


def send_forgotten_password_link(session: Session, email: str, *, address: str) -> None:
    """Mail a link to whoever forgot their password; an unknown or disabled account gets nothing, and no answer says so.

    The caller counts tries.
    """
    person = accounts.find_by_email(session, email)
    if person is None or not person.active or person.email_unproven or not is_enabled():
        return
    message = outbox.enqueue(session, NotificationChannel.MAIL, MessageKind.PASSWORD, person.id)
    one_time_tokens.create(
        session, Purpose.PASSWORD, person_id=person.id, secret=content.derive_secret(message)
    )
    by = Actor(id=None, name="", role="", scopes={}, address=address)
    events.record(session, by, Action.PERSON_LINK_MADE, subject=f"person:{person.id}")
