"""Watchers and CC of a ticket."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from db.models import Ticket
from db.vocabulary import Permission
from lib.access import gate
from lib.access.gate import Actor
from lib.conversation import cc, watchers
from lib.notifications import explanation, preferences
from lib.people import accounts
from lib.tickets import tickets
from lib.transactions import Session
from ui.shared import formatting, page

MAX_LISTED = 500


@dataclass(frozen=True)
class Followers:
    """Who is in CC, who watches as far as the person may know, and what the person may change."""

    copied: Mapping[int, str]
    watching: Mapping[int, str]
    leaves: bool
    shares: bool


def load(session: Session, me: Actor, ticket: Ticket) -> Followers:
    """Read who follows a ticket."""
    copied = {p.id: p.name for p in cc.list_for_ticket(session, me, ticket)}
    may = ticket.merged_into_id is None and gate.can(session, me, Permission.TICKET_PARTICIPANTS, ticket)
    shares = may and gate.works_on(me, Permission.TICKET_PARTICIPANTS, ticket)
    watching = {p.id: p.name for p in watchers.list_for_ticket(session, me, ticket)}
    return Followers(copied, watching, leaves=may and me.id in copied, shares=shares)


def show(me: Actor, number: int, found: Followers) -> None:
    """Let a person watch a ticket, leave its CC or, as staff, edit its CC."""
    _show_watch_button(me, number, found)
    _show_explanation(number)
    if found.shares:
        _show_cc(me, number, found)
    elif found.leaves and st.button("Leave CC", icon=":material/person_remove:", width="stretch"):
        _remove_cc(me, number, me.person_id, "You left CC.")


def _show_watch_button(me: Actor, number: int, found: Followers) -> None:
    others = [name for id, name in found.watching.items() if id != me.id]
    told = formatting.escape_markdown(f"Watched by {', '.join(others)}") if others else None
    if me.id in found.watching:
        if st.button("Stop watching", icon=":material/notifications_off:", width="stretch", help=told):
            with page.attempt("You stopped watching this ticket.") as session:
                watchers.unwatch(session, page.me(), tickets.find(session, page.me(), number))
    elif st.button("Watch", icon=":material/notifications:", width="stretch", help=told):
        with page.attempt("You are watching this ticket.") as session:
            watchers.watch(session, page.me(), tickets.find(session, page.me(), number))


def _show_explanation(number: int) -> None:
    """Say why the person is notified of the ticket, and let them mute or unmute it."""
    place = st.popover(
        "Why am I notified?",
        icon=":material/help:",
        width="stretch",
        on_change="rerun",
        key=f"why-notified-{number}",
    )
    with place:
        if not place.open:
            return
        me = page.me()
        with page.see() as session:
            now = explanation.get_for_ticket(session, me, tickets.find(session, me, number))
        if now.muted or now.stopped:
            st.write("You are notified only when somebody mentions you or assigns the ticket to you.")
            st.caption("You muted this ticket." if now.muted else "You stopped watching this ticket.")
        elif now.reasons:
            st.write(f"Because {', and because '.join(now.reasons)}.")
        else:
            st.write("You aren't notified about this ticket. Watch it to get notifications.")
        if now.muted and st.button("Unmute", icon=":material/notifications_active:", key=f"unmute-{number}"):
            with page.attempt("Ticket unmuted.") as session:
                preferences.unmute(session, page.me(), number)
        if not (now.muted or now.stopped) and st.button(
            "Mute", icon=":material/notifications_off:", key=f"mute-{number}",
            help="You are then notified only of mentions and assignments. You keep watching the ticket.",
        ):  # fmt: skip
            with page.attempt("Ticket muted. You are still notified of mentions and assignments.") as session:
                preferences.mute(session, page.me(), number)
        st.page_link(
            "pages/account/notification_settings.py", label="Notification settings", icon=":material/tune:"
        )


def _show_cc(me: Actor, number: int, found: Followers) -> None:
    label = f"CC: {len(found.copied)}" if found.copied else "Add CC"
    place = st.popover(
        label, icon=":material/group_add:", width="stretch", on_change="rerun", key=f"copy-{number}"
    )
    with place:
        if not place.open:
            return
        with page.see() as session:
            people = {p.id: p for p in accounts.list_visible(session, me, limit=MAX_LISTED)}
        for id in found.copied:
            people.pop(id, None)
        with st.form(f"copy-{number}-{page.attempt_count()}", border=False):
            whom = st.selectbox(
                "Person", list(people), index=None, placeholder="Type a name",
                format_func=lambda id: formatting.format_searchable_name(people[id].name, people[id].email),
            )  # fmt: skip
            st.caption(
                "People in CC see the ticket and its replies, and can reply. They don't see internal notes."
            )
            if st.form_submit_button("Add CC", type="primary") and whom:
                with page.attempt(f"{people[whom].name} added to CC.") as session:
                    ticket = tickets.find(session, page.me(), number, to_change=True)
                    tickets.add_cc(session, page.me(), ticket, accounts.get(session, page.me(), whom))
        for id, name in found.copied.items():
            if st.button(
                f"Remove {formatting.escape_markdown(name)}",
                key=f"out-{id}",
                icon=":material/person_remove:",
            ):
                _remove_cc(me, number, id, f"{name} removed from CC.")


def _remove_cc(me: Actor, number: int, person_id: int, done: str) -> None:
    with page.attempt(done) as session:
        ticket = tickets.find(session, me, number, to_change=True)
        tickets.remove_cc(session, me, ticket, accounts.get(session, me, person_id))
