"""Merging on the page: the dialog that finds the other ticket and shows what moves, the notices, and the undo."""

from collections.abc import Callable
from html import escape

import streamlit as st

from db.models import Ticket
from lib.access.gate import Actor
from lib.catalog.ticket_fields import TicketRow
from lib.core.errors import NotFound
from lib.lists import merge_preview
from lib.lists.merge_preview import MergedTicket, MergePreview, MergeSuggestion
from lib.tickets import merge, tickets
from lib.transactions import Session
from ui.shared import formatting, page

NO_MORE_CHANGES = "This ticket can no longer be changed."


def resolve_ticket(session: Session, me: Actor, ticket: Ticket) -> tuple[Ticket, Ticket | None]:
    """Return the ticket to show at this address, and the merged one that led there, if it did.

    `own=1` in the address shows the merged one itself, and so does a target that the person may not see.
    """
    into = merge_preview.find_target_ticket(session, me, ticket)
    return (ticket, None) if into is None or st.query_params.get("own") else (into, ticket)


def show_notice(led: Ticket | None, left: MergedTicket | None) -> None:
    """Say calmly how the person came here, or where the rest of this ticket is."""
    if led is not None:
        further = f"<a href='/ticket?id={led.id}&amp;own=1'>Open #{led.id}</a>"
        said = f"<b>#{led.id}</b> was merged into this ticket. The conversation continues here."
    elif left is not None and left.number is not None:
        further = f"<a href='/ticket?id={left.number}'>Go to #{left.number}</a>"
        when = formatting.format_relative(left.at)
        said = f"{escape(left.by)} merged this ticket into <b>#{left.number}</b>, {when}. {NO_MORE_CHANGES}"
    elif left is not None:
        further, said = (
            "",
            f"This ticket was merged into another ticket that you can't see. {NO_MORE_CHANGES}",
        )
    else:
        return
    st.html(f"<p class='dk dk-notice' role='note'><span>{said}</span>{further}</p>")


def show_merge_button(me: Actor, facts: TicketRow) -> None:
    """Offer to merge the ticket into another."""
    if st.button("Merge into another ticket", icon=":material/merge:", width="stretch"):
        _show_dialog(me, facts)


@st.dialog("Merge into another ticket", width="large")
def _show_dialog(me: Actor, facts: TicketRow) -> None:
    me = page.me()
    asked = st.text_input(
        "Find the other ticket",
        placeholder="Ticket number or words",
        key=f"merge-{facts.number}",
    )
    with page.see() as session:
        ticket = tickets.find(session, me, facts.number)
        found = {o.number: o for o in merge_preview.suggest_targets(session, me, ticket, asked)}
    if not found:
        st.caption(
            "No matching ticket that you can work on."
            if asked
            else "No similar open tickets. Enter a number or some words."
        )
        return
    chosen = st.radio(
        "Matching tickets" if asked else "Similar tickets",
        list(found),
        index=0 if len(found) == 1 else None,
        format_func=lambda number: _format_offer(found[number]),
        key=f"into-{facts.number}-{asked}",
    )
    if chosen is None:
        return
    with page.see() as session:
        try:
            plan = merge_preview.build(session, me, ticket, into=chosen)
        except NotFound:
            page.show_not_found()
    _show_plan(facts, chosen, plan)
    if st.button(f"Merge #{facts.number} into #{chosen}", type="primary", icon=":material/merge:"):
        _merge(me, facts, into=chosen)


def _format_offer(found: MergeSuggestion) -> str:
    facts = formatting.escape_markdown(f"{found.requester}, {found.status}")
    return f"#{found.number} {formatting.escape_markdown(found.title)} :gray[{facts}]"


def _show_plan(facts: TicketRow, into: int, plan: MergePreview) -> None:
    moves = [
        "the description, as a reply of its requester",
        *_format_count(plan.replies, "reply or note", "replies and notes"),
        *_format_count(plan.files, "file", "files"),
        *_format_count(plan.links, "link", "links"),
        *([f"the tags {', '.join(plan.tags)}"] if plan.tags else []),
    ]
    changes = []
    if plan.new_readers:
        secret = ", although it is confidential" if plan.confidential else ""
        changes.append(f"{_join_names(plan.new_readers)} will be able to read all of #{into}{secret}.")
    if plan.confides:
        changes.append(f"#{into} becomes confidential, because #{facts.number} is.")
    if plan.done:
        changes.append(f"#{into} is already in {plan.done} and stays there.")
    changes.append(
        f"#{facts.number} is closed as merged and links to #{into}. An administrator can undo the merge."
    )
    moved = "".join(f"<li>{escape(line)}</li>" for line in moves)
    told = "".join(f"<li>{escape(line)}</li>" for line in changes)
    st.html(
        f"<div class='dk dk-plan'><h3>What moves to #{into}</h3><ul>{moved}</ul>"
        f"<h3>What changes</h3><ul>{told}</ul></div>"
    )


def _format_count(count: int, one: str, many: str) -> list[str]:
    return [f"{count} {one if count == 1 else many}"] if count else []


def _join_names(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _merge(me: Actor, facts: TicketRow, *, into: int) -> None:
    def deed(session: Session) -> None:
        ticket, other = merge.lock_pair(session, me, facts.number, into)
        merge.merge(session, me, ticket, into=other, seen=facts.version)

    _apply(f"#{facts.number} was merged into this ticket.", deed, into)


def show_merged(me: Actor, number: int, found: list[MergedTicket]) -> None:
    """Show what was merged into a ticket, and let administrators part it again."""
    for each in found:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.html(
                f"<p class='dk dk-notice'><span><a href='/ticket?id={each.number}&amp;own=1'>#{each.number}</a> "
                f"{escape(each.title)} <span class='dk-quiet'>was merged into this ticket by {escape(each.by)}, "
                f"{formatting.format_relative(each.at)}</span></span></p>"
            )
            if merge_preview.can_undo(me) and each.number:
                show_undo(me, each.number, into=number)


def show_undo(me: Actor, number: int, *, into: int) -> None:
    """Let an administrator part a merged ticket from the one that it went into."""
    with st.popover("Undo merge", icon=":material/undo:", type="tertiary"):
        st.markdown(
            f"Comments that came from #{number} move back, and #{number} gets its former status. "
            f"Comments added to #{into} since then stay there."
        )
        if st.button(f"Undo merge of #{number}", type="primary", key=f"unmerge-{number}"):

            def deed(session: Session) -> None:
                ticket, other = merge.lock_pair(session, me, number, into)
                merge.unmerge(session, me, ticket, into=other)

            _apply(f"Merge of #{number} undone.", deed, number)


def _apply(done: str, deed: Callable[[Session], None], number: int) -> None:
    """Do it, and show the ticket on which the conversation is now."""
    with page.attempt(done) as session:
        deed(session)
        st.query_params.from_dict({"id": str(number)})
