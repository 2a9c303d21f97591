"""The first page: what to do now, what waits, and how it is going, each number opening its tickets."""

import streamlit as st

from ui.components.figures import figures
from ui.components.ticket_rows import EmptyState, ticket_rows
from ui.reports import dashboard
from ui.shared import charts, page
from ui.shell import layout

me = page.me()
with page.see() as session:
    seen = dashboard.load(session, me)

layout.show_header("Dashboard", actor=me)
figures(dashboard.build_ticket_cards(me, seen), key="cards", label="Ticket counts")

heading = dashboard.HEADINGS[seen.shown]
st.subheader(heading, anchor=False)
ticket_rows(
    seen.rows, key="rows", label=heading, sort=seen.sort, columns=dashboard.choose_columns(seen),
    empty=EmptyState(*dashboard.describe_empty_list(me)),
)  # fmt: skip
if seen.counts[seen.shown] > len(seen.rows):
    st.page_link(
        "pages/desk/tickets.py", label="Show all", icon=":material/arrow_forward:",
        query_params={"show": seen.shown, "sort": seen.sort},
    )  # fmt: skip

if any(n for _, n in seen.statuses):
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Open tickets by status", anchor=False)
        if dashboard.has_exact_counts(seen):
            charts.show_status_bar(seen.statuses, key="statuses")
        figures(
            dashboard.build_status_cards(seen), key="by-status", label="Open tickets by status", small=True
        )
    with right:
        st.subheader("Open tickets by age", anchor=False)
        figures(dashboard.build_age_cards(seen), key="by-age", label="Open tickets by age", small=True)

if seen.times:
    st.subheader(dashboard.format_period(seen), anchor=False)
    figures(dashboard.build_time_cards(me, seen), key="times", label=dashboard.format_period(seen))
    st.caption("Median times, including nights and weekends.")

if needs := dashboard.list_warnings(seen):
    st.subheader("Needs attention", anchor=False)
    st.markdown("\n".join(f"- {sentence}" for sentence in needs))
    st.page_link("pages/settings/people.py", label="Manage users", icon=":material/group:")
