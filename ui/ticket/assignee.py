"""Who has a ticket: taking it, handing it back, and the list of those who could work it, the best fit first."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from db.models import Ticket
from db.vocabulary import Permission, Scope
from lib.access import gate, ticket_versions
from lib.access.gate import Actor
from lib.assignment import candidates as assignment_candidates
from lib.assignment.candidates import Candidate
from lib.catalog.ticket_fields import TicketRow
from lib.core.errors import Conflict, Refusal
from lib.lists import ticket_list
from lib.tickets import tickets
from lib.transactions import Session
from ui.components.assign_buttons import AssignButtons
from ui.shared import field_editor, formatting, page
from ui.shared.field_editor import FieldEditor
from ui.ticket.options import TicketOptions

NOBODY = 0
_OPEN_DIALOG = "_assigning"
MAX_LISTED = 7
"""People who are listed with all that speaks for them; the rest are found by typing."""

WAITING = "In the assignment queue: nobody is available."


@dataclass(frozen=True)
class _AssignChange:
    """What becomes of whose ticket it is: a verb with what it takes besides the ticket, and what is said afterwards."""

    done: str
    verb: Callable[..., None]
    what: Mapping[str, Any]


def build_buttons(me: Actor, rows: Iterable[tuple[int, int]]) -> AssignButtons | None:
    """Offer to assign tickets from their rows, given as ticket and team: nothing for those who assign none."""
    reach = max(me.reach(Permission.TICKET_ASSIGN_OTHER), me.reach(Permission.TICKET_CLAIM))
    if reach < Scope.TEAM:
        return None
    return AssignButtons(
        {number for number, team in rows if reach == Scope.ALL or team in me.teams}, _open_dialog
    )


def _open_dialog(number: int) -> None:
    st.session_state[_OPEN_DIALOG] = page.visit_number(), number, None


def show_open_dialog() -> None:
    """Show the dialog for as long as it is open, though what lies behind it is drawn anew."""
    visit, number, _seen = st.session_state.get(_OPEN_DIALOG, (None, 0, None))
    if visit == page.visit_number():
        _show_dialog(number)


def _close_dialog() -> None:
    st.session_state.pop(_OPEN_DIALOG, None)


@st.dialog("Assign ticket", on_dismiss=_close_dialog)
def _show_dialog(number: int) -> None:
    me = page.me()
    try:
        facts, offered = _load(me, number)
    except Refusal as refusal:
        page.show_refusal(refusal)
        return
    seen = _get_seen_version(facts.version)
    st.markdown(f"**\\#{number}** {formatting.escape_markdown(facts.title)}")
    chosen = _show_one_click_change(me, facts, offered)
    if offered.assigns:
        chosen = _show_assign_form(facts, offered.candidates, f"from-list-{number}") or chosen
    if chosen:
        _apply(me, number, chosen, seen=seen)


@dataclass(frozen=True)
class _AssignOptions:
    """What a person may do about whose ticket it is."""

    takes: bool
    assigns: bool
    candidates: Sequence[Candidate]


def _load(me: Actor, number: int) -> tuple[TicketRow, _AssignOptions]:
    with page.see() as session:
        ticket = tickets.find(session, me, number)
        assigns = gate.can(session, me, Permission.TICKET_ASSIGN_OTHER, ticket)
        claims = gate.can(session, me, Permission.TICKET_CLAIM, ticket)
        takes = claims and me.id in assignment_candidates.list_for_team(session, ticket.team_id)
        candidates = assignment_candidates.list_for_ticket(session, me, ticket) if assigns else ()
        return ticket_list.get_row(session, me, ticket), _AssignOptions(takes, assigns, candidates)


def _show_one_click_change(me: Actor, facts: TicketRow, offered: _AssignOptions) -> _AssignChange | None:
    """Offer what takes one click."""
    if facts.assignee_id is None:
        if offered.takes and st.button("Assign to me", icon=":material/back_hand:", width="stretch"):
            return _AssignChange("Assigned to you.", _assign_to_me, {})
    elif offered.assigns:
        return None
    elif facts.assignee_id != me.id:
        name = formatting.escape_markdown(facts.assignee or "Somebody")
        st.write(f"Assigned to {name}. Your role can't reassign it.")
    elif st.button("Unassign", icon=":material/undo:", width="stretch"):
        return _AssignChange("Ticket unassigned.", tickets.unassign, {})
    return None


def _get_seen_version(version: int) -> int:
    """Return which version the person saw when the dialog opened, or after they were told that it had changed."""
    visit, number, seen = st.session_state[_OPEN_DIALOG]
    st.session_state[_OPEN_DIALOG] = visit, number, seen or version
    return seen or version


def _apply(me: Actor, number: int, chosen: _AssignChange, *, seen: int) -> None:
    try:
        with page.act() as session:
            ticket = tickets.find(session, me, number, to_change=True)
            before = ticket_versions.visible_version(me, ticket)
            chosen.verb(session, me, ticket, seen=field_editor.get_own_version(number, seen), **chosen.what)
            after = ticket_versions.visible_version(me, ticket)
    except Refusal as refusal:
        if isinstance(refusal, Conflict):
            _open_dialog(number)
        page.show_refusal(refusal)
        return
    field_editor.remember_own_change(number, before, after)
    _close_dialog()
    page.flash(chosen.done)
    st.rerun()


def show(change: FieldEditor, me: Actor, facts: TicketRow, offered: TicketOptions) -> None:
    """Let a person assign the ticket to themselves or others, or unassign it, as far as they may.

    What is open and half typed stays while others change the ticket; the person's own change closes it.
    """
    if Permission.TICKET_ASSIGN_OTHER in offered.may:
        _show_assign_popover(change, facts, offered.candidates)
    if offered.waits:
        st.caption(WAITING)
    if Permission.TICKET_CLAIM not in offered.may:
        return
    if facts.assignee_id is None and offered.takes:
        if change.press("Assign to me", icon=":material/back_hand:", type="primary"):
            change("Assigned to you.", _assign_to_me)
    elif facts.assignee_id == me.id and Permission.TICKET_ASSIGN_OTHER not in offered.may:
        _show_unassign_popover(change, facts)


def _show_assign_popover(change: FieldEditor, facts: TicketRow, candidates: Sequence[Candidate]) -> None:
    label = f"Assigned to {formatting.escape_markdown(facts.assignee)}" if facts.assignee else "Assign to…"
    place = f"{facts.number}-{page.attempt_count()}"
    with st.popover(label, icon=":material/person:", width="stretch", key=f"assigning-{place}"):
        chosen = _show_assign_form(facts, candidates, place, on_click=partial(change.note, "assignee"))
    if chosen:
        change(chosen.done, chosen.verb, **chosen.what)


def _show_assign_form(
    facts: TicketRow,
    candidates: Sequence[Candidate],
    place: str,
    *,
    on_click: Callable[[], None] | None = None,
) -> _AssignChange | None:
    """Offer everybody who could work a ticket; return who was chosen, once somebody else is and was sent."""
    with st.form(f"assign-{place}", border=False):
        best, rest = _split_candidates(candidates, facts.assignee_id)
        options = [c.id for c in best] + ([NOBODY] if facts.assignee_id else [])
        names = {c.id: formatting.escape_markdown(c.name) for c in best} | {NOBODY: "Unassigned"}
        why = {c.id: _format_reason(c) for c in best} | {NOBODY: "Anyone in the team can take the ticket"}
        if facts.assignee_id and facts.assignee_id not in names:
            options, names = (
                [facts.assignee_id, *options],
                {**names, facts.assignee_id: formatting.escape_markdown(facts.assignee or "")},
            )
            why[facts.assignee_id] = "Current assignee, no longer in this team"
        chosen = None
        if options:
            at = options.index(facts.assignee_id) if facts.assignee_id else 0
            captions = [why[id] for id in options]
            chosen = st.radio(
                "Assign to", options, at, format_func=names.__getitem__, captions=captions, key=f"to-{place}"
            )
        else:
            st.write("This team has no members yet. Add people to it under Settings → Manage users.")
        others = {c.id: c for c in rest}
        other = None
        if others:
            told = {
                id: f"{formatting.format_searchable_name(c.name)}: {c.reason}" for id, c in others.items()
            }
            other = st.selectbox(
                "Other people",
                list(told),
                None,
                format_func=told.__getitem__,
                key=f"other-{place}",
            )
        note = _show_note_field(place)
        sent = st.form_submit_button("Assign", type="primary", on_click=on_click, disabled=not options)
    to = other or chosen
    if not sent or to is None or to == (facts.assignee_id or NOBODY):
        return None
    if to == NOBODY:
        return _AssignChange("Ticket unassigned.", tickets.unassign, {"reason": note})
    name = next(c.name for c in candidates if c.id == to)
    return _AssignChange(f"Assigned to {name}.", tickets.assign, {"to": to, "reason": note})


def _split_candidates(
    candidates: Sequence[Candidate], holder: int | None
) -> tuple[list[Candidate], list[Candidate]]:
    """Return those who are listed, whoever has the ticket among them, and the rest by name."""
    best = list(candidates[:MAX_LISTED])
    best += [c for c in candidates[MAX_LISTED:] if c.id == holder]
    return best, sorted((c for c in candidates if c not in best), key=lambda c: c.name.casefold())


def _format_reason(candidate: Candidate) -> str:
    reason = candidate.reason
    return formatting.escape_markdown(reason[0].upper() + reason[1:])


def _show_unassign_popover(change: FieldEditor, facts: TicketRow) -> None:
    place = f"{facts.number}-{page.attempt_count()}"
    with (
        st.popover("Unassign", icon=":material/undo:", width="stretch", key=f"back-{place}"),
        st.form(f"hand-back-{place}", border=False),
    ):
        note = _show_note_field(place)
        sent = st.form_submit_button("Unassign", on_click=partial(change.note, "assignee"))
    if sent:
        change("Ticket unassigned.", tickets.unassign, reason=note)


def _show_note_field(place: str) -> str:
    return st.text_input(
        "Note", max_chars=500, key=f"note-{place}", placeholder="Internal note",
        help="Staff can read it in the history. The requester can't.",
    )  # fmt: skip


def _assign_to_me(session: Session, me: Actor, ticket: Ticket, *, seen: int) -> None:  # noqa: ARG001 - nobody had it
    tickets.claim(session, me, ticket)
