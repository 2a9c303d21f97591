"""The connection over which open pages hear that something happened: numbers only, to those still signed in."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import structlog
from anyio import to_thread
from starlette.websockets import WebSocket, WebSocketDisconnect

from db.vocabulary import Channel
from lib import transactions
from lib.people import browsers, onetime, sessions
from lib.trust import news
from lib.trust.news import Topic

INTERVAL = 0.25
"""Seconds between two looks at the database, while anybody listens."""
TOPICS = 8
AWAY = 4401

log = structlog.get_logger("docket.live")


@dataclass(eq=False)
class _Listener:
    socket: WebSocket
    secret: str
    topics: dict[str, tuple[Topic, int]] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        return onetime.digest(self.secret)


class Live:
    """All the listeners of this process, and the one look at the database that serves them."""

    def __init__(self) -> None:
        self.listeners: set[_Listener] = set()
        self.looking: asyncio.Task[None] | None = None
        self.seen = 0

    async def connect(self, socket: WebSocket) -> None:
        """Serve one page: it says what it listens to, and hears of what is new."""
        secret = socket.cookies.get(browsers.cookie_name(), "")
        if not await to_thread.run_sync(_known, secret):
            await socket.close(AWAY)
            return
        await socket.accept()
        listener = _Listener(socket, secret)
        self.listeners.add(listener)
        if self.looking is None or self.looking.done():
            self.seen = await to_thread.run_sync(_newest)
            self.looking = asyncio.create_task(self._look())
        try:
            while True:
                await self._hear(listener, await socket.receive_json())
        except (WebSocketDisconnect, ValueError, TypeError, AttributeError, KeyError):
            pass
        finally:
            self.listeners.discard(listener)

    async def _hear(self, listener: _Listener, said: Any) -> None:
        wanted = {str(name): int(since) for name, since in list(said["topics"].items())[:TOPICS]}
        listener.topics, due = await to_thread.run_sync(_subscribe, listener.secret, wanted)
        for name, event in due.items():
            await self._tell(listener, name, event)

    async def _look(self) -> None:
        while self.listeners:
            await asyncio.sleep(INTERVAL)
            try:
                self.seen, due, gone = await to_thread.run_sync(_due, self.seen, list(self.listeners))
            except Exception as error:
                log.warning("looking failed", error=type(error).__name__)
                continue
            for listener in gone:
                self.listeners.discard(listener)
                await _close(listener)
            for listener, name, event in due:
                await self._tell(listener, name, event)

    async def _tell(self, listener: _Listener, name: str, event: int) -> None:
        topic, since = listener.topics.get(name, (None, event))
        if topic is None or event <= since:
            return
        listener.topics[name] = (topic, event)
        try:
            await listener.socket.send_json({"topic": name, "event": event})
        except (RuntimeError, WebSocketDisconnect):
            self.listeners.discard(listener)


async def _close(listener: _Listener) -> None:
    try:
        await listener.socket.close(AWAY)
    except RuntimeError:
        return


def _known(secret: str) -> bool:
    with transactions.see() as session:
        return sessions.who(session, secret, channel=Channel.PAGE) is not None


def _newest() -> int:
    with transactions.see() as session:
        return news.newest(session)


def _subscribe(secret: str, wanted: dict[str, int]) -> tuple[dict[str, tuple[Topic, int]], dict[str, int]]:
    with transactions.see() as session:
        actor = sessions.who(session, secret, channel=Channel.PAGE)
        topics = {name: news.topic(session, actor, name) for name in wanted} if actor else {}
        heard = {name: (topic, wanted[name]) for name, topic in topics.items() if topic is not None}
        newest = {name: news.newest(session, topic) for name, (topic, _) in heard.items()}
    return heard, newest


def _due(
    seen: int, listeners: list[_Listener]
) -> tuple[int, list[tuple[_Listener, str, int]], list[_Listener]]:
    """Return the newest event, who is to hear what, and whose session is over."""
    with transactions.see() as session:
        new = news.since(session, seen)
        if not new:
            return seen, [], []
        alive = sessions.alive(session, {each.mark for each in listeners})
    due = [
        (listener, name, max(ids))
        for listener in listeners
        if listener.mark in alive
        for name, (topic, _) in list(listener.topics.items())
        if (ids := [each.id for each in new if each.concerns(topic)])
    ]
    return new[-1].id, due, [each for each in listeners if each.mark not in alive]
