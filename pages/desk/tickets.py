"""The list of tickets that a person may see, narrowed and sorted by what stands in the URL."""

import streamlit as st

from lib.audit import change_feed
from lib.conversation import read_markers
from lib.lists import query_language, ticket_list
from lib.lists.bulk import Target
from lib.timekeeping import timers
from ui.components.live import live
from ui.components.ticket_rows import Empty, Link, ticket_rows
from ui.shared import lists, page, search_box
from ui.shared.lists import SORTS
from ui.shell import layout
from ui.ticket import assignee
from ui.tickets import bulk, default_views, list_layout, saved_views
from ui.tickets.filter_chips import chips
from ui.time import timer

me = page.me()
layout.header("Tickets", actor=me)

offered = default_views.offered(me, st.query_params.get("show"))
lists.follow("show", offered, default="open")
show = st.segmented_control(
    "Show", list(offered), key="show", required=True, format_func=lambda name: offered[name].label,
    label_visibility="collapsed", on_change=lists.chosen, args=("show", "open"),
)  # fmt: skip
lists.follow("sort", SORTS, default="-updated")
with st.container(horizontal=True, vertical_alignment="bottom"):
    q = st.text_input(
        "Find",
        key="q",
        type="search",
        placeholder=search_box.PLACEHOLDER,
        icon=":material/search:",
        bind="query-params",
        label_visibility="collapsed",
        live="300ms",
        on_change=lists.begin_again,
    )
    sort = st.selectbox(
        "Sort", list(SORTS), key="sort", format_func=SORTS.__getitem__, label_visibility="collapsed", width=170,
        on_change=lists.chosen, args=("sort", "-updated"),
    )  # fmt: skip
typing = chips(me, q or "")
search_box.offer(me, q or "")

view = offered[show or "open"]
line = f"{view.line} {q or ''}".strip()


@st.fragment
def draw() -> None:
    """Draw the list; somebody else's deed runs this alone."""
    actor = page.me()
    with page.see() as session:
        newest = change_feed.newest(session)
        asked = query_language.narrow(session, page.there(actor), {"q": (line,)})
        counted = None if asked.narrowed.tried else ticket_list.count(session, actor, asked.narrowed)
        found = list_layout.page(
            session, actor, asked.narrowed, sort=sort, cursor=st.query_params.get("after"), count=counted
        )
        known = counted is not None or not (found.next or "after" in st.query_params)
        tried = len(found.rows) if known else bulk.MANY
        count = tried if counted is None else counted
        running = timers.running(session, actor)
        fresh = read_markers.fresh(session, actor, [row.number for row in found.rows])
    live(key="live", topic=change_feed.DESK, since=newest)

    search_box.not_understood(asked.puzzled, typing=typing)
    bar = st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="told"
    )
    empty = Empty("No ticket matches.") if q else Empty(*view.empty)
    kept = {k: v for k in ("show", "q", "sort", "cols", "group") if (v := st.query_params.get(k))}
    more = [Link("Back to the top", lists.link("/tickets", kept))] if "after" in st.query_params else []
    if found.next:
        more.append(Link("Next 50", lists.link("/tickets", {**kept, "after": found.next})))
    standing = [(row.number, row.team_id) for row in found.rows]
    chosen = ticket_rows(
        found.rows, key="rows", columns=list_layout.columns(sort, kept), sort=sort, fresh=fresh, empty=empty,
        groups=list_layout.headings(found, view.line, kept), more=more, choosing=bulk.choosing(actor), sorter=False,
        clocks=timer.clocks(actor, standing, running=running), assigns=assignee.offered(actor, standing),
    )  # fmt: skip
    with bar:
        if chosen:
            picked = [Target(row.number, row.version) for row in found.rows if row.number in chosen]
            bulk.bar(
                actor,
                picked,
                asked.narrowed,
                sort=sort,
                count=count,
            )
        else:
            with st.container(horizontal=True, vertical_alignment="center", width="content", gap="small"):
                st.caption(
                    lists.shown(count, "ticket", known=known),
                    width="content",
                )
                bulk.done(actor)
            with st.container(horizontal=True, width="content", gap="small"):
                list_layout.choose()
                saved_views.keep(actor, line, sort)
                lists.export(actor, (line,), sort, understood=not asked.puzzled)
    bulk.talk()
    assignee.talk()


draw()
