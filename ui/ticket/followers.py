"""Who follows a ticket: watching it oneself, and putting people in copy."""

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
    """Who is in copy, who watches as far as the person may know, and what the person may change of it."""

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
    """Let a person watch or stop, leave the copy, and as staff say who is in it."""
    _show_watch_button(me, number, found)
    _show_explanation(number)
    if found.shares:
        _show_cc(me, number, found)
    elif found.leaves and st.button("Leave the copy", icon=":material/person_remove:", width="stretch"):
        _remove_cc(me, number, me.person_id, "You are no longer in copy.")


def _show_watch_button(me: Actor, number: int, found: Followers) -> None:
    others = [name for id, name in found.watching.items() if id != me.id]
    told = formatting.escape_markdown(f"Watched by {', '.join(others)}") if others else None
    if me.id in found.watching:
        if st.button("Stop watching", icon=":material/notifications_off:", width="stretch", help=told):
            with page.attempt("You no longer watch this ticket.") as session:
                watchers.unwatch(session, page.me(), tickets.find(session, page.me(), number))
    elif st.button("Watch", icon=":material/notifications:", width="stretch", help=told):
        with page.attempt("You watch this ticket now.") as session:
            watchers.watch(session, page.me(), tickets.find(session, page.me(), number))


def _show_explanation(number: int) -> None:
    """Say why the person hears of the ticket, and let them hear no more of it, or again."""
    place = st.popover(
        "Why do I hear of this?",
        icon=":material/help:",
        width="stretch",
        on_change="rerun",
        key=f"why-hear-{number}",
    )
    with place:
        if not place.open:
            return
        me = page.me()
        with page.see() as session:
            now = explanation.get_for_ticket(session, me, tickets.find(session, me, number))
        if now.muted or now.stopped:
            st.write("You hear of it only when somebody mentions you or gives you the ticket.")
            st.caption("Because you muted it." if now.muted else "Because you stopped watching it.")
        elif now.reasons:
            st.write(f"Because {', and because '.join(now.reasons)}.")
        else:
            st.write("You don't, as things stand. Watch it to be told what happens.")
        if now.muted and st.button("Unmute", icon=":material/notifications_active:", key=f"unmute-{number}"):
            with page.attempt("You hear of this ticket again.") as session:
                preferences.unmute(session, page.me(), number)
        if not (now.muted or now.stopped) and st.button(
            "Mute", icon=":material/notifications_off:", key=f"mute-{number}",
            help="You hear only of mentions of you and of being given the ticket. It still counts as watched.",
        ):  # fmt: skip
            with page.attempt("You hear no more of this ticket, but of mentions.") as session:
                preferences.mute(session, page.me(), number)
        st.page_link(
            "pages/account/notification_settings.py", label="Choose what you hear", icon=":material/tune:"
        )


def _show_cc(me: Actor, number: int, found: Followers) -> None:
    label = f"In copy: {len(found.copied)}" if found.copied else "Put in copy"
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
                "Who shall be in copy?", list(people), index=None, placeholder="Type a name",
                format_func=lambda id: formatting.format_searchable_name(people[id].name, people[id].email),
            )  # fmt: skip
            st.caption("They see the ticket and its replies, and may reply; no internal notes.")
            if st.form_submit_button("Put in copy", type="primary") and whom:
                with page.attempt(f"{people[whom].name} is in copy.") as session:
                    ticket = tickets.find(session, page.me(), number, to_change=True)
                    tickets.add_cc(session, page.me(), ticket, accounts.get(session, page.me(), whom))
        for id, name in found.copied.items():
            if st.button(
                f"Take out {formatting.escape_markdown(name)}",
                key=f"out-{id}",
                icon=":material/person_remove:",
            ):
                _remove_cc(me, number, id, f"{name} is no longer in copy.")


def _remove_cc(me: Actor, number: int, person_id: int, done: str) -> None:
    with page.attempt(done) as session:
        ticket = tickets.find(session, me, number, to_change=True)
        tickets.remove_cc(session, me, ticket, accounts.get(session, me, person_id))
