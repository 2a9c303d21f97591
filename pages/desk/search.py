"""What a search finds in all texts that a person may read."""

import streamlit as st

from lib.lists import search_results
from ui.shared import page, search_box
from ui.shell import layout

me = page.me()
layout.show_header("Search", actor=me)
line = search_box.show_page_box()
search_box.show_ticket_link(me, line)

with page.see() as session:
    found = search_results.find(
        session, page.with_browser_timezone(me), line, after=st.query_params.get("after")
    )

search_box.show_not_understood(found.asked.puzzled)
search_box.show_hits(found.hits, line)
if found.next:
    with st.container(horizontal=True, horizontal_alignment="right"):
        more = {search_box.QUERY_PARAMETER: line, "after": found.next}
        st.page_link(
            search_box.SEARCH_PAGE, label="More results", icon=":material/chevron_right:", query_params=more
        )
