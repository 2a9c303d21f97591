"""Sending email over SMTP. yagmail is only used to open and hold the connection."""

import math
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any
from weakref import WeakSet

import yagmail

from lib.core import settings

TIMEOUT = 10
"""How long the server may be silent, in seconds."""
TOTAL_TIMEOUT = 30
"""The limit for a complete response in seconds, so that a server that sends slowly can't block a worker."""
_CHECK_INTERVAL = 0.25
_PERMANENT, _CLOSING = 500, 421
_open_connections: WeakSet["_TimedSmtp"] = WeakSet()


class Unreachable(Exception):
    """The server can't be used. The message says why."""


class Refused(Exception):
    """The server rejected one email; `permanent` if retrying has no chance."""

    def __init__(self, words: str, *, permanent: bool) -> None:
        super().__init__(words)
        self.permanent = permanent


@contextmanager
def connect() -> Iterator["MailConnection"]:
    """Connect to the mail server and sign in. Raises Unreachable."""
    box = _build_client()
    try:
        box.login()
    except smtplib.SMTPAuthenticationError as error:
        raise Unreachable(f"The mail server rejected the account ({error.smtp_code}).") from error
    except ssl.SSLCertVerificationError as error:
        raise Unreachable("The mail server's certificate is not valid for its name.") from error
    except Exception as error:  # an invalid host name raises neither OSError nor SMTPException
        raise Unreachable(f"The mail server can't be reached ({type(error).__name__}).") from error
    try:
        yield MailConnection(box)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            box.close()


class MailConnection:
    """An open SMTP connection."""

    def __init__(self, box: yagmail.Client) -> None:
        self._box = box

    def send(self, to: str, raw: bytes) -> None:
        """Send one email to one address, byte for byte.

        Raises Refused for the email, and Unreachable when the server closes the connection.
        """
        try:
            self._box.smtp.sendmail(settings.current().smtp_from or "", [to], raw)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise _to_error(code, words, "the address") from error
        except smtplib.SMTPSenderRefused as error:
            raise _to_error(error.smtp_code, error.smtp_error, "the sender") from error
        except smtplib.SMTPResponseException as error:
            raise _to_error(error.smtp_code, error.smtp_error, "the email") from error
        except (OSError, smtplib.SMTPException) as error:
            words = f"The connection broke while this email was sent ({type(error).__name__})."
            raise Refused(words, permanent=False) from error
        except Exception:
            with suppress(OSError, smtplib.SMTPException):
                self._box.smtp.rset()  # or the server would wait for the rest of this email
            raise

    @property
    def broken(self) -> bool:
        """Whether the connection was lost."""
        return self._box.smtp.sock is None


def _to_error(code: int, words: bytes | str, what: str) -> Refused | Unreachable:
    told = words.decode(errors="replace") if isinstance(words, bytes) else words
    told = " ".join(told.split())[:160]
    if code == _CLOSING:
        return Unreachable(f"The mail server is not accepting email: {code} {told}")
    return Refused(f"The mail server refused {what}: {code} {told}", permanent=code >= _PERMANENT)


def hang_up() -> None:
    """Close all of this process's connections to the mail server, because the process is stopping."""
    for connection in list(_open_connections):
        connection.hang_up()


class _TimedSmtp(smtplib.SMTP):
    """An SMTP connection that closes when a response takes too long in total, even if the server keeps sending."""

    _until = math.inf

    def connect(self, *where: Any, **how: Any) -> tuple[int, bytes]:
        """Connect, and enforce the time limit from then on."""
        self._over = threading.Event()
        _open_connections.add(self)
        threading.Thread(target=self._look_after, name="mail-patience", daemon=True).start()
        try:
            return super().connect(*where, **how)
        except OSError:
            self._over.set()
            raise

    def getreply(self) -> tuple[int, bytes]:
        """Return the server's response."""
        self._until = time.monotonic() + TOTAL_TIMEOUT
        try:
            return super().getreply()
        finally:
            self._until = math.inf

    def close(self) -> None:
        """Close the connection."""
        self._over.set()
        super().close()

    def hang_up(self) -> None:
        """Close the connection from another thread, which ends a pending wait for a response."""
        if self.sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)

    def _look_after(self) -> None:
        while not self._over.wait(_CHECK_INTERVAL):
            if time.monotonic() > self._until and self.sock is not None:
                self.hang_up()
                return


class _TimedSmtpTls(_TimedSmtp, smtplib.SMTP_SSL):
    """The same, with TLS from the start."""


class _Client(yagmail.Client):
    @property
    def connection(self) -> Any:
        return _TimedSmtpTls if self.ssl else _TimedSmtp


@cache
def _load_ssl_context() -> ssl.SSLContext:
    """Return the trusted certificates, loaded once because loading is slow."""
    return ssl.create_default_context()


def _build_client() -> yagmail.Client:
    now = settings.current()
    secret = now.smtp_password.get_secret_value() if now.smtp_password else ""
    context = None if now.smtp_tls == "none" else _load_ssl_context()
    tls: dict[str, Any] = {"context": context} if now.smtp_tls == "tls" else {}
    return _Client(
        user=now.smtp_user or now.smtp_from, password=secret, host=now.smtp_host or "", port=now.smtp_port,
        smtp_ssl=now.smtp_tls == "tls", smtp_starttls={"context": context} if now.smtp_tls == "starttls" else False,
        smtp_skip_login=not now.smtp_user, soft_email_validation=False, timeout=TIMEOUT, **tls,
    )  # fmt: skip
