"""The list of tickets that a person may see, narrowed and sorted by what stands in the URL."""

import streamlit as st

from lib.desk import filters, listing, statuses
from lib.errors import Invalid
from lib.trust import news
from ui import frame, lists, page, words
from ui.components.live import live
from ui.components.ticket_rows import Empty, Link, ticket_rows
from ui.lists import SORTS, VIEWS, begin_again, narrowing, offered, shown, told

me = page.me()
frame.header("Tickets", actor=me)

views, given = offered(me, st.query_params.get("show")), narrowing()
show = st.segmented_control(
    "Show", list(views), key="show", default="open", required=True, bind="query-params",
    format_func=lambda name: views[name].label, label_visibility="collapsed", on_change=begin_again,
    kwargs={"with_all": True},
)  # fmt: skip
with st.container(horizontal=True, vertical_alignment="bottom"):
    q = st.text_input(
        "Find", key="q", type="search", placeholder="Find words", icon=":material/search:", bind="query-params",
        label_visibility="collapsed", live="300ms", on_change=begin_again,
    )  # fmt: skip
    sort = st.selectbox(
        "Sort", list(SORTS), key="sort", bind="query-params", format_func=SORTS.__getitem__,
        label_visibility="collapsed", width=170, on_change=begin_again,
    )  # fmt: skip


@st.fragment
def draw() -> None:
    """Draw the list; somebody else's deed runs this alone."""
    actor = page.me()
    view = views.get(show or "", VIEWS["open"])
    with page.see() as session:
        newest = news.newest(session)
        try:
            narrowed = filters.both(
                filters.narrow(session, actor, {**view.filters, "q": (q or "",)}),
                filters.narrow(session, actor, given),
            )
        except Invalid:
            page.nothing_here()
        named = {str(s.id): s.name for s in statuses.every(session)} if "status" in given else {}
        found = listing.page(
            session, actor, narrowed, sort=sort, cursor=st.query_params.get("after"), limit=50
        )
        count = listing.count(session, actor, narrowed)
    live(key="live", topic=news.DESK, since=newest)

    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(
            shown(count, "ticket") + (f": {words.plain(told(given, named))}" if given else ""),
            width="content",
        )
        if given:
            st.button(
                "Show all of them", type="tertiary", key="widen", on_click=begin_again,
                kwargs={"with_all": True},
            )  # fmt: skip
    empty = Empty("No ticket matches.") if q or given else Empty(*view.empty)
    kept = {k: st.query_params.get_all(k) for k in ("show", "q", "sort", *given) if k in st.query_params}
    more = [Link("Back to the top", lists.link("/tickets", kept))] if "after" in st.query_params else []
    if found.next:
        more.append(Link("Next 50", lists.link("/tickets", {**kept, "after": found.next})))
    ticket_rows(found.rows, key="rows", sort=sort, empty=empty, more=more)


draw()
