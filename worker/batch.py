"""Batches: send claimed messages one by one through a channel, and save the result of each."""

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
from lib.notifications import content as message_content
from lib.notifications.content_types import ChannelPost, Content
from lib.notifications.delivery import outbox
from lib.notifications.delivery.outcomes import Down, Outcome, Rejected, Retry, Sent
from worker import unexpected_errors
from worker.sender import ChannelDown, Outgoing, Sender

log = structlog.get_logger(__name__)
SETTLE_SECONDS = 0.2
"""Maximum seconds before a sent message is saved as sent, together with others sent in the meantime.

If the process is killed within this time, the messages are sent again, emails with the same Message-ID.
"""
MAX_PER_CONNECTION = 90
"""Messages sent over one connection. Servers limit how many they accept, and connecting is slow."""
MAX_CONTENT_AGE = 1.0
"""Seconds for which content that was read for sending stays valid."""


def send(
    channel: Sender,
    claimed: list[Message],
    *,
    more: Callable[[], list[Message]],
    stopped: threading.Event,
) -> int:
    """Send claimed messages over one connection, then further due ones from `more`. Return the number claimed.

    If the channel is down, no message uses up an attempt, and the rest is due again when the channel's pause ends.
    """
    left, count = list(claimed), len(claimed)
    try:
        with channel.connected() as line:
            while left:
                # Messages that failed before go last.
                left.sort(key=lambda message: message.error is not None)
                _batch(line, left, stopped)
                with transactions.act() as session:
                    outbox.release(session, left)
                left = more() if count < MAX_PER_CONNECTION and not stopped.is_set() else []
                count += len(left)
    except ChannelDown as away:
        log.warning("a channel can't be worked with", medium=str(channel.name), words=str(away))
        _mark_down(channel.name, left, away, stopped=stopped.is_set())
    return count


def _mark_down(
    medium: NotificationChannel, left: Sequence[Message], away: ChannelDown, *, stopped: bool
) -> None:
    """Pause a channel and release the messages left. A connection cut by a stop does not count against the channel."""
    with transactions.act() as session:
        until = None
        if away.message is not None:
            outbox.mark_unreachable(session, away.message, str(away))
        if not stopped:
            outbox.mark_down(session, medium, str(away), rest=away.down.rest)
            until = outbox.now(session) + away.down.rest if away.down.rest else None
        outbox.release(session, left, until=until)


def _batch(line: Sender, left: list[Message], stopped: threading.Event) -> None:
    """Send messages and remove them from `left`. If the channel goes down, those not tried stay in `left`.

    Raises ChannelDown.
    """
    until = time.monotonic() + outbox.LEASE.total_seconds() / 2
    said = _ContentCache()
    with SentMessages(line.name) as sent:
        while left and time.monotonic() < until and not stopped.is_set():
            message = left[0]
            try:
                outcome = _send(line, message, said.of(message, left[1:]))
            except Unavailable:
                raise
            except Exception as error:
                unexpected_errors.mark_failed(message, error)
                del left[0]
                continue
            down = _find_down(outcome)
            if down and (stopped.is_set() or down.rest):
                # The connection was cut by a stop, or the channel is rate limited: this message waits like all others.
                raise ChannelDown(down)
            del left[0]
            if isinstance(outcome, Down):
                raise ChannelDown(outcome, message=message)  # saved after those that were sent before it
            _settle(message, outcome, sent)
            if down:
                raise ChannelDown(down)


def _send(line: Sender, message: Message, content: Content | ChannelPost | None) -> Outcome:
    """Render a message and send it, if there is still something to send."""
    if content is None:
        return Sent(empty=True)
    try:
        rendered = line.render(message, content)
    except ValueError as error:
        return Rejected(f"This message can't be written. {error}")
    return line.send(Outgoing(message, content, rendered))


def _find_down(outcome: Outcome) -> Down | None:
    """Return how the channel is down after this outcome, or None if it is up."""
    match outcome:
        case Down():
            return outcome
        case Retry(words=words, down=True) | Rejected(words=words, down=True):
            return Down(words)
    return None


def _settle(message: Message, outcome: Sent | Retry | Rejected, sent: "SentMessages") -> None:
    if isinstance(outcome, Sent) and not outcome.empty:
        sent.add(message, private=outcome.private)
        return
    with transactions.act() as session:
        if isinstance(outcome, Retry | Rejected) and not (outcome.down or outcome.private):
            outbox.mark_up(session, message.medium)  # the channel answered
        match outcome:
            case Sent():
                outbox.mark_sent(session, message, empty=True)
            case Retry(words=words, until=None):
                outbox.mark_failed(session, message, words)
            case Retry(words=words, until=until):
                outbox.release(session, [message], until=until, words=words)
            case Rejected(words=words):
                outbox.mark_failed(session, message, words, permanent=True)
    if not isinstance(outcome, Sent) and outcome.words:
        log.warning("a message was not sent", message=message.id, words=outcome.words)


class SentMessages:
    """Sent messages, saved together on a separate thread so that a slow write doesn't hold up sending."""

    def __init__(self, medium: NotificationChannel) -> None:
        self._medium = medium
        self._messages: list[Message] = []
        self._answered = False
        self._over = threading.Event()
        own = contextvars.copy_context()
        self._thread = threading.Thread(
            target=own.run, args=(self._go_on,), name="delivery-sent", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Save the remaining messages. Raises Unavailable."""
        self._over.set()
        self._thread.join()
        self._settle()

    def add(self, message: Message, *, private: bool = False) -> None:
        """Queue a sent message to be saved soon. It proves that the channel is up, unless it was `private`."""
        self._answered |= not private
        self._messages.append(message)

    def _go_on(self) -> None:
        while not self._over.wait(SETTLE_SECONDS):
            try:
                self._settle()
            except Exception:
                log.exception("sent messages could not be settled")  # tried again, at the latest on exit

    def _settle(self) -> None:
        several = self._messages[:]
        if several:
            with transactions.act() as session:
                outbox.mark_sent(session, *several)
                if self._answered:
                    outbox.mark_up(session, self._medium)
            del self._messages[: len(several)]


class _ContentCache:
    """The content of the next messages, read together, and again after MAX_CONTENT_AGE because access may change."""

    def __init__(self) -> None:
        self.found: dict[int, Content | ChannelPost | None] = {}
        self.at = 0.0

    def of(self, message: Message, following: Sequence[Message]) -> Content | ChannelPost | None:
        if message.team_id is not None:
            return _build_contents([message])[message.id]
        if message.id not in self.found or time.monotonic() - self.at > MAX_CONTENT_AGE:
            self.at = time.monotonic()
            try:
                self.found = _build_contents([message, *(each for each in following if each.team_id is None)])
            except Unavailable:
                raise
            except Exception:
                self.found = _build_contents([message])  # only the message that can't be read fails
        return self.found[message.id]


def _build_contents(messages: Sequence[Message]) -> dict[int, Content | ChannelPost | None]:
    with transactions.see() as session:
        if len(messages) == 1:
            return {messages[0].id: message_content.build(session, messages[0])}
        return {**message_content.build_many(session, messages)}
