"""Time report: reports of logged time by up to three facts and by period, on screen and as files."""

import streamlit as st

from db.vocabulary import Permission, Scope
from lib.core.errors import Refusal
from lib.reports import time_report
from lib.timekeeping import durations, rates
from ui.reports import date_range, downloads
from ui.shared import formatting, page
from ui.shared.tables import show_table
from ui.shell import layout

MAX_ROWS = 500

me = page.with_browser_timezone(page.me())
layout.show_header("Time report", actor=me)
with st.container(horizontal=True, vertical_alignment="bottom"):
    by = st.multiselect(
        "Group by",
        list(time_report.DIMENSIONS),
        ["person"],
        max_selections=time_report.MAX_DIMENSIONS,
        format_func=str.capitalize,
        key="by",
        bind="query-params",
    )
    per = st.selectbox(
        "Period",
        list(time_report.PERIODS),
        None,
        format_func=str.capitalize,
        key="per",
        placeholder="Whole period",
        width=190,
        bind="query-params",
    )
    since, until = date_range.choose_dates(me)
    keeps = me.may(Permission.RATE_MANAGE, least=Scope.ALL)
    cost = keeps and st.toggle(
        "Cost", key="cost", help="From the hourly rates in settings.", bind="query-params"
    )

try:
    with page.see() as session:
        found = time_report.build_report(session, me, by=by, per=per, since=since, until=until, cost=cost)
except Refusal as refusal:
    page.show_refusal(refusal)
    st.stop()

groups = found.groups[:MAX_ROWS]
if found.unseen:
    st.caption(f"Not included: {durations.format_minutes(found.unseen)} on tickets outside your reports.")
if not groups:
    st.caption("No time was logged in this period.")
    st.stop()

whole = f"{durations.format_minutes(found.total)} in total"
if found.estimate is not None and found.estimated is not None:
    estimate = durations.format_minutes(found.estimate)
    whole += f", {durations.format_minutes(found.estimated)} of it on tickets estimated at {estimate}"
if found.cost is not None:
    whole += f", {rates.format_amount(found.cost)} {rates.currency()}"
st.subheader(whole, anchor=False)
if found.unpriced:
    st.caption(f"{durations.format_minutes(found.unpriced)} of it has no rate and counts as no cost.")
shown = (
    {"Period": [formatting.format_period(g.period, per) if g.period else "" for g in groups]} if per else {}
)
for place, name in enumerate(by):
    shown[name.capitalize()] = [g.values[place] for g in groups]
shown["Time"] = [durations.format_minutes(g.minutes) for g in groups]
if found.estimate is not None:
    shown["Estimate"] = ["" if g.estimate is None else durations.format_minutes(g.estimate) for g in groups]
    shown["Time on estimated"] = [
        "" if g.estimated is None else durations.format_minutes(g.estimated) for g in groups
    ]
if found.cost is not None:
    shown[f"Cost in {rates.currency()}"] = [rates.format_amount(g.cost or 0) for g in groups]
show_table(
    shown,
    label="Time report",
    numbers={name for name in shown if name.startswith(("Time", "Estimate", "Cost"))},
)
if len(found.groups) > MAX_ROWS:
    st.caption(f"Showing {MAX_ROWS} of {len(found.groups)} rows. The files contain all rows.")
asked = {"by": ",".join(by), "from": since.isoformat(), "to": until.isoformat()} | (
    {"per": per} if per else {}
)
asked |= {"cost": "true"} if cost else {}
downloads.show_links("time-report", asked)
