"""Live updates: a WebSocket that notifies open pages of new events and of who else is on a ticket.

Of an event only its number is sent. Who is present is checked with the gate for each listener when it changes.
"""

import asyncio
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import structlog
from anyio import CancelScope, to_thread
from starlette.websockets import WebSocket, WebSocketDisconnect

from db.vocabulary import PresenceActivity, Source
from lib import transactions
from lib.audit import change_feed
from lib.audit.change_feed import Topic
from lib.conversation import presence
from lib.core.errors import Refusal
from lib.identity import client_info, one_time_tokens, sessions
from lib.tickets import tickets

POLL_SECONDS = 0.25
"""Seconds between two checks of the database while there are listeners."""
MAX_TOPICS = 8
SIGNED_OUT_CODE = 4401
PRESENCE_SECONDS = 1.0
"""Seconds between two checks of presence."""
PRESENCE_REFRESH_SECONDS = 10.0
"""Seconds after which this process's open pages are recorded as open again."""
MIN_MESSAGE_SECONDS = 0.2
"""Minimum seconds between two presence messages of one page."""

PARSE_ERRORS = (ValueError, TypeError, AttributeError, KeyError, OverflowError, RecursionError)
"""What parsing a message can raise: no JSON, JSON nested too deep, or values that are not topics and numbers."""
REFUSED_CODE = 1008

log = structlog.get_logger("docket.live")


@dataclass(eq=False)
class _Listener:
    socket: WebSocket
    secret: str
    topics: dict[str, tuple[Topic, int]] = field(default_factory=dict)
    place: str = field(default_factory=lambda: secrets.token_hex(16))
    """Unique id of this open page."""
    here: tuple[str, PresenceActivity] | None = None
    shown: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    """The people last sent to the page, by topic."""

    @property
    def mark(self) -> str:
        return one_time_tokens.digest(self.secret)

    @property
    def tickets(self) -> dict[int, str]:
        """The tickets that this page listens to, with each topic's name."""
        return {topic.ticket_id: name for name, (topic, _) in self.topics.items() if topic.ticket_id}


class LiveUpdates:
    """All listeners of this process, and the single polling task that serves them."""

    def __init__(self) -> None:
        self.listeners: set[_Listener] = set()
        self.looking: asyncio.Task[None] | None = None
        self.seen = 0
        self.there: dict[int, frozenset[tuple[int, str]]] = {}
        self.round = self.stayed = 0.0

    async def connect(self, socket: WebSocket) -> None:
        """Serve one page: receive the topics it subscribes to, and send it what is new."""
        secret = socket.cookies.get(client_info.cookie_name(), "")
        if not await to_thread.run_sync(_is_signed_in, secret):
            await socket.close(SIGNED_OUT_CODE)
            return
        await socket.accept()
        listener = _Listener(socket, secret)
        self.listeners.add(listener)
        if self.looking is None or self.looking.done():
            self.seen = await to_thread.run_sync(_get_newest_event)
            self.looking = asyncio.create_task(self._look())
        try:
            while True:
                await self._receive(listener, await socket.receive_json())
        except WebSocketDisconnect:
            pass
        except PARSE_ERRORS as error:
            log.debug("a page said what makes no sense", error=type(error).__name__)
            await _close_socket(socket)
        finally:
            self.listeners.discard(listener)
            if listener.here:
                with CancelScope(shield=True):
                    await to_thread.run_sync(_leave_presence, listener)

    async def _receive(self, listener: _Listener, said: Any) -> None:
        if "topics" in said:
            await self._subscribe(listener, said)
        if "here" in said:
            here = said["here"] and (str(said["here"]["topic"]), PresenceActivity(said["here"]["doing"]))
            if here != listener.here and (here is None or here[0] in listener.tickets.values()):
                listener.here = here
                await to_thread.run_sync(_enter_presence if here else _leave_presence, listener)
                await asyncio.sleep(MIN_MESSAGE_SECONDS)

    async def _subscribe(self, listener: _Listener, said: Any) -> None:
        wanted = {str(name): int(since) for name, since in list(said["topics"].items())[:MAX_TOPICS]}
        listener.topics, due = await to_thread.run_sync(_subscribe, listener.secret, wanted)
        for name, event in due.items():
            await self._tell(listener, name, event)
        await self._show(listener, listener.tickets)

    async def _look(self) -> None:
        while self.listeners:
            await asyncio.sleep(POLL_SECONDS)
            try:
                self.seen, due, gone = await to_thread.run_sync(_find_due, self.seen, list(self.listeners))
            except Exception as error:
                log.warning("looking failed", error=type(error).__name__)
                continue
            for listener in gone:
                self.listeners.discard(listener)
                await _close_signed_out(listener)
            for listener, name, event in due:
                await self._tell(listener, name, event)
            try:
                await self._update_presence()
            except Exception as error:
                log.warning("meeting failed", error=type(error).__name__)

    async def _update_presence(self) -> None:
        """Send pages who else is on their tickets, where that changed."""
        now = time.monotonic()
        if now - self.round < PRESENCE_SECONDS:
            return
        self.round = now
        listeners = list(self.listeners)
        wanted = {number for each in listeners for number in each.tickets}
        marks = [each.place for each in listeners if each.here]
        stay = bool(marks) and now - self.stayed >= PRESENCE_REFRESH_SECONDS
        self.stayed = now if stay else self.stayed
        there = await to_thread.run_sync(_refresh_presence, wanted, marks if stay else [])
        changed = {number for number in wanted if there.get(number) != self.there.get(number)}
        self.there = there
        for listener in listeners:
            await self._show(listener, {n: name for n, name in listener.tickets.items() if n in changed})

    async def _show(self, listener: _Listener, changed: dict[int, str]) -> None:
        for number, name in changed.items():
            people = await to_thread.run_sync(_list_people, listener.secret, number)
            if people == listener.shown.get(name, []):
                continue
            listener.shown[name] = people
            await self._send(listener, {"topic": name, "people": people})

    async def _send(self, listener: _Listener, news: dict[str, Any]) -> None:
        try:
            await listener.socket.send_json(news)
        except (RuntimeError, WebSocketDisconnect):
            self.listeners.discard(listener)

    async def _tell(self, listener: _Listener, name: str, event: int) -> None:
        topic, since = listener.topics.get(name, (None, event))
        if topic is None or event <= since:
            return
        listener.topics[name] = (topic, event)
        await self._send(listener, {"topic": name, "event": event})


