"""How long a connection may take to send a request: who is not signed in can't hold one open, nor many."""

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from lib.core import open_files

REQUEST_TIMEOUT = 15.0
"""Seconds for a request with its body, unless its sender is signed in."""
OPEN_FILES_DIVISOR = 4
"""Half-sent requests may have one in this many of the files that may be open; then the oldest goes."""


class TimeoutProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which by itself waits forever for the rest of a request."""

    waiting: ClassVar[dict["TimeoutProtocol", None]] = {}
    """The connections of this process whose request is not all here, the oldest first."""

    _late: asyncio.TimerHandle | None = None
    _whole = False
    _left = False

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._rest()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take a part of a request; wait for its rest, if there is one."""
        self._whole = False
        super().data_received(data)
        if self._whole or self._left or self.transport.is_closing():
            self._rest()
        else:
            self._expect()

    def on_message_begin(self) -> None:
        """Note that a request begins."""
        self._whole = False
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """Note that a request is all here."""
        self._whole = True
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Leave the connection to the protocol of websockets."""
        self._left = True
        super().handle_websocket_upgrade()

    def _expect(self) -> None:
        if self._late is not None:
            return
        self._late = self.loop.call_later(REQUEST_TIMEOUT, self._end)
        self.waiting[self] = None
        if len(self.waiting) > open_files.get_limit() // OPEN_FILES_DIVISOR:
            oldest = next((each for each in self.waiting if not each._signed_in()), None)
            if oldest is not None:
                oldest._close()

    def _rest(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
        self.waiting.pop(self, None)

    def _signed_in(self) -> bool:
        scope: Any = self.scope
        return bool(scope and scope.get("state", {}).get("me"))

    def _end(self) -> None:
        self._late = None
        if self._signed_in():
            self._late = self.loop.call_later(REQUEST_TIMEOUT, self._end)
        else:
            self._close()

    def _close(self) -> None:
        self._rest()
        self.transport.close()
