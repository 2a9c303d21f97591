"""The mail server: yagmail keeps the connection, and nothing else of it is used."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from typing import Any

import yagmail

from lib import settings

PATIENCE = 10
"""Seconds that the server has for each answer."""
_PERMANENT = 500


class Unreachable(Exception):
    """The server can't be worked with at all; the message says why in words."""


class Refused(Exception):
    """The server did not take this one mail; `permanent` when it never will."""

    def __init__(self, words: str, *, permanent: bool) -> None:
        super().__init__(words)
        self.permanent = permanent


@contextmanager
def opened() -> Iterator["Box"]:
    """Connect and sign in. Raises Unreachable."""
    box = _box()
    try:
        box.login()
    except smtplib.SMTPAuthenticationError as error:
        raise Unreachable(f"The mail server refused the account ({error.smtp_code}).") from error
    except ssl.SSLCertVerificationError as error:
        raise Unreachable("The mail server's certificate is not valid for its name.") from error
    except (OSError, smtplib.SMTPException) as error:
        raise Unreachable(f"The mail server can't be reached ({type(error).__name__}).") from error
    try:
        yield Box(box)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            box.close()


class Box:
    """An open connection."""

    def __init__(self, box: yagmail.Client) -> None:
        self._box = box

    def send(self, mail: EmailMessage) -> None:
        """Hand one mail over. Raises Refused for the mail, Unreachable when the connection is gone."""
        try:
            self._box.smtp.send_message(mail, from_addr=settings.current().smtp_from)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise _refused(code, words, "the address") from error
        except smtplib.SMTPSenderRefused as error:
            raise _refused(error.smtp_code, error.smtp_error, "the sender") from error
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code, error.smtp_error, "the mail") from error
        except (OSError, smtplib.SMTPException) as error:
            words = f"The connection broke while this mail was sent ({type(error).__name__})."
            raise Refused(words, permanent=False) from error

    @property
    def broken(self) -> bool:
        """Whether the connection is gone."""
        return self._box.smtp.sock is None


def _refused(code: int, words: bytes | str, what: str) -> Refused:
    told = words.decode(errors="replace") if isinstance(words, bytes) else words
    told = " ".join(told.split())[:160]
    return Refused(f"The mail server refused {what}: {code} {told}", permanent=code >= _PERMANENT)


def _box() -> yagmail.Client:
    now = settings.current()
    secret = now.smtp_password.get_secret_value() if now.smtp_password else ""
    context = ssl.create_default_context()
    tls: dict[str, Any] = {"context": context} if now.smtp_tls == "tls" else {}
    return yagmail.Client(
        user=now.smtp_user or now.smtp_from, password=secret, host=now.smtp_host or "", port=now.smtp_port,
        smtp_ssl=now.smtp_tls == "tls", smtp_starttls={"context": context} if now.smtp_tls == "starttls" else False,
        smtp_skip_login=not now.smtp_user, soft_email_validation=False, timeout=PATIENCE, **tls,
    )  # fmt: skip
