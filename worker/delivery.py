"""Delivery: for each medium a thread that sends what is due; a medium that fails holds up no other."""

import contextvars
import itertools
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Self

import structlog

from db.models import Message
from db.vocabulary import Medium
from lib import transactions
from lib.notices import contents, letters, media, outbox, places, slips
from lib.notices.channels import mail, slack
from lib.notices.saying import Content

log = structlog.get_logger(__name__)
INTERVAL = 0.5
"""Seconds between two looks at what is due."""
BATCH = 30
WAIT = 0.2
"""Seconds that a sent mail waits at most to be settled, together with those that were sent meanwhile.

Whoever is killed in these leaves mails behind that are sent once more, with the same Message-ID.
"""
IN_A_ROW = 90
"""How many mails go over one connection, as servers don't take any number, and making one takes long."""
AGE = 1.0
"""Seconds for which what was read to be sent holds."""
_turns = {medium: itertools.count() for medium in Medium}
_stopped = threading.Event()
_threads: list[threading.Thread] = []
_lock = threading.Lock()


def holder() -> str:
    """Return a name for whoever claims now, unlike all others."""
    return f"{socket.gethostname()[:32]}:{os.getpid()}:{secrets.token_hex(6)}"


def start() -> None:
    """Begin to send in the background through every medium that is set up."""
    with _lock:
        if _threads:
            return
        _stopped.clear()
        for medium in sorted(media.on() & set(SEND) | {Medium.SLACK}):  # a team's webhook needs no setting
            thread = threading.Thread(target=_go_on, args=(medium,), name=f"delivery-{medium}", daemon=True)
            _threads.append(thread)
            thread.start()


def stop() -> None:
    """Stop sending; what is under way is finished first."""
    with _lock:
        _stopped.set()
        for thread in _threads:
            thread.join(timeout=30)
        if not any(thread.is_alive() for thread in _threads):
            _stopped.clear()  # or whoever delivers by hand later would only give back what they claim
        _threads.clear()


def _go_on(medium: Medium) -> None:
    while not _stopped.is_set():
        try:
            while deliver(medium) and not _stopped.is_set():
                pass
        except Exception:
            log.exception("delivery failed", medium=medium.value)
            _stopped.wait(outbox.SHORTEST_PAUSE.total_seconds())
        _stopped.wait(INTERVAL)


def deliver(medium: Medium) -> int:
    """Send the next messages that are due; return how many were claimed."""
    claimed = _claim(medium)
    return SEND[medium](claimed) if claimed else 0


def _claim(medium: Medium) -> list[Message]:
    with transactions.see() as session:
        if not outbox.ready(session, medium):
            return []
    with transactions.act() as session:
        # In turns the oldest and the newest, so that a new one goes out soon though thousands wait.
        newest = bool(next(_turns[medium]) % 2)
        return outbox.claim(session, medium, holder=holder(), most=BATCH, newest=newest)


def _mails(claimed: list[Message]) -> int:
    """Send mails over one connection, and those that are due then too; return how many were claimed."""
    left, count = list(claimed), len(claimed)
    try:
        with mail.opened() as box:
            while left:
                _batch(box, left)
                with transactions.act() as session:
                    outbox.well(session, Medium.MAIL)
                    outbox.postponed(session, left)
                left = _claim(Medium.MAIL) if count < IN_A_ROW and not _stopped.is_set() else []
                count += len(left)
    except mail.Unreachable as error:
        log.warning("mail can't be sent", words=str(error))
        with transactions.act() as session:
            outbox.ill(session, Medium.MAIL, str(error))
            outbox.postponed(session, left)
    return count


def _batch(box: mail.Box, left: list[Message]) -> None:
    """Send mails and take them off what is left; when the connection breaks, those that were not tried stay there."""
    until = time.monotonic() + outbox.LEASE.total_seconds() / 2
    said = _Said()
    with _Sent() as sent:
        while left and time.monotonic() < until and not _stopped.is_set():
            message = left.pop(0)
            try:
                _mail(box, message, said.of(message, left), sent)
            except mail.Refused as refused:
                log.warning("a mail was refused", message=message.id, words=str(refused))
                with transactions.act() as session:
                    outbox.failed(session, message, str(refused), permanent=refused.permanent)
                if box.broken:
                    raise mail.Unreachable(str(refused)) from refused


class _Sent:
    """Mails that the server took, settled together on a thread of its own, so that a slow one doesn't hold them up."""

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
        """Have a mail settled before long."""
        self._messages.append(message)

    def _go_on(self) -> None:
        while not self._over.wait(WAIT):
            try:
                self._settle()
            except Exception:
                log.exception("sent mails could not be settled")  # and once more, at the latest in the end

    def _settle(self) -> None:
        several = self._messages[:]
        if several:
            with transactions.act() as session:
                outbox.sent(session, *several)
            del self._messages[: len(several)]


