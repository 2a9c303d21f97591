"""The second factor: time-based codes (RFC 6238), each of which works once."""

import pyotp
import pyotp.utils
from sqlmodel import Session

from db.engine import lock
from db.models import Person
from db.vocabulary import Action
from lib.access.gate import Actor
from lib.audit import events
from lib.core import clock
from lib.core.errors import Invalid
from lib.identity import passwords

STEP = 30
"""Seconds in which a code is valid."""


def generate_secret() -> str:
    """Return a new secret to be shown as a QR code. It is not used before `switch_on`."""
    return pyotp.random_base32()


def provisioning_uri(actor: Actor, secret: str) -> str:
    """Return the otpauth URI that an authenticator app scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=actor.email, issuer_name="Docket")


def _accept_code(session: Session, person: Person, secret: str, code: str) -> bool:
    lock(session, f"factor:{person.id}")
    session.refresh(person, ["totp_step"])
    step = int(clock.now().timestamp()) // STEP
    totp = pyotp.TOTP(secret)
    for near in (step - 1, step, step + 1):
        fresh = person.totp_step is None or near > person.totp_step
        if fresh and pyotp.utils.strings_equal(totp.generate_otp(near), code.replace(" ", "")):
            person.totp_step = near
            return True
    return False


def verify(session: Session, person: Person, code: str) -> bool:
    """Return whether `code` is valid now and unused. This uses it up."""
    good = person.totp_secret is not None and _accept_code(session, person, person.totp_secret, code)
    session.flush()
    return good


def switch_on(session: Session, actor: Actor, *, secret: str, code: str) -> None:
    """Require a code at every sign-in from now on. Raises Invalid unless `code` proves that the app was set up."""
    person = session.get_one(Person, actor.id)
    if not _accept_code(session, person, secret, code):
        raise Invalid(
            "That code is wrong. Codes change every 30 seconds. Check the app and try again.",
            fields={"code": "Incorrect."},
        )
    person.totp_secret = secret
    events.record(session, actor, Action.SECOND_FACTOR_ON, subject=f"person:{person.id}")


def switch_off(session: Session, actor: Actor, *, password: str) -> None:
    """Stop requiring codes. Raises Invalid if the password is wrong, or too short without a second factor."""
    person = session.get_one(Person, actor.id)
    if not passwords.verify(password, against=person.password_hash):
        raise Invalid("Wrong password.", fields={"password": "Incorrect."})
    passwords.check_strength(password, second_factor=False, about=(person.name, person.email))
    person.totp_secret = person.totp_step = None
    events.record(session, actor, Action.SECOND_FACTOR_OFF, subject=f"person:{person.id}")
