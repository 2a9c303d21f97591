"""The list of tickets that a person may see, narrowed and sorted by what stands in the URL."""

import streamlit as st

from lib.desk import filters, listing
from ui import frame, lists, page
from ui.components.ticket_rows import Empty, Link, ticket_rows
from ui.lists import SORTS, VIEWS, begin_again, shown

me = page.me()
frame.header("Tickets", actor=me)

views = {name: view for name, view in VIEWS.items() if me.staff or not view.staff}
show = st.segmented_control(
    "Show", list(views), key="show", default="open", required=True, bind="query-params",
    format_func=lambda name: views[name].label, label_visibility="collapsed", on_change=begin_again,
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

wanted = {**views[show or "open"].filters, "q": (q or "",)}
with page.see() as session:
    narrowed = filters.narrow(session, me, wanted)
    found = listing.page(session, me, narrowed, sort=sort, cursor=st.query_params.get("after"), limit=50)
    count = listing.count(session, me, narrowed)

st.caption(shown(count, "ticket"))
empty = Empty("No ticket matches.") if q else Empty(*views[show or "open"].empty)
kept = {k: v for k in ("show", "q", "sort") if (v := st.query_params.get(k))}
more = [Link("Back to the top", lists.link("/", kept))] if "after" in st.query_params else []
if found.next:
    more.append(Link("Next 50", lists.link("/", {**kept, "after": found.next})))
ticket_rows(found.rows, key="rows", sort=sort, empty=empty, more=more)