class _Said:
    """What the next mails say, read together; never older than AGE when it is sent, as access may be taken."""

    def __init__(self) -> None:
        self.found: dict[int | None, Content | None] = {}
        self.at = 0.0

    def of(self, message: Message, following: Sequence[Message]) -> Content | None:
        if message.id not in self.found or time.monotonic() - self.at > AGE:
            self.at = time.monotonic()
            with transactions.see() as session:
                self.found = contents.several(session, [message, *following])
        return self.found[message.id]


def _mail(box: mail.Box, message: Message, content: Content | None, sent: _Sent) -> None:
    """Send one mail if there is still something to say, and have it settled."""
    if content is None:
        with transactions.act() as session:
            outbox.sent(session, message, empty=True)
        return
    try:
        letter = letters.write(message, content)
    except ValueError as error:
        raise mail.Refused("The address or the subject can't stand in a mail.", permanent=True) from error
    box.send(letter)
    sent.add(message)


def _slips(claimed: list[Message]) -> int:
    """Send Slack messages one by one; when Slack asks for quiet, the rest waits as long as it says.

    Returns how many were claimed.
    """
    until = time.monotonic() + outbox.LEASE.total_seconds() / 2
    left = list(claimed)
    while left and time.monotonic() < until and not _stopped.is_set():
        message = left.pop(0)
        try:
            (_slip if message.team_id is None else _announce)(message)
        except slack.Wait as wait:
            rest = timedelta(seconds=wait.seconds)
            with transactions.act() as session:
                outbox.ill(session, Medium.SLACK, str(wait), rest=rest)
                outbox.postponed(session, [message, *left], until=outbox.now(session) + rest)
            return len(claimed)
        except slack.WrongToken as wrong:
            _rest(message, left, str(wrong), permanent=True)
            return len(claimed)
        except mail.Unreachable as error:
            _rest(message, left, str(error), permanent=False)
            return len(claimed)
        except mail.Refused as refused:
            with transactions.act() as session:
                outbox.failed(session, message, str(refused), permanent=refused.permanent)
    with transactions.act() as session:
        outbox.well(session, Medium.SLACK)
        outbox.postponed(session, left)
    return len(claimed)


def _rest(message: Message, left: list[Message], words: str, *, permanent: bool) -> None:
    log.warning("Slack can't be written to", words=words)
    with transactions.act() as session:
        outbox.ill(session, Medium.SLACK, words)
        outbox.failed(session, message, words, permanent=permanent)
        outbox.postponed(session, left)


def _slip(message: Message) -> None:
    """Send one Slack message if there is still something to say to somebody who is there, and settle it."""
    with transactions.see() as session:
        content = contents.of(session, message)
        to = slips.known(session, message.person_id or 0) if content else slips.NOT_THERE
        thread = slips.thread(session, message, to) if to else None
    if content and to is None:
        to = slack.find(content.email) or slips.NOT_THERE
        with transactions.act() as session:
            slips.remember(session, message.person_id or 0, to)
    began = ""
    if content and to:
        words, blocks = slips.write(content)
        began = slack.post(to, words, blocks, thread=thread)
    with transactions.act() as session:
        if to:
            slips.begin(session, message, to, began)
        outbox.sent(session, message, empty=not (content and to))


def _announce(message: Message) -> None:
    """Write to a team's channel; its own troubles make it rest alone, Slack's those of all go on to the caller."""
    team = message.team_id or 0
    with transactions.see() as session:
        content, place = contents.posted(session, message), places.of(session, team)
        resting = place is not None and place.until is not None and place.until > outbox.now(session)
        thread = slips.thread(session, message, place.channel) if place and place.channel else None
    if content is None or place is None:
        with transactions.act() as session:
            outbox.sent(session, message, empty=True)
        return
    if resting:
        with transactions.act() as session:
            outbox.postponed(session, [message], until=place.until)
        return
    words, blocks = slips.announce(content)
    began = ""
    try:
        if place.channel:
            began = slack.post(place.channel, words, blocks, thread=thread)
        else:
            slack.hook(place.url, words, blocks)
    except slack.Wait as wait:
        if place.channel:
            raise
        with transactions.act() as session:
            until = places.ill(session, team, str(wait), rest=timedelta(seconds=wait.seconds))
            outbox.postponed(session, [message], until=until)
        return
    except mail.Unreachable as error:
        if place.channel:
            raise
        with transactions.act() as session:
            outbox.postponed(session, [message], until=places.ill(session, team, str(error)))
        return
    except mail.Refused as refused:
        with transactions.act() as session:
            places.ill(session, team, str(refused))
            outbox.failed(session, message, str(refused), permanent=refused.permanent)
        return
    with transactions.act() as session:
        places.well(session, team)
        if place.channel:
            slips.begin(session, message, place.channel, began)
        outbox.sent(session, message)


SEND: dict[Medium, Callable[[list[Message]], int]] = {Medium.MAIL: _mails, Medium.SLACK: _slips}
