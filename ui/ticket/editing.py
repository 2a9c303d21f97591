"""Words mended where they stand: a ticket's title and description, and what one just wrote."""

import streamlit as st

from db.models import Ticket
from lib.access import ticket_versions
from lib.access.gate import Actor
from lib.conversation import comments
from lib.conversation.comments import CommentCard
from lib.conversation.timeline import TimelinePage
from lib.core.errors import Conflict, Refusal
from lib.markdown import rendering
from lib.tickets import tickets
from lib.transactions import Session
from ui.shared import page
from ui.shared.field_editor import FieldEditor

_EDITING = "_editing"


def show_edit_button(change: FieldEditor) -> None:
    """Offer to edit the text, in a dialog that stays open while the ticket is drawn anew."""
    here = (change.facts.number, page.visit_number())
    if st.button("Edit ticket", icon=":material/edit:", width="stretch"):
        st.session_state[_EDITING] = (here, change.facts.version)
    editing, opened = st.session_state.get(_EDITING, (None, 0))
    if editing == here:
        _show_edit_dialog(change.facts.number, opened)


def _close_dialog() -> None:
    st.session_state.pop(_EDITING, None)


@st.dialog("Edit ticket", width="large", on_dismiss=_close_dialog)
def _show_edit_dialog(number: int, opened: int) -> None:
    me = page.me()
    with page.see() as session:
        ticket = tickets.find(session, me, number)
    title = st.text_input("Title", ticket.title, max_chars=200, key=f"title-{number}-{opened}")
    text = st.text_area("Description", ticket.description, height=300, key=f"description-{number}-{opened}")
    read = f"read-{number}-{opened}"
    if st.button("Save", type="primary"):
        try:
            with page.act() as session:
                target = tickets.find(session, me, number, to_change=True)
                seen = st.session_state.get(read, opened)
                _update_text(session, me, target, title=title, description=text, seen=seen)
        except Conflict:
            st.session_state[read] = ticket_versions.visible_version(me, ticket)
            st.warning("Somebody else changed it while you were writing. Save again to replace their text:")
            st.text(f"{ticket.title}\n\n{ticket.description}".strip())
        except Refusal as refusal:
            page.show_refusal(refusal)
        else:
            _close_dialog()
            page.flash("Saved.")
            st.rerun()


def _update_text(
    session: Session, me: Actor, ticket: Ticket, *, title: str, description: str, seen: int
) -> None:
    tickets.rename(session, me, ticket, title=title, seen=seen)
    tickets.set_description(
        session, me, ticket, description=description, seen=ticket_versions.visible_version(me, ticket)
    )


def show_own_comment_editor(me: Actor, thread: TimelinePage) -> None:
    """Let a person edit or delete their recent comment."""
    fresh = [e for e in thread.entries if isinstance(e, CommentCard) and e.editable and e.author_id == me.id]
    if not fresh:
        return
    last = fresh[-1]
    with st.popover("Edit your comment", icon=":material/edit:"), st.form("own_words", border=False):
        body = st.text_area("Comment", last.body, height=160)
        left, right = st.columns(2)
        saved, taken = left.form_submit_button("Save", type="primary"), right.form_submit_button("Delete")
    if saved or taken:
        rendering.prerender(body)
        with page.attempt("Saved." if saved else "Deleted.") as session:
            comment, ticket = comments.get_with_ticket(session, page.me(), last.id)
            if taken:
                comments.remove(session, page.me(), comment, ticket)
            else:
                comments.edit(session, page.me(), comment, ticket, body=body, seen=last.version)
