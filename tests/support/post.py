"""A mail server of our own: it keeps what it takes, and refuses as it is told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller

OK = "250 OK"


@dataclass
class Post:
    """What arrived, with whom it was for; `answer` says what the server says to a mail."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    answer: Callable[[EmailMessage], str] = lambda _mail: OK
    refuse: Callable[[str], str] = lambda _address: OK

    async def handle_RCPT(self, server, session, envelope, address, options):
        said = self.refuse(address)
        if said == OK:
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server, session, envelope):
        mail = message_from_bytes(envelope.content, policy=policy.default)
        said = self.answer(mail)
        if said == OK:
            self.mails.append(mail)
            self.recipients.append(envelope.rcpt_tos)
        return said


@contextmanager
def office(port: int = 0) -> Iterator[Post]:
    """Run a mail server on this machine."""
    post = Post()
    controller = Controller(post, hostname="127.0.0.1", port=port or _free())
    controller.start()
    post.port = controller.port
    try:
        yield post
    finally:
        controller.stop()


def _free() -> int:
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]
