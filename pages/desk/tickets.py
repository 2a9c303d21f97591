"""The list of tickets that a person may see, narrowed and sorted by what stands in the URL."""

import streamlit as st

from lib.audit import change_feed
from lib.conversation import read_markers
from lib.lists import query_language, ticket_list
from lib.lists.bulk import Target
from lib.timekeeping import timers
from ui.components.live import rerun_on_event
from ui.components.ticket_rows import EmptyState, Link, ticket_rows
from ui.shared import lists, page, search_box
from ui.shared.lists import SORT_LABELS
from ui.shell import layout
from ui.ticket import assignee
from ui.tickets import bulk, default_views, list_layout, saved_views
from ui.tickets.filter_chips import show_chips
from ui.time import timer

me = page.me()
layout.show_header("Tickets", actor=me)

offered = default_views.list_for_person(me, st.query_params.get("show"))
lists.read_choice_from_url("show", offered, default="open")
show = st.segmented_control(
    "Show", list(offered), key="show", required=True, format_func=lambda name: offered[name].label,
    label_visibility="collapsed", on_change=lists.write_choice_to_url, args=("show", "open"),
)  # fmt: skip
lists.read_choice_from_url("sort", SORT_LABELS, default="-updated")
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
        on_change=lists.go_to_first_page,
    )
    sort = st.selectbox(
        "Sort", list(SORT_LABELS), key="sort", format_func=SORT_LABELS.__getitem__,
        label_visibility="collapsed", width=170, on_change=lists.write_choice_to_url, args=("sort", "-updated"),
    )  # fmt: skip
typing = show_chips(me, q or "")
search_box.show_ticket_link(me, q or "")

view = offered[show or "open"]
line = f"{view.line} {q or ''}".strip()


@st.fragment
def show_list() -> None:
    """Draw the list; somebody else's change runs this alone."""
    actor = page.me()
    with page.see() as session:
        newest = change_feed.newest_id(session)
        asked = query_language.parse_parameters(session, page.with_browser_timezone(actor), {"q": (line,)})
        counted = None if asked.narrowed.tried else ticket_list.count(session, actor, asked.narrowed)
        found = list_layout.load_page(
            session, actor, asked.narrowed, sort=sort, cursor=st.query_params.get("after"), count=counted
        )
        known = counted is not None or not (found.next or "after" in st.query_params)
        tried = len(found.rows) if known else bulk.UNCOUNTED
        count = tried if counted is None else counted
        running = timers.find_running_ticket_id(session, actor)
        fresh = read_markers.find_unread(session, actor, [row.number for row in found.rows])
    rerun_on_event(key="live", topic=change_feed.DESK, since=newest)

    search_box.show_not_understood(asked.puzzled, typing=typing)
    bar = st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="told"
    )
    empty = (
        EmptyState("No tickets match. Change the search or the filters.") if q else EmptyState(*view.empty)
    )
    kept = {k: v for k in ("show", "q", "sort", "cols", "group") if (v := st.query_params.get(k))}
    more = [Link("Back to the top", lists.build_url("/tickets", kept))] if "after" in st.query_params else []
    if found.next:
        more.append(Link("Next 50", lists.build_url("/tickets", {**kept, "after": found.next})))
    standing = [(row.number, row.team_id) for row in found.rows]
    chosen = ticket_rows(
        found.rows, key="rows", columns=list_layout.build_columns(sort, kept), sort=sort, fresh=fresh, empty=empty,
        groups=list_layout.build_headings(found, view.line, kept), more=more,
        choosing=bulk.selection_round(actor), sorter=False,
        clocks=timer.build_buttons(actor, standing, running=running), assigns=assignee.build_buttons(actor, standing),
    )  # fmt: skip
    with bar:
        if chosen:
            picked = [Target(row.number, row.version) for row in found.rows if row.number in chosen]
            bulk.show_bar(
                actor,
                picked,
                asked.narrowed,
                sort=sort,
                count=count,
            )
        else:
            with st.container(horizontal=True, vertical_alignment="center", width="content", gap="small"):
                st.caption(
                    lists.format_total(count, "ticket", known=known),
                    width="content",
                )
                bulk.show_last_change(actor)
            with st.container(horizontal=True, width="content", gap="small"):
                list_layout.show_layout_options()
                saved_views.show_editor(actor, line, sort)
                lists.show_export(actor, (line,), sort, understood=not asked.puzzled)
    bulk.show_open_dialog()
    assignee.show_open_dialog()


show_list()
