"""Between the board on the screen and the desk: lanes in, one move out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from lib.access import ticket_versions
from lib.access.gate import Actor
from lib.audit import change_feed
from lib.catalog import statuses
from lib.catalog.ticket_fields import LEVELS, NAMED, TicketRow
from lib.conversation import read_markers
from lib.core.errors import Refusal
from lib.lists import board as desk
from lib.lists import query_language
from lib.lists.filters import TicketFilter
from lib.tickets import tickets, workflow
from lib.timekeeping import timers
from lib.transactions import Session
from ui.components import board as drawn
from ui.components.assign_buttons import AssignButtons
from ui.components.board import Card, Group, Lane, Move
from ui.components.live import rerun_on_event
from ui.components.timer_buttons import TimerButtons
from ui.shared import field_editor, page
from ui.ticket import assignee
from ui.tickets.default_views import build_list_url
from ui.time import timer

ROW_LABELS = {
    "none": "No grouping",
    **{name: f"Group by {NAMED[name].label.lower()}" for name in ("assignee", *LEVELS, "category")},
}
CardOrder = Mapping[int, list[int]]
"""The numbers of the cards that a lane shows, from top to bottom."""
_REFUSED, _ASKED, _UNDO = "_board_refused", "_board_asked", "_board_undo"


@dataclass(frozen=True)
class BoardData:
    """What the board shows: lanes, cards, rows, where cards may go, and the newest event that this run has read."""

    lanes: tuple[Lane, ...]
    cards: tuple[Card, ...]
    groups: tuple[Group, ...]
    allowed: Mapping[int, list[int]]
    asks: frozenset[tuple[int, int]]
    newest: int
    places: CardOrder
    clocks: TimerButtons | None
    assigns: AssignButtons | None


def load(session: Session, me: Actor, narrowed: TicketFilter, *, rows: str) -> BoardData:
    """Read the board for a person."""
    newest = change_feed.newest_id(session)
    found = desk.list_lanes(session, me, narrowed)
    stuck = desk.find_blockers(session, me, found)
    fresh = read_markers.find_unread(session, me, [row.number for lane in found for row in lane.cards])
    cards = tuple(
        _build_card(row, stuck.get(row.number), rows, unread=row.number in fresh)
        for lane in found
        for row in lane.cards
    )
    there = {lane.status.id: lane.status for lane in found}
    standing = [(row.number, row.team_id) for lane in found for row in lane.cards]
    return BoardData(
        lanes=tuple(
            Lane(
                lane.status.id,
                lane.status.name,
                lane.status.kind,
                lane.count,
                more_href=build_list_url(
                    "all", line=query_language.format_qualifier("status", [lane.status.name])
                )
                if lane.count > len(lane.cards)
                else "",
                limit=lane.status.limit,
            )
            for lane in found
        ),
        cards=cards,
        groups=_build_groups(cards, rows) if rows != "none" else (),
        allowed=workflow.list_targets(session, me, there),
        asks=workflow.list_moves_with_reason(session, me, there),
        newest=newest,
        places={lane.status.id: [row.number for row in lane.cards] for lane in found},
        clocks=timer.build_buttons(me, standing, running=timers.find_running_ticket_id(session, me)),
        assigns=assignee.build_buttons(me, standing),
    )


def _build_card(row: TicketRow, blocker: str | None, rows: str, *, unread: bool) -> Card:
    return Card(
        number=row.number,
        title=row.title,
        lane=row.status_id,
        group=_get_group_name(row, rows),
        priority=row.priority.label,
        category=row.category or "",
        assignee=row.assignee or "",
        updated=row.updated_at,
        version=row.version,
        blocked=f"Blocked by {blocker}, which is still open" if blocker else "",
        confidential=row.confidential,
        unread=unread,
    )


def _get_group_name(row: TicketRow, rows: str) -> str:
    if rows == "none":
        return ""
    field = NAMED[rows]
    value = getattr(row, field.shown)
    return value.title if rows in LEVELS else value or field.empty


def _build_groups(cards: tuple[Card, ...], rows: str) -> tuple[Group, ...]:
    names = {card.group for card in cards}
    if rows in LEVELS:
        ordered = [level.title for level in reversed(LEVELS[rows].values) if level.title in names]
    else:
        ordered = sorted(names, key=lambda name: (name != NAMED["assignee"].empty, name.casefold()))
    return tuple(Group(name, name) for name in ordered)


def rerun_on_desk_event(shown: BoardData) -> None:
    """Let this fragment run again when anything happens on the desk."""
    rerun_on_event(key="live", topic=change_feed.DESK, since=shown.newest)


def show(shown: BoardData) -> None:
    """Draw the board, where cards are moved."""
    _show_undo()
    asked = st.session_state.get(_ASKED)
    if asked:
        _show_reason_dialog(*asked)
    drawn.board(
        shown.lanes,
        shown.cards,
        key="board",
        allowed=shown.allowed,
        moved=partial(_handle_move, shown.places, shown.asks),
        groups=shown.groups,
        refused=st.session_state.pop(_REFUSED, ""),
        asked=asked[0] if asked else None,
        clocks=shown.clocks,
        assigns=shown.assigns,
    )
    assignee.show_open_dialog()


def _handle_move(places: CardOrder, asks: frozenset[tuple[int, int]], made: Move) -> None:
    """Do what was done on the board, asking for a reason first where the workflow wants one."""
    back = _reverse_move(made, places)
    if back is not None and (back.to, made.to) in asks:
        st.session_state[_ASKED] = made, back
    else:
        _apply_move(page.me(), made, back, reason="")


def _reverse_move(made: Move, places: CardOrder) -> Move | None:
    """Return the move that would put a card back between its neighbors, or None when it is not on the board."""
    was = next((id for id, numbers in places.items() if made.number in numbers), None)
    if was is None:
        return None
    lane = places[was]
    at = lane.index(made.number)
    below = lane[at + 1] if at + 1 < len(lane) else None
    return Move(made.number, was, below, made.seen, lane[at - 1] if at else None)


def _apply_move(me: Actor, made: Move, back: Move | None, *, reason: str) -> None:
    try:
        with page.act() as session:
            ticket = tickets.find(session, me, made.number, to_change=True)
            before = ticket_versions.visible_version(me, ticket)
            seen = field_editor.get_own_version(made.number, made.seen)
            tickets.move(session, me, ticket, to=statuses.get(session, made.to), seen=seen, reason=reason)
            desk.place(session, me, ticket, before=made.before, after=made.after)
            after = ticket_versions.visible_version(me, ticket)
    except Refusal as refusal:
        st.session_state[_REFUSED] = refusal.sentence
        undo = None
    else:
        field_editor.remember_own_change(made.number, before, after)
        undo = replace(back, seen=after) if back and back.to != made.to else None
    st.session_state[_UNDO] = undo


def _show_undo() -> None:
    back = st.session_state.get(_UNDO)
    if back is None:
        return
    with st.container(key="undo"):
        label = f"Undo move of #{back.number}"
        if st.button(label, icon=":material/undo:", key=f"undo-{back.seen}"):
            _apply_move(page.me(), back, None, reason="Move undone")
            st.rerun(scope="fragment")


def _close_dialog() -> None:
    st.session_state.pop(_ASKED, None)


@st.dialog("Reason", on_dismiss=_close_dialog)
def _show_reason_dialog(asked: Move, back: Move | None) -> None:
    me = page.me()
    with st.form("why", border=False):
        reason = st.text_input(f"Reason for moving #{asked.number}", max_chars=500)
        left, right = st.columns(2)
        said = left.form_submit_button("Change status", type="primary", width="stretch")
        stopped = right.form_submit_button("Cancel", width="stretch")
    if said or stopped:
        st.session_state.pop(_ASKED, None)
        if said:
            _apply_move(me, asked, back, reason=reason)
        st.rerun()
