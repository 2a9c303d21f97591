"""Emails: several over one connection, each settled by itself, whatever another one does."""

import contextvars
import threading
import time
from collections.abc import Callable, Sequence
from typing import Self

import structlog

from db.models import Message
from db.vocabulary import NotificationChannel
from lib import transactions
from lib.core.errors import Unavailable
from lib.integrations import smtp
from lib.notifications import content
from lib.notifications.content_types import Content
from lib.notifications.delivery import outbox
from lib.notifications.email import renderer
from worker import unexpected_errors

log = structlog.get_logger(__name__)
SETTLE_SECONDS = 0.2
"""Seconds that a sent email waits at most to be settled, together with those that were sent meanwhile.

When the process is killed in these, the emails are sent once more, with the same Message-ID.
"""
MAX_PER_CONNECTION = 90
"""How many emails go over one connection, as servers don't take any number, and making one takes long."""
MAX_CONTENT_AGE = 1.0
"""Seconds for which what was read to be sent holds."""


def send(claimed: list[Message], *, more: Callable[[], list[Message]], stopped: threading.Event) -> int:
    """Send emails over one connection, and those that are due then too; return how many were claimed."""
    left, count = list(claimed), len(claimed)
    try:
        with smtp.connect() as box:
            while left:
                _send_batch(box, left, stopped)
                with transactions.act() as session:
                    outbox.mark_up(session, NotificationChannel.MAIL)
                    outbox.release(session, left)
                left = more() if count < MAX_PER_CONNECTION and not stopped.is_set() else []
                count += len(left)
    except smtp.Unreachable as error:
        log.warning("mail can't be sent", words=str(error))
        with transactions.act() as session:
            if not stopped.is_set():
                outbox.mark_down(session, NotificationChannel.MAIL, str(error))
            outbox.release(session, left)
    return count


def _send_batch(box: smtp.MailConnection, left: list[Message], stopped: threading.Event) -> None:
    """Send emails and take them off what is left; when the connection ends, those that were not tried stay there."""
    until = time.monotonic() + outbox.LEASE.total_seconds() / 2
    said = _ContentCache()
    with SentMessages() as sent:
        while left and time.monotonic() < until and not stopped.is_set():
            message = left[0]
            try:
                _send_one(box, message, said, left[1:], sent)
            except smtp.Refused as refused:
                if stopped.is_set() and box.broken:
                    raise smtp.Unreachable(str(refused)) from refused  # it was hung up on to stop
                log.warning("an email was refused", message=message.id, words=str(refused))
                with transactions.act() as session:
                    outbox.mark_failed(session, message, str(refused), permanent=refused.permanent)
                del left[0]
                if box.broken:
                    raise smtp.Unreachable(str(refused)) from refused
            except (smtp.Unreachable, Unavailable):
                raise
            except Exception as error:
                unexpected_errors.mark_failed(message, error)
                del left[0]
            else:
                del left[0]


def _send_one(
    box: smtp.MailConnection,
    message: Message,
    said: "_ContentCache",
    following: Sequence[Message],
    sent: "SentMessages",
) -> None:
    """Send one email if there is still something to say, and have it settled."""
    content = said.of(message, following)
    if content is None:
        with transactions.act() as session:
            outbox.mark_sent(session, message, empty=True)
        return
    try:
        letter = renderer.render(message, content)
    except ValueError as error:
        raise smtp.Refused(f"This email can't be written. {error}", permanent=True) from error
    box.send(letter.to, letter.raw)
    sent.add(message)


class SentMessages:
    """Emails that the server took, settled together on a thread of its own, so that a slow one doesn't hold them up."""

    def __init__(self) -> None:
        self._messages: list[Message] = []
        self._over = threading.Event()
        own = contextvars.copy_context()
        self._thread = threading.Thread(
            target=own.run, args=(self._go_on,), name="delivery-sent", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Settle what is left. Raises Unavailable."""
        self._over.set()
        self._thread.join()
        self._settle()

    def add(self, message: Message) -> None:
        """Have an email settled before long."""
        self._messages.append(message)

    def _go_on(self) -> None:
        while not self._over.wait(SETTLE_SECONDS):
            try:
                self._settle()
            except Exception:
                log.exception("sent emails could not be settled")  # and once more, at the latest in the end

    def _settle(self) -> None:
        several = self._messages[:]
        if several:
            with transactions.act() as session:
                outbox.mark_sent(session, *several)
            del self._messages[: len(several)]


class _ContentCache:
    """What the next emails say, read together; never older than AGE when it is sent, as access may be taken."""

    def __init__(self) -> None:
        self.found: dict[int, Content | None] = {}
        self.at = 0.0

    def of(self, message: Message, following: Sequence[Message]) -> Content | None:
        if message.id not in self.found or time.monotonic() - self.at > MAX_CONTENT_AGE:
            self.at = time.monotonic()
            try:
                self.found = _build_contents([message, *following])
            except Unavailable:
                raise
            except Exception:
                self.found = _build_contents([message])  # what can't be read fails alone
        return self.found[message.id]


def _build_contents(messages: Sequence[Message]) -> dict[int, Content | None]:
    with transactions.see() as session:
        return content.build_many(session, messages)
