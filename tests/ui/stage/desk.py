"""A desk in memory behind the board: cards that move, sentences of refusal, and news of what others did."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from ui.components.board import Card, Group, Lane, Move

TODO, ACTIVE, BLOCKED, PENDING, DONE = range(1, 6)
NAMES = {TODO: "To-Do", ACTIVE: "In Progress", BLOCKED: "Blocked", PENDING: "Pending", DONE: "Completed"}
KINDS = {TODO: "todo", ACTIVE: "active", BLOCKED: "blocked", PENDING: "paused", DONE: "done"}
ALLOWED = {
    TODO: {ACTIVE, PENDING},
    ACTIVE: {TODO, BLOCKED, PENDING, DONE},
    BLOCKED: {ACTIVE},
    PENDING: {ACTIVE},
}
ODD = {
    2: "<img src=x onerror='window.hurt=1'><script>window.hurt=1</script>",
    3: "W" * 200,
    7: "الطابعة في الطابق الثاني لا تعمل",
    8: "🖨️ Printer 🔥🔥🔥 " + "and it goes on about the same thing for a long while " * 4,
}
TITLES = [
    "Printer on floor 2 jams",
    "Invoice 8841 was paid twice",
    "New laptop for Anna Berg",
    "VPN drops every hour",
]
PEOPLE = ["Rita Agbaje", "Tom Okafor-Lindqvist", "", "Zoë Ångström"]
STUCK = {11: "Blocked by #12, which is still open.", 12: "Waits for the vendor. " * 12}

lock = Lock()
cards: list[Card] = []
moves: list[Move] = []
sockets: set[WebSocket] = set()
state: dict[str, Any] = {}


def card(number: int, lane: int) -> Card:
    """A card as others make it."""
    ages = [0, 3, 47, 200, 1700, 6000, 60000]
    return Card(
        number=number,
        title=ODD.get(number, TITLES[number % 4]),
        lane=lane,
        group=PEOPLE[number % 4] or "nobody",
        priority=["low", "normal", "high", "urgent"][number % 4],
        category=["Hardware", "Billing", "Accounts and access", ""][number % 4],
        assignee=PEOPLE[number % 4],
        updated=datetime.now(UTC) - timedelta(minutes=ages[number % 7], days=number // 7),
        version=1,
        unread=number % 5 == 1,
        blocked=STUCK.get(number, ""),
        confidential=number == 4,
    )


def forget(each: int = 5) -> None:
    """Begin anew: `each` cards in every lane but the last, which is empty."""
    with lock:
        lanes = [TODO, ACTIVE, BLOCKED, PENDING, *([DONE] if each > 50 else [])]
        cards[:] = [card(at * each + n + 1, lane) for at, lane in enumerate(lanes) for n in range(each)]
        moves.clear()
        # The number of the newest event goes on: the browser under test has seen the earlier ones.
        state.update(event=state.get("event", 0) + 1, refuse="", ask=False, deaf=False, runs=0, asked=[])


def lanes() -> Sequence[Lane]:
    """The lanes; one is over its limit, one is not drawn to its end."""
    counts = {lane: sum(card.lane == lane for card in cards) for lane in NAMES}
    return [
        Lane(
            lane,
            name,
            KINDS[lane],
            counts[lane] + (40 if lane == PENDING else 0),
            more_href="/?status=pending" if lane == PENDING else "",
            limit={ACTIVE: 4, BLOCKED: 8}.get(lane),
        )
        for lane, name in NAMES.items()
    ]


def groups() -> Sequence[Group]:
    """Group by assignee."""
    return [Group(name or "nobody", name or "Unassigned") for name in PEOPLE]


def move(made: Move) -> str:
    """Move a card as the desk would; gives the sentence of a refusal."""
    with lock:
        moves.append(made)
        found = next((card for card in cards if card.number == made.number), None)
        if state["refuse"]:
            return state["refuse"]
        if found is None or found.version != made.seen:
            return f"Somebody else changed #{made.number} meanwhile."
        shift(made)
        return ""


def shift(made: Move) -> None:
    """Put a card somewhere else, for the person on the screen or for somebody else."""
    at = next(index for index, card in enumerate(cards) if card.number == made.number)
    found = cards.pop(at)
    numbers = [card.number for card in cards]
    goal = numbers.index(made.before) if made.before in numbers else len(cards)
    cards.insert(goal, replace(found, lane=made.to, version=found.version + 1))
    state["event"] += 1


async def control(request: Request) -> Response:
    """What the tests see and set from outside."""
    if request.method == "POST":
        body = await request.json()
        if "forget" in body:
            forget(body["forget"])
        if "shift" in body:
            with lock:
                shift(Move(**body["shift"], seen=0))
        if "remove" in body:
            cards[:] = [card for card in cards if card.number != body["remove"]]
            state["event"] += 1
        if "hang_up" in body:
            for socket in list(sockets):
                await socket.close()
        state.update({name: body[name] for name in ("refuse", "ask", "deaf", "event") if name in body})
    order = {name: [card.number for card in cards if card.lane == lane] for lane, name in NAMES.items()}
    made = [[each.number, each.to, each.before, each.seen] for each in moves]
    below = [each.after for each in moves]
    return JSONResponse({"order": order, "moves": made, "below": below, "sockets": len(sockets), **state})


async def live(socket: WebSocket) -> None:
    """Say which event is the newest, at first and whenever it changes."""
    await socket.accept()
    sockets.add(socket)
    told: dict[str, int] = {}
    hearing = asyncio.create_task(socket.receive_json())
    try:
        while True:
            if hearing.done():
                told = dict(hearing.result()["topics"])
                state["asked"].append(told.copy())
                hearing = asyncio.create_task(socket.receive_json())
            for topic, event in told.items():
                if event < state["event"]:
                    told[topic] = state["event"]
                    await socket.send_json({"topic": topic, "event": state["event"]})
            await asyncio.sleep(0.02)
    except (WebSocketDisconnect, RuntimeError):
        hearing.cancel()
    finally:
        sockets.discard(socket)


routes = [Route("/control/desk", control, methods=["GET", "POST"]), WebSocketRoute("/live", live)]
forget()
