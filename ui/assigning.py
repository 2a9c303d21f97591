"""Who has a ticket: taking it, handing it back, and the list of those who could work it, the best fit first."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from db.models import Ticket
from db.vocabulary import Permission
from lib.desk import tickets
from lib.desk.assignees import Candidate
from lib.desk.listing import TicketRow
from lib.gate import Actor
from lib.transactions import Session
from ui import page, words

if TYPE_CHECKING:
    from ui.details import Choices, _Changer

NOBODY = 0
LISTED = 7
"""People who are listed with all that speaks for them; the rest are found by typing."""


def panel(change: "_Changer", me: Actor, facts: TicketRow, offered: "Choices") -> None:
    """Let a person take the ticket, hand it back, or give it to somebody else, as far as they may.

    What is open and half typed stays while others change the ticket; the person's own deed closes it.
    """
    if Permission.TICKET_ASSIGN_OTHER in offered.may:
        _assign(change, facts, offered.candidates)
    if Permission.TICKET_CLAIM not in offered.may:
        return
    if facts.assignee_id is None and offered.takes:
        if change.press("Take it", icon=":material/back_hand:", type="primary"):
            change("It is yours.", _take)
    elif facts.assignee_id == me.id and Permission.TICKET_ASSIGN_OTHER not in offered.may:
        _hand_back(change, facts)


def _assign(change: "_Changer", facts: TicketRow, candidates: Sequence[Candidate]) -> None:
    label = f"Assigned to {words.plain(facts.assignee)}" if facts.assignee else "Assign to …"
    place = f"{facts.number}-{page.turn()}"
    with (
        st.popover(label, icon=":material/person:", width="stretch", key=f"assigning-{place}"),
        st.form(f"assign-{place}", border=False),
    ):
        best, rest = _split(candidates, facts.assignee_id)
        options = [c.id for c in best] + ([NOBODY] if facts.assignee_id else [])
        names = {c.id: words.plain(c.name) for c in best} | {NOBODY: "Nobody"}
        why = {c.id: _spoken(c) for c in best} | {NOBODY: "Whoever is free can take it"}
        if facts.assignee_id and facts.assignee_id not in names:
            options, names = (
                [facts.assignee_id, *options],
                {**names, facts.assignee_id: words.plain(facts.assignee or "")},
            )
            why[facts.assignee_id] = "Has it, but no longer works in this team"
        chosen = None
        if options:
            at = options.index(facts.assignee_id) if facts.assignee_id else 0
            captions = [why[id] for id in options]
            chosen = st.radio(
                "Assign to", options, at, format_func=names.__getitem__, captions=captions, key=f"to-{place}"
            )
        else:
            st.write("Nobody works in this team yet. Add people to it on the People page.")
        others = {c.id: c for c in rest}
        other = None
        if others:
            told = {id: f"{c.name}: {c.reason}" for id, c in others.items()}
            other = st.selectbox(
                "Or somebody else", list(told), None, format_func=told.__getitem__, key=f"other-{place}"
            )
        note = _note(place)
        sent = st.form_submit_button("Assign", type="primary", on_click=change.note, disabled=not options)
    if sent and (to := other or chosen) is not None and to != (facts.assignee_id or NOBODY):
        if to == NOBODY:
            change("Nobody has it now.", tickets.unassign, reason=note)
        else:
            name = next(c.name for c in candidates if c.id == to)
            change(f"Assigned to {name}.", tickets.assign, to=to, reason=note)


def _split(candidates: Sequence[Candidate], holder: int | None) -> tuple[list[Candidate], list[Candidate]]:
    """Return those who are listed, whoever has the ticket among them, and the rest by name."""
    best = list(candidates[:LISTED])
    best += [c for c in candidates[LISTED:] if c.id == holder]
    return best, sorted((c for c in candidates if c not in best), key=lambda c: c.name.casefold())


def _spoken(candidate: Candidate) -> str:
    reason = candidate.reason
    return words.plain(reason[0].upper() + reason[1:])


def _hand_back(change: "_Changer", facts: TicketRow) -> None:
    place = f"{facts.number}-{page.turn()}"
    with (
        st.popover("Hand it back", icon=":material/undo:", width="stretch", key=f"back-{place}"),
        st.form(f"hand-back-{place}", border=False),
    ):
        note = _note(place)
        sent = st.form_submit_button("Hand it back", on_click=change.note)
    if sent:
        change("Nobody has it now.", tickets.unassign, reason=note)


def _note(place: str) -> str:
    return st.text_input(
        "Note", max_chars=500, key=f"note-{place}", placeholder="For colleagues",
        help="Colleagues read it in the history; whoever asked does not.",
    )  # fmt: skip


def _take(session: Session, me: Actor, ticket: Ticket, *, seen: int) -> None:  # noqa: ARG001 - nobody had it
    tickets.take(session, me, ticket)
