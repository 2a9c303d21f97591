"""A ticket's status: moved by staff, solved or reopened by whoever asked, completed with its duplicates."""

from collections.abc import Sequence

import streamlit as st

from db.models import Ticket
from db.vocabulary import Permission, StatusCategory
from lib.access import ticket_versions
from lib.access.gate import Actor
from lib.catalog import statuses
from lib.catalog.ticket_fields import TicketRow
from lib.conversation import comments
from lib.markdown import rendering
from lib.tickets import duplicates, tickets
from lib.tickets.links import LinkCard
from lib.transactions import Session
from ui.shared import page
from ui.shared.field_editor import FieldEditor, get_own_version
from ui.ticket.options import TicketOptions


def show(change: FieldEditor, facts: TicketRow, offered: TicketOptions) -> None:
    """Offer the statuses that the ticket may go to."""
    if Permission.TICKET_TRANSITION in offered.may:
        names = {
            id: s.name for id, s in offered.statuses.items() if id in (facts.status_id, *offered.targets)
        }
        chosen = change.choose("Status", names, facts.status_id, "status")
        if chosen and _list_open_duplicates(offered) and _is_resolving(offered.statuses[chosen]):
            _show_duplicates_dialog(
                change, chosen, names[chosen], _list_open_duplicates(offered), asks=chosen in offered.asks
            )
        elif chosen in offered.asks:
            _show_reason_dialog(change, chosen, names[chosen])
        elif chosen is not None:
            change(f"Moved to {names[chosen]}.", _move, to=chosen)
    elif Permission.TICKET_CLOSE in offered.may:
        done = [s for s in offered.statuses.values() if s.kind == StatusCategory.DONE and s.counts]
        begin = next(iter(offered.statuses.values()))
        if facts.kind == StatusCategory.DONE:
            if change.press("Reopen", icon=":material/undo:"):
                change("Ticket reopened.", _move, to=begin.id)
        elif done and change.press("Mark as solved", icon=":material/check:"):
            change("Ticket completed.", _move, to=done[0].id)


@st.dialog("Reason", on_dismiss=page.reset_choices)
def _show_reason_dialog(change: FieldEditor, to: int, name: str) -> None:
    me = page.me()
    with st.form(f"why-{me.id}", border=False):
        reason = st.text_input(f"Reason for moving it to {name}", max_chars=500)
        st.caption("Everyone who can see the ticket can read it in the history.")
        if st.form_submit_button("Change status", type="primary"):
            change(f"Moved to {name}.", _move, to=to, reason=reason)


def _list_open_duplicates(offered: TicketOptions) -> list[LinkCard]:
    return [card for card in offered.linked if card.name == "duplicated_by" and card.open]


def _is_resolving(status: statuses.StatusCard) -> bool:
    return status.kind == StatusCategory.DONE and status.counts


@st.dialog("Complete with duplicates?", on_dismiss=page.reset_choices)
def _show_duplicates_dialog(
    change: FieldEditor, to: int, name: str, copies: list[LinkCard], *, asks: bool
) -> None:
    me = page.me()
    with st.form(f"finish-{me.id}", border=False):
        reason = st.text_input(f"Reason for moving it to {name}", max_chars=500) if asks else ""
        together = st.checkbox(
            f"Complete {_format_duplicates(copies)} as well",
            value=True,
            help="Tickets that can't be completed stay open and are listed.",
        )
        answer = st.text_area(
            "Reply on duplicates", height=120, placeholder="A public reply on each duplicate (optional)"
        )
        if st.form_submit_button(f"Move to {name}", type="primary", icon=":material/check:"):
            _complete(change, to, name, reason=reason, answer=answer, together=together)


def _format_duplicates(copies: Sequence[LinkCard]) -> str:
    numbers = [f"#{card.number}" for card in copies]
    return f"its duplicate {numbers[0]}" if len(numbers) == 1 else f"its duplicates {', '.join(numbers)}"


def _complete(change: FieldEditor, to: int, name: str, *, reason: str, answer: str, together: bool) -> None:
    rendering.prerender(answer)
    with page.attempt() as session:
        me, number = page.me(), change.facts.number
        seen = get_own_version(number, change.facts.version)
        status = statuses.get(session, to)
        if together:
            _ticket, left = duplicates.complete(
                session, me, number, to=status, seen=seen, reason=reason, answer=answer
            )
            stay = " ".join(each.why for each in left)
            page.flash(
                f"Moved to {name}. {stay}" if left else f"Moved to {name}, duplicates too.", good=not left
            )
        else:
            ticket = tickets.find(session, me, number, to_change=True)
            ticket_versions.must_be(me, ticket, seen)
            if answer.strip():
                comments.add(session, me, ticket, body=answer)
            tickets.move(
                session,
                me,
                ticket,
                to=status,
                seen=ticket_versions.visible_version(me, ticket),
                reason=reason,
            )
            page.flash(f"Moved to {name}.")


def _move(session: Session, me: Actor, ticket: Ticket, *, to: int, seen: int, reason: str = "") -> None:
    tickets.move(session, me, ticket, to=statuses.get(session, to), seen=seen, reason=reason)
