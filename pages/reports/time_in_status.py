"""Time in status: how long tickets were in each status, by team, category and period."""

import streamlit as st

from lib.catalog import categories
from lib.core.errors import Refusal
from lib.lists import filters
from lib.people import teams
from lib.reports import time_in_status
from ui.reports import date_range, downloads
from ui.shared import page
from ui.shell import layout
from ui.time import time_in_status as time_in_status_parts

me = page.with_browser_timezone(page.me())
layout.show_header("Time in status", actor=me)
with page.see() as session:
    own = {str(team.id): team.name for team in teams.list_all(session, me)}
    tree = {str(card.id): card.path for card in categories.list_all(session)}
with st.container(horizontal=True, vertical_alignment="bottom"):
    team = st.selectbox(
        "Team",
        list(own),
        None,
        format_func=own.__getitem__,
        key="team",
        placeholder="All teams",
        width=220,
        bind="query-params",
    )
    category = st.selectbox(
        "Category",
        list(tree),
        None,
        format_func=tree.__getitem__,
        key="category",
        placeholder="All categories",
        width=260,
        bind="query-params",
    )
    first, last = date_range.choose_dates(me)

try:
    with page.see() as session:
        asked = {"team": [team] if team else [], "category": [category] if category else []}
        narrowed = filters.parse_parameters(session, me, asked)
        since, until = time_in_status.to_time_range(first, last, me.zone)
        found = time_in_status.build_report(session, me, since=since, until=until, narrowed=narrowed)
except Refusal as refusal:
    page.show_refusal(refusal)
    st.stop()

if any(row.left.n or row.standing.n for row in found):
    open_tickets = sum(row.standing.n for row in found)
    st.caption(f"Backlog: {open_tickets:,} open ticket{'' if open_tickets == 1 else 's'} now.")
    time_in_status_parts.show_table(found)
    st.caption(
        "Times include nights and weekends. The 90th percentile is rounded up. "
        "A ticket that returns to a status counts again."
    )
    days = {"from": first.isoformat(), "to": last.isoformat(), "zone": me.zone.key}
    downloads.show_links("status-times", asked | days)
else:
    st.caption("No data for this period. Choose other dates or another team.")
