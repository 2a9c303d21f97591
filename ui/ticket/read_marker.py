"""What is new since a person last looked at a ticket, for as long as they stay at it."""

from datetime import datetime

import streamlit as st

from db.models import Ticket
from lib import transactions
from lib.access.gate import Actor
from lib.conversation import read_markers
from lib.conversation.read_markers import ReadMarker
from lib.tickets import tickets
from lib.transactions import Session
from ui.shared import page

_LAST_LOOK = "_looked"


def load(session: Session, me: Actor, ticket: Ticket) -> ReadMarker:
    """Read when the person looked last."""
    return read_markers.get(session, me, ticket)


def mark_read(me: Actor, number: int, found: ReadMarker) -> datetime | None:
    """Note that the person looks now; return when they had looked before this visit, or None for the first time."""
    visit = (page.visit_number(), number)
    kept, before = st.session_state.get(_LAST_LOOK, (None, None))
    if kept != visit:
        before = found.at
        st.session_state[_LAST_LOOK] = (visit, before)
    if found.behind or found.at is None:
        with transactions.try_act() as session:
            read_markers.mark_read(session, me, tickets.find(session, me, number), event_id=found.newest)
    return before


def show_unread_button(number: int) -> None:
    """Offer to let the last thing that others did be new again, and to go back to the list."""
    if st.button("Mark as unread", icon=":material/mark_email_unread:", width="stretch"):
        with page.attempt_and_leave("pages/desk/tickets.py", "Marked as unread.") as session:
            read_markers.mark_unread(session, page.me(), tickets.find(session, page.me(), number))
