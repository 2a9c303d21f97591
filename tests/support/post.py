"""A mail server of our own: it keeps what it takes, and refuses as it is told."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller

OK = "250 OK"


@dataclass
class MailServer:
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
def run_mail_server(port: int = 0) -> Iterator[MailServer]:
    """Run a mail server on this machine."""
    post = MailServer()
    controller = Controller(post, hostname="127.0.0.1", port=port or _find_free_port())
    controller.start()
    post.port = controller.port
    try:
        yield post
    finally:
        controller.stop()


def _find_free_port() -> int:
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def run_broken_mail_server(way: str, port: int = 0) -> Iterator[int]:
    """Run a mail server that never says a word ("silent"), begins and goes on too slowly ("slow"), or hangs up when it
    has a whole mail ("drop"); give its port."""
    over = threading.Event()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            with suppress(OSError):
                if way == "drop":
                    self.take()
                else:
                    while way == "slow" and not over.is_set():
                        self.wfile.write(b"2")
                        over.wait(0.2)
                    over.wait()

        def take(self):
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline():
                if line.upper().startswith(b"DATA"):
                    self.wfile.write(b"354 go on\r\n")
                    while self.rfile.readline() != b".\r\n":
                        pass
                    return
                self.wfile.write(b"250 fine\r\n")

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True

    with Server(("127.0.0.1", port or _find_free_port()), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            over.set()
            server.shutdown()
