"""Timesheet: a week of logged time by ticket. Managers see and approve those of their teams."""

import streamlit as st

from lib.core.errors import NotFound
from lib.timekeeping import local_dates, timesheets, weeks
from ui.components.week import week
from ui.shared import formatting, page
from ui.shell import layout
from ui.time import timesheet as shown

me = page.with_browser_timezone(page.me())
person = page.number_from_url("person") or me.person_id
day = shown.day_from_url(local_dates.today(me.zone))
try:
    with page.see() as session:
        people = weeks.list_people(session, me)
        found = weeks.get(session, me, person_id=person, day=day, also=shown.tickets_from_url())
        manages = timesheets.can_manage(session, me, person)
except NotFound:
    page.show_not_found()
title = "Timesheet" if person == me.id else f"{found.name}'s timesheet"
layout.set_tab_title(title)
layout.show_header(formatting.escape_markdown(title), actor=me)

if len(people) > 1:
    ids = list(people)
    chosen = st.selectbox(
        "Person", ids, index=ids.index(person) if person in ids else None,
        format_func=lambda id: formatting.format_searchable_name(people[id]), key=f"whose-{person}", width=320,
    )  # fmt: skip
    if chosen and chosen != person:
        st.query_params.from_dict({"of": found.first.isoformat(), "person": str(chosen)})
        st.rerun()

st.subheader(formatting.format_date_range(found.days[0], found.days[-1]), anchor=False)
if not found.lines:
    st.caption("No time logged in this week yet.")
filled = week(
    found,
    key="week",
    fills=person == me.id,
    turns=shown.build_week_links(found, st.query_params.get("person")),
)
if filled:
    shown.save_cell(filled)
if person == me.id:
    shown.show_add_ticket(me, found)
shown.show_months(me, found, manages=manages)
