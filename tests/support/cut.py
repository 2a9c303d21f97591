"""A proxy before PostgreSQL that cuts a connection right after the server has committed: the answer never arrives."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import make_url

COMMITTED = b"C\x00\x00\x00\x0bCOMMIT\x00"
"""What the server says when a transaction is committed."""


@dataclass
class Proxy:
    """`url` leads through it. The next `cuts` commits are cut off, of transactions that sent `words`.

    `ends` lets it take no connection any more after a cut, until `down` is taken back.
    """

    url: str
    cuts: int = 0
    words: bytes = b""
    ends: bool = False
    down: bool = False
    cut: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    open: "set[ProxiedConnection]" = field(default_factory=set)

    def due(self) -> bool:
        """Tell whether a commit is to be cut off, and count it."""
        with self.lock:
            if not self.cuts:
                return False
            self.cuts -= 1
            self.cut += 1
            self.down = self.ends
            return True

    def close(self) -> None:
        """Cut all that is open."""
        for line in list(self.open):
            line.close()


@dataclass(eq=False)
class ProxiedConnection:
    """One connection: the client's end, the server's, and whether this transaction has sent what is looked for."""

    client: socket.socket
    server: socket.socket
    proxy: Proxy
    begun: bool = False  # each connection first commits its own settings
    meant: bool = False

    def up(self) -> None:
        """Pass on what the client says."""
        with suppress(OSError):
            while data := self.client.recv(65536):
                self.meant = self.meant or self.proxy.words in data
                self.server.sendall(data)
        self.close()

    def back(self) -> None:
        """Pass on what the server says, up to a commit that is to be cut off."""
        with suppress(OSError):
            while data := self.server.recv(65536):
                if COMMITTED in data:
                    if self.begun and self.meant and self.proxy.due():
                        break
                    self.begun, self.meant = True, False
                self.client.sendall(data)
        self.close()
        if self.proxy.down:
            self.proxy.close()

    def close(self) -> None:
        """End it on both sides."""
        self.proxy.open.discard(self)
        for each in (self.client, self.server):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


@contextmanager
def open_proxy(url: str) -> Iterator[Proxy]:
    """Yield a proxy before the database `url` of `tests.support.databases`."""
    where = make_url(url)
    server = str(Path(str(where.query["host"])) / ".s.PGSQL.5432")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        proxy = Proxy(
            f"postgresql://postgres@127.0.0.1:{port}/{where.database}?sslmode=disable&gssencmode=disable"
        )
        threading.Thread(target=_accept_connections, args=(listening, server, proxy), daemon=True).start()
        yield proxy
        listening.shutdown(socket.SHUT_RDWR)
        proxy.close()


def _accept_connections(listening: socket.socket, server: str, proxy: Proxy) -> None:
    while True:
        try:
            client, _address = listening.accept()
        except OSError:
            return
        if proxy.down:
            client.close()
            continue
        behind = socket.socket(socket.AF_UNIX)
        behind.connect(server)
        line = ProxiedConnection(client, behind, proxy)
        proxy.open.add(line)
        threading.Thread(target=line.up, daemon=True).start()
        threading.Thread(target=line.back, daemon=True).start()
