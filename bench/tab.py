"""One browser tab as Streamlit's server sees it: a websocket that opens a page and runs it again."""

import asyncio
import time
from collections.abc import Mapping
from urllib.parse import urlencode

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

PATIENCE = 120
"""Seconds that one run may take."""


class Tab:
    """A signed-in tab on one page."""

    def __init__(self, url: str, cookie: str, page: str = "") -> None:
        self.url = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
        self.origin, self.cookie, self.page = url, cookie, page
        self.hash = ""
        self.kept: set[str] = set()
        self.bytes = 0
        self.errors: list[str] = []

    async def open(self) -> float:
        """Connect and show the page; return the seconds it took."""
        began = time.perf_counter()
        self.socket = await websockets.connect(
            self.url,
            max_size=None,
            subprotocols=[websockets.Subprotocol("streamlit"), websockets.Subprotocol("bench")],
            additional_headers={"Cookie": self.cookie, "Origin": self.origin},
            compression=None,
            open_timeout=PATIENCE,
            ping_timeout=None,
        )
        await self.run()
        return time.perf_counter() - began

    async def run(self, query: Mapping[str, str] | None = None) -> float:
        """Run the page with other parameters in its address; return the seconds until it stood."""
        message = BackMsg()
        asked = message.rerun_script
        asked.page_script_hash = self.hash
        asked.page_name = "" if self.hash else self.page
        asked.query_string = urlencode(query or {})
        asked.cached_message_hashes.extend(self.kept)
        began = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        await self._until_it_stands()
        return time.perf_counter() - began

    async def _until_it_stands(self) -> None:
        self.bytes = 0
        while True:
            raw = await asyncio.wait_for(self.socket.recv(), PATIENCE)
            assert isinstance(raw, bytes)
            self.bytes += len(raw)
            message = ForwardMsg.FromString(raw)
            if message.metadata.cacheable and message.hash:
                self.kept.add(message.hash)
            match message.WhichOneof("type"):
                case "new_session":
                    self.hash = message.new_session.page_script_hash
                case "navigation":
                    self.hash = message.navigation.page_script_hash
                case "delta" if message.delta.new_element.WhichOneof("type") == "exception":
                    self.errors.append(message.delta.new_element.exception.message[:200])
                case "script_finished":
                    return

    async def close(self) -> None:
        """Leave."""
        await self.socket.close()
