"""Account emails: invitations, password links and address changes. Their secrets are not stored in any table."""

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
    """Return whether password links are sent by email."""
    return NotificationChannel.MAIL in channels.list_configured()


def send_password_link(session: Session, actor: Actor, person: Person, *, invitation: bool = False) -> None:
    """Email a link to set a password. Raises NotPermitted, like `accounts.create_password_secret`."""
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
    """Change a person's email address as `accounts.change_email` does, and notify the old address.

    If email is set up and the person has no password yet, they get a new invitation at the new address instead.
    """
    if not accounts.change_email(session, actor, person, email=email) or not is_enabled():
        return
    if person.password_hash is None:
        send_password_link(session, actor, person, invitation=True)
    else:
        outbox.enqueue(session, NotificationChannel.MAIL, MessageKind.ADDRESS, person.id)


def send_forgotten_password_link(session: Session, email: str, *, address: str) -> None:
    """Email a link to set a new password. Unknown or disabled accounts get nothing, and no answer reveals that.

    The caller limits attempts.
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
