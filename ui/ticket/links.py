"""How a ticket stands to others: shown, linked and unlinked."""

import streamlit as st

from db.models import Ticket
from db.vocabulary import Permission
from lib.access.gate import Actor
from lib.catalog import link_words
from lib.catalog.ticket_fields import TicketRow
from lib.tickets import links, tickets
from lib.transactions import Session
from ui.shared import page
from ui.shared.field_editor import FieldEditor
from ui.ticket import conversation
from ui.ticket.options import TicketOptions

MAX_NUMBER = 2**31 - 1


def show_links(offered: TicketOptions) -> None:
    """Show how the ticket stands to others."""
    if offered.obstacle:
        st.warning(f"This ticket can't be completed yet: {offered.obstacle}.", icon=":material/block:")
    conversation.show_links(offered.linked)


def show_link_form(me: Actor, facts: TicketRow, offered: TicketOptions) -> None:
    """Let staff link the ticket to others, and unlink it."""
    if Permission.TICKET_MERGE not in offered.may:
        return
    change = FieldEditor(me, facts)
    with st.popover("Link to another ticket", icon=":material/add_link:", width="stretch"):
        with st.form(f"link-{facts.number}-{page.attempt_count()}", border=False):
            name = st.selectbox(
                "This ticket", list(links.LINK_NAMES), format_func=link_words.WORDS.__getitem__
            )
            number = st.number_input("Number of the other ticket", 1, MAX_NUMBER, None, step=1, format="%d")
            if st.form_submit_button("Add link", type="primary") and number:
                change("Link added.", _link, name=name, number=int(number))
        for card in offered.linked:
            told = f"Remove link: {link_words.WORDS[card.name]} #{card.number}"
            if st.button(told, key=f"unlink-{card.name}-{card.number}", icon=":material/link_off:"):
                change("Link removed.", _unlink, name=card.name, number=card.number)


def _link(session: Session, me: Actor, ticket: Ticket, *, name: str, number: int, seen: int) -> None:  # noqa: ARG001
    links.link(session, me, ticket, name=name, other=tickets.find(session, me, number))


def _unlink(session: Session, me: Actor, ticket: Ticket, *, name: str, number: int, seen: int) -> None:  # noqa: ARG001
    links.unlink(session, me, ticket, name=name, other=tickets.find(session, me, number))