async def _close_signed_out(listener: _Listener) -> None:
    await _close_socket(listener.socket, SIGNED_OUT_CODE)


async def _close_socket(socket: WebSocket, code: int = REFUSED_CODE) -> None:
    try:
        await socket.close(code)
    except RuntimeError:
        return


def _is_signed_in(secret: str) -> bool:
    with transactions.see() as session:
        return sessions.authenticate(session, secret, channel=Source.PAGE) is not None


def _get_newest_event() -> int:
    with transactions.see() as session:
        return change_feed.newest_id(session)


def _subscribe(secret: str, wanted: dict[str, int]) -> tuple[dict[str, tuple[Topic, int]], dict[str, int]]:
    with transactions.see() as session:
        actor = sessions.authenticate(session, secret, channel=Source.PAGE)
        topics = {name: change_feed.find_topic(session, actor, name) for name in wanted} if actor else {}
        newest = {
            name: change_feed.newest_id(session, topic) for name, topic in topics.items() if topic is not None
        }
    # An event that has not happened yet is new to everybody, whatever number the page claims to know.
    heard = {
        name: (topic, min(wanted[name], newest[name])) for name, topic in topics.items() if topic is not None
    }
    return heard, newest


def _enter_presence(listener: _Listener) -> None:
    """Record what a page is doing. If that is refused, the page is just not shown to others."""
    topic, doing = listener.here or ("", PresenceActivity.LOOKING)
    number = listener.topics[topic][0].ticket_id or 0
    try:
        with transactions.act() as session:
            actor = sessions.authenticate(session, listener.secret, channel=Source.PAGE)
            if actor is not None:
                ticket = tickets.find(session, actor, number)
                presence.enter(session, actor, ticket, mark=listener.place, doing=doing)
    except Refusal:
        return


def _leave_presence(listener: _Listener) -> None:
    with transactions.try_act() as session:
        presence.leave(session, [listener.place])


def _refresh_presence(numbers: set[int], marks: list[str]) -> dict[int, frozenset[tuple[int, str]]]:
    if marks:
        with transactions.try_act() as session:
            presence.refresh(session, marks)
    if not numbers:
        return {}
    with transactions.see() as session:
        return presence.snapshot(session, numbers)


def _list_people(secret: str, number: int) -> list[dict[str, str]]:
    """Return who else is on a ticket, as far as this listener may currently know."""
    try:
        with transactions.see() as session:
            actor = sessions.authenticate(session, secret, channel=Source.PAGE)
            if actor is None:
                return []
            found = presence.list_for_ticket(session, actor, tickets.find(session, actor, number))
    except Refusal:
        return []
    return [{"name": each.name, "doing": each.doing.value} for each in found]


def _find_due(
    seen: int, listeners: list[_Listener]
) -> tuple[int, list[tuple[_Listener, str, int]], list[_Listener]]:
    """Return the newest event, the events to send to each listener, and the listeners whose session ended."""
    with transactions.see() as session:
        new = change_feed.list_since(session, seen)
        if not new:
            return seen, [], []
        alive = sessions.list_active(session, {each.mark for each in listeners})
    due = [
        (listener, name, max(ids))
        for listener in listeners
        if listener.mark in alive
        for name, (topic, _) in list(listener.topics.items())
        if (ids := [each.id for each in new if each.concerns(topic)])
    ]
    return new[-1].id, due, [each for each in listeners if each.mark not in alive]
