"""One ticket: what it is about, what was said and done, and what the person may do with it."""

import streamlit as st

from db.vocabulary import Permission
from lib.access import gate, ticket_versions
from lib.access.gate import Actor
from lib.audit import change_feed
from lib.conversation import attachments
from lib.conversation.comments import CommentCard
from lib.conversation.drafts import DraftCard
from lib.core.errors import NotFound, Refusal
from lib.lists import merge_preview, ticket_list
from lib.markdown import rendering
from lib.tickets import tickets
from lib.transactions import Session
from ui.components.presence import presence
from ui.components.writer import reply_writer, show_refusal_in_writer
from ui.shared import field_editor, formatting, lists, page
from ui.shell import layout
from ui.ticket import compose, editing, links, merge, options, panel, read_marker
from ui.ticket import conversation as shown

asked = page.number_from_url("id")


def show_reply_writer(me: Actor, number: int, draft: DraftCard, kinds: list[str]) -> None:
    """Let the person reply or write a note, and add what they sent."""
    key, files = f"reply-{number}", compose.load_files(me, draft)
    sent = reply_writer(draft, key=key, visibilities=kinds, files=files, answers="internal" in kinds)
    if sent:
        rendering.prerender(sent.body)

        def say(session: Session) -> tuple[str, int, int]:
            target = tickets.find(session, me, number, to_change=True)
            before = ticket_versions.visible_version(me, target)
            return (
                compose.add_comment(session, me, target, draft, sent),
                before,
                ticket_versions.visible_version(me, target),
            )

        try:
            done, before, after = compose.submit_draft(draft, say)
        except Refusal as refusal:
            show_refusal_in_writer(key, refusal)
        field_editor.remember_own_change(number, before, after)
        page.flash(done)
        st.rerun()


@st.fragment
def show_ticket() -> None:
    """Draw the ticket; somebody else's deed on it runs this alone."""
    me = page.me()
    try:
        with page.see() as session:
            newest = change_feed.newest_id(session)
            ticket, led = merge.resolve_ticket(session, me, tickets.find(session, me, asked))
            number, left_for = ticket.id, merge_preview.find_target(session, me, ticket)
            held = merge_preview.list_sources(session, me, ticket)
            facts = ticket_list.get_row(session, me, ticket)
            thread = shown.load_thread(session, me, ticket)
            said = [e.id for e in thread.entries if isinstance(e, CommentCard)]
            files = attachments.list_for_comments(session, me, ticket, said)
            draft = compose.load_draft(session, me, f"ticket-{number}")
            offered = options.load(session, me, ticket)
            look = read_marker.load(session, me, ticket)
            may = {
                p: left_for is None and gate.can(session, me, p, ticket)
                for p in (Permission.COMMENT_PUBLIC, Permission.COMMENT_INTERNAL)
            }
    except NotFound:
        page.show_not_found()

    before = read_marker.mark_read(me, number, look)
    kinds = [
        k
        for k, p in (("public", Permission.COMMENT_PUBLIC), ("internal", Permission.COMMENT_INTERNAL))
        if may[p]
    ]
    layout.rerun_on_ticket_event(me, number, since=newest)
    layout.set_tab_title(f"#{number} {facts.title}")
    layout.show_header(formatting.escape_markdown(facts.title), actor=me)
    shown.show_summary(facts)
    merge.show_notice(led, left_for)

    left, right = st.columns([5, 2], gap="large")
    with right:
        panel.show(me, facts, offered)
        read_marker.show_unread_button(number)
        links.show_link_form(me, facts, offered)
        if Permission.TICKET_MERGE in offered.may:
            merge.show_merge_button(me, facts)
        if left_for and left_for.number and merge_preview.can_undo(me):
            merge.show_undo(me, number, into=left_for.number)
    with left:
        shown.show_description(ticket, facts.requester, files)
        links.show_links(offered)
        merge.show_merged(me, number, held)
        if thread.earlier:
            lists.show_more_link(
                "Show earlier replies", "/ticket", {"id": str(number), "before": str(thread.earlier)}
            )
        if st.query_params.get("before"):
            lists.show_more_link("Show the newest replies", "/ticket", {"id": str(number)})
        shown.show_thread(thread, files, kinds=kinds, looked=before, me=me.id)
        editing.show_own_comment_editor(me, thread)
        presence(key=f"presence-{number}", topic=change_feed.ticket_topic(number))
        if kinds:
            show_reply_writer(me, number, draft, kinds)


show_ticket()
