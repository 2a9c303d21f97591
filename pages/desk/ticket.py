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
from ui.components.writer import refuse, reply_writer
from ui.shared import field_editor, formatting, lists, page
from ui.shell import layout
from ui.ticket import compose, editing, links, merge, options, panel, read_marker
from ui.ticket import conversation as shown

asked = page.number_asked("id")


def write(me: Actor, number: int, draft: DraftCard, kinds: list[str]) -> None:
    """Let the person reply or write a note, and add what they sent."""
    key, files = f"reply-{number}", compose.files(me, draft)
    sent = reply_writer(draft, key=key, visibilities=kinds, files=files, answers="internal" in kinds)
    if sent:
        rendering.ahead(sent.body)

        def say(session: Session) -> tuple[str, int, int]:
            target = tickets.find(session, me, number, to_change=True)
            before = ticket_versions.of(me, target)
            return compose.say(session, me, target, draft, sent), before, ticket_versions.of(me, target)

        try:
            done, before, after = compose.submit(draft, say)
        except Refusal as refusal:
            refuse(key, refusal)
        field_editor.made(number, before, after)
        page.tell(done)
        st.rerun()


@st.fragment
def draw() -> None:
    """Draw the ticket; somebody else's deed on it runs this alone."""
    me = page.me()
    try:
        with page.see() as session:
            newest = change_feed.newest(session)
            ticket, led = merge.followed(session, me, tickets.find(session, me, asked))
            number, left_for = ticket.id, merge_preview.target(session, me, ticket)
            held = merge_preview.sources(session, me, ticket)
            facts = ticket_list.one(session, me, ticket)
            thread = shown.asked(session, me, ticket)
            said = [e.id for e in thread.entries if isinstance(e, CommentCard)]
            files = attachments.near(session, me, ticket, said)
            draft = compose.opened(session, me, f"ticket-{number}")
            offered = options.read(session, me, ticket)
            look = read_marker.read(session, me, ticket)
            may = {
                p: left_for is None and gate.covers(session, me, p, ticket)
                for p in (Permission.COMMENT_PUBLIC, Permission.COMMENT_INTERNAL)
            }
    except NotFound:
        page.nothing_here()

    before = read_marker.noted(me, number, look)
    kinds = [
        k
        for k, p in (("public", Permission.COMMENT_PUBLIC), ("internal", Permission.COMMENT_INTERNAL))
        if may[p]
    ]
    layout.follow(me, number, since=newest)
    layout.tab(f"#{number} {facts.title}")
    layout.header(formatting.plain(facts.title), actor=me)
    shown.facts(facts)
    merge.notice(led, left_for)

    left, right = st.columns([5, 2], gap="large")
    with right:
        panel.panel(me, facts, offered)
        read_marker.forget(number)
        links.linker(me, facts, offered)
        if Permission.TICKET_MERGE in offered.may:
            merge.offer(me, facts)
        if left_for and left_for.number and merge_preview.may_undo(me):
            merge.undo(me, number, into=left_for.number)
    with left:
        shown.description(ticket, facts.requester, files)
        links.related(offered)
        merge.held(me, number, held)
        if thread.earlier:
            lists.more("Show earlier replies", "/ticket", {"id": str(number), "before": str(thread.earlier)})
        if st.query_params.get("before"):
            lists.more("Show the newest replies", "/ticket", {"id": str(number)})
        shown.thread(thread, files, kinds=kinds, looked=before, me=me.id)
        editing.own_words(me, thread)
        presence(key=f"presence-{number}", topic=change_feed.ticket(number))
        if kinds:
            write(me, number, draft, kinds)


draw()
