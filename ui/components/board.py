"""The board: lanes of cards that are moved with mouse, finger or keyboard."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

import streamlit as st

from ui.components import avatars
from ui.components.assign_buttons import AssignButtons
from ui.components.assign_buttons import handle_assign_click as asked_for
from ui.components.registration import renderer
from ui.components.timer_buttons import TimerButtons
from ui.components.timer_buttons import handle_timer_click as heard_clock
from ui.components.validation import parse_positive_int as positive


@dataclass(frozen=True, slots=True)
class Lane:
    """A column: its status, how many tickets stand in it in all, and where the ones not drawn are shown."""

    id: int
    name: str
    kind: str
    count: int
    more_href: str = ""
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A row of lanes with a heading of its own."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Card:
    """A ticket on the board; `blocked` is the sentence that says why it is stuck, or nothing."""

    number: int
    title: str
    lane: int
    group: str
    priority: str
    category: str
    assignee: str
    updated: datetime | str
    version: int
    unread: bool = False
    blocked: str = ""
    confidential: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """Where somebody put a ticket: into the lane `to`, above the ticket `before` or, without one, at the end.

    `after` is the ticket above it, for a lane whose end is not drawn. `seen` is the version that was picked up.
    """

    number: int
    to: int
    before: int | None
    seen: int
    after: int | None = None

    @classmethod
    def read(cls, value: object, lanes: Collection[int]) -> Self | None:
        """What the browser sent; None when it is malformed or names a lane that is not there."""
        if not isinstance(value, Mapping):
            return None
        number, to, seen, before, after = (
            positive(value.get(name)) for name in ("number", "to", "seen", "before", "after")
        )
        odd = [
            name
            for name in ("before", "after")
            if value.get(name) is not None and positive(value.get(name)) is None
        ]
        if number is None or to is None or seen is None or odd:
            return None
        if to not in lanes or number in (before, after):
            return None
        return cls(number, to, before, seen, after)


def board(
    lanes: Sequence[Lane],
    cards: Sequence[Card],
    *,
    key: str,
    allowed: Mapping[int, Collection[int]],
    moved: Callable[[Move], None],
    groups: Sequence[Group] = (),
    refused: str = "",
    asked: Move | None = None,
    clocks: TimerButtons | None = None,
    assigns: AssignButtons | None = None,
    label: str = "Board",
) -> None:
    """Draw the board; `moved` is called with a move that somebody made, each once, before the run that draws it.

    Until the board is drawn again the card stays where it was put; then it stands where `cards` says. `allowed` names
    for a lane the lanes to which this person may move its cards; the cards of a lane that is missing there keep still.
    It only guides the hand: whether a move is permitted is for the verb to say, and `refused` shows what it said.
    `asked` is a move that waits for its reason: the card is drawn at its goal. With `groups`, `Card.group` names one
    of them. `clocks` offers the person's timer on cards, `assigns` to give their tickets to somebody.

    Raises ValueError for a card without a lane or group to stand in.
    """
    handed = f"{key}:handed"
    there = {lane.id for lane in lanes}
    _check_places(lanes, cards, groups)

    def hear() -> None:
        value = st.session_state[key].get("move")
        turn = _parse_turn(value)
        # A run that was broken off is repeated with its trigger, so a turn may come by again.
        if turn is None or turn <= st.session_state.get(handed, 0):
            return
        st.session_state[handed] = turn
        move = Move.read(value, there)
        if move:
            moved(move)

    result = renderer("board")(
        key=key,
        on_move_change=hear,
        on_clock_change=lambda: None,
        on_assign_change=lambda: None,
        data={
            "label": label,
            "lanes": [_lane_data(lane, allowed) for lane in lanes],
            "groups": [asdict(group) for group in groups],
            "cards": [
                _card_data(card)
                | {
                    "clock": clocks.state(card.number) if clocks else "",
                    "assigns": assigns is not None and card.number in assigns.offered,
                }
                for card in cards
            ],
            "refused": refused,
            "asked": asdict(asked) if asked else None,
            "turn": st.session_state.get(handed, 0),
        },
    )
    heard_clock(clocks, result.get("clock"), key=key)
    asked_for(assigns, result.get("assign"), key=key)


def _parse_turn(value: object) -> int | None:
    turn = positive(value.get("turn")) if isinstance(value, Mapping) else None
    return turn if turn is not None and turn < 2**53 else None


def _check_places(lanes: Sequence[Lane], cards: Sequence[Card], groups: Sequence[Group]) -> None:
    places, rows = {lane.id for lane in lanes}, {group.id for group in groups}
    for card in cards:
        if card.lane not in places or (rows and card.group not in rows):
            raise ValueError(f"Ticket {card.number} is not on this board.")


def _lane_data(lane: Lane, allowed: Mapping[int, Collection[int]]) -> dict[str, Any]:
    goals = allowed.get(lane.id)
    return asdict(lane) | {"goals": None if goals is None else sorted(goals)}


def _card_data(card: Card) -> dict[str, Any]:
    updated = card.updated if isinstance(card.updated, str) else card.updated.isoformat()
    return {
        "number": card.number,
        "href": f"/ticket?id={card.number}",
        "title": card.title,
        "lane": card.lane,
        "group": card.group,
        "priority": card.priority,
        "category": card.category,
        "assignee": card.assignee,
        "initials": avatars.initials(card.assignee) if card.assignee else "",
        "tone": avatars.tone(card.assignee),
        "updated": updated,
        "version": card.version,
        "unread": card.unread,
        "blocked": card.blocked,
        "confidential": card.confidential,
    }
