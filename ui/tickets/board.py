"""Between the board on the screen and the desk: lanes in, one move out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from lib.access import ticket_versions
from lib.access.gate import Actor
from lib.audit import change_feed
from lib.catalog import statuses
from lib.catalog.ticket_fields import TicketRow
from lib.conversation import read_markers
from lib.core.errors import Refusal
from lib.lists import board as desk
from lib.lists import query_language
from lib.lists.filters import Narrowed
from lib.tickets import tickets, workflow
from lib.timekeeping import timers
from lib.transactions import Session
from ui.components import board as drawn
from ui.components.assign_buttons import Assigns
from ui.components.board import Card, Group, Lane, Move
from ui.components.live import live
from ui.components.timer_buttons import Clocks
from ui.shared import field_editor, page
from ui.ticket import assignee
from ui.tickets.default_views import opening
from ui.time import timer

ROWS = {
    "none": "No rows",
    "assignee": "Rows by assignee",
    "priority": "Rows by priority",
    "category": "Rows by category",
}
Places = Mapping[int, list[int]]
"""The numbers of the cards that a lane shows, from top to bottom."""
_REFUSED, _ASKED, _UNDO = "_board_refused", "_board_asked", "_board_undo"


@dataclass(frozen=True)
class Shown:
    """What the board shows: lanes, cards, rows, where cards may go, and the newest event that this run has read."""

    lanes: tuple[Lane, ...]
    cards: tuple[Card, ...]
    groups: tuple[Group, ...]
    allowed: Mapping[int, list[int]]
    asks: frozenset[tuple[int, int]]
    newest: int
    places: Places
    clocks: Clocks | None
    assigns: Assigns | None


def read(session: Session, me: Actor, narrowed: Narrowed, *, rows: str) -> Shown:
    """Read the board for a person."""
    newest = change_feed.newest(session)
    found = desk.lanes(session, me, narrowed)
    stuck = desk.blocked(session, found)
    fresh = read_markers.fresh(session, me, [row.number for lane in found for row in lane.cards])
    cards = tuple(
        _card(row, stuck.get(row.number), rows, unread=row.number in fresh)
        for lane in found
        for row in lane.cards
    )
    there = {lane.status.id: lane.status for lane in found}
    standing = [(row.number, row.team_id) for lane in found for row in lane.cards]
    return Shown(
        lanes=tuple(
            Lane(
                lane.status.id,
                lane.status.name,
                lane.status.kind,
                lane.count,
                more_href=opening("all", line=query_language.write("status", [lane.status.name]))
                if lane.count > len(lane.cards)
                else "",
                limit=lane.status.limit,
            )
            for lane in found
        ),
        cards=cards,
        groups=_groups(cards) if rows != "none" else (),
        allowed=workflow.targets(session, me, there),
        asks=workflow.asking(session, me, there),
        newest=newest,
        places={lane.status.id: [row.number for row in lane.cards] for lane in found},
        clocks=timer.clocks(me, standing, running=timers.running(session, me)),
        assigns=assignee.offered(me, standing),
    )


def _card(row: TicketRow, blocker: int | None, rows: str, *, unread: bool) -> Card:
    return Card(
        number=row.number,
        title=row.title,
        lane=row.status_id,
        group=_group(row, rows),
        priority=row.priority.label,
        category=row.category or "",
        assignee=row.assignee or "",
        updated=row.updated_at,
        version=row.version,
        blocked=f"Blocked by #{blocker}, which is still open" if blocker else "",
        confidential=row.confidential,
        unread=unread,
    )


def _group(row: TicketRow, rows: str) -> str:
    match rows:
        case "assignee":
            return row.assignee or "Nobody yet"
        case "priority":
            return row.priority.label.capitalize()
        case "category":
            return row.category or "No category"
    return ""


def _groups(cards: tuple[Card, ...]) -> tuple[Group, ...]:
    order = {"Urgent": 0, "High": 1, "Normal": 2, "Low": 3, "Nobody yet": -1}
    names = sorted({card.group for card in cards}, key=lambda name: (order.get(name, 4), name.casefold()))
    return tuple(Group(name, name) for name in names)


def hear(shown: Shown) -> None:
    """Let this fragment run again when anything happens on the desk."""
    live(key="live", topic=change_feed.DESK, since=shown.newest)


def board(shown: Shown) -> None:
    """Draw the board, where cards are moved."""
    _undo()
    asked = st.session_state.get(_ASKED)
    if asked:
        _why(*asked)
    drawn.board(
        shown.lanes,
        shown.cards,
        key="board",
        allowed=shown.allowed,
        moved=partial(_moved, shown.places, shown.asks),
        groups=shown.groups,
        refused=st.session_state.pop(_REFUSED, ""),
        asked=asked[0] if asked else None,
        clocks=shown.clocks,
        assigns=shown.assigns,
    )
    assignee.talk()


def _moved(places: Places, asks: frozenset[tuple[int, int]], made: Move) -> None:
    """Do what was done on the board, asking for a reason first where the workflow wants one."""
    back = _back(made, places)
    if back is not None and (back.to, made.to) in asks:
        st.session_state[_ASKED] = made, back
    else:
        _do(page.me(), made, back, reason="")


def _back(made: Move, places: Places) -> Move | None:
    """Return the move that would put a card back between its neighbours, or None when it is not on the board."""
    was = next((id for id, numbers in places.items() if made.number in numbers), None)
    if was is None:
        return None
    lane = places[was]
    at = lane.index(made.number)
    below = lane[at + 1] if at + 1 < len(lane) else None
    return Move(made.number, was, below, made.seen, lane[at - 1] if at else None)


def _do(me: Actor, made: Move, back: Move | None, *, reason: str) -> None:
    try:
        with page.act() as session:
            ticket = tickets.find(session, me, made.number, to_change=True)
            before = ticket_versions.of(me, ticket)
            seen = field_editor.reached(made.number, made.seen)
            tickets.move(session, me, ticket, to=statuses.find(session, made.to), seen=seen, reason=reason)
            desk.place(session, me, ticket, before=made.before, after=made.after)
            after = ticket_versions.of(me, ticket)
    except Refusal as refusal:
        st.session_state[_REFUSED] = refusal.sentence
        undo = None
    else:
        field_editor.made(made.number, before, after)
        undo = replace(back, seen=after) if back and back.to != made.to else None
    st.session_state[_UNDO] = undo


def _undo() -> None:
    back = st.session_state.get(_UNDO)
    if back is None:
        return
    with st.container(key="undo"):
        label = f"Undo the move of #{back.number}"
        if st.button(label, icon=":material/undo:", key=f"undo-{back.seen}"):
            _do(page.me(), back, None, reason="Undone")
            st.rerun(scope="fragment")


def _forget() -> None:
    st.session_state.pop(_ASKED, None)


@st.dialog("Why?", on_dismiss=_forget)
def _why(asked: Move, back: Move | None) -> None:
    me = page.me()
    with st.form("why", border=False):
        reason = st.text_input(f"Please say why you move #{asked.number}", max_chars=500)
        left, right = st.columns(2)
        said = left.form_submit_button("Move it", type="primary", width="stretch")
        stopped = right.form_submit_button("Leave it", width="stretch")
    if said or stopped:
        st.session_state.pop(_ASKED, None)
        if said:
            _do(me, asked, back, reason=reason)
        st.rerun()
