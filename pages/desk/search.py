"""What a search finds in all texts that a person may read."""

import streamlit as st

from lib.lists import search_results
from ui import finding, frame, page

me = page.me()
frame.header("Search", actor=me)
line = finding.asked()
finding.offer(me, line)

with page.see() as session:
    found = search_results.find(session, page.there(me), line, after=st.query_params.get("after"))

finding.not_understood(found.asked.puzzled)
finding.show_hits(found.hits, line)
if found.next:
    with st.container(horizontal=True, horizontal_alignment="right"):
        more = {finding.WORDS: line, "after": found.next}
        st.page_link(finding.SEARCH, label="Older", icon=":material/chevron_right:", query_params=more)
