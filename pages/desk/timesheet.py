"""My week: seven days by ticket, filled cell by cell; managers see and settle their team's."""

import streamlit as st

from lib.core.errors import NotFound
from lib.timekeeping import local_dates, timesheets, weeks
from ui.components.week import week
from ui.shared import formatting, page
from ui.shell import layout
from ui.time import timesheet as shown

me = page.there(page.me())
person = page.number_asked("person") or me.person_id
day = shown.day_asked(local_dates.today(me.zone))
try:
    with page.see() as session:
        people = weeks.people(session, me)
        found = weeks.of(session, me, person_id=person, day=day, also=shown.also_asked())
        manages = timesheets.manages(session, me, person)
except NotFound:
    page.nothing_here()
title = "My week" if person == me.id else f"{found.name}'s week"
layout.tab(title)
layout.header(formatting.plain(title), actor=me)

if len(people) > 1:
    ids = list(people)
    chosen = st.selectbox(
        "Whose week", ids, index=ids.index(person) if person in ids else None,
        format_func=lambda id: formatting.findable(people[id]), key=f"whose-{person}", width=320,
    )  # fmt: skip
    if chosen and chosen != person:
        st.query_params.from_dict({"of": found.first.isoformat(), "person": str(chosen)})
        st.rerun()

st.subheader(formatting.days(found.days[0], found.days[-1]), anchor=False)
if not found.lines:
    st.caption("Nothing was logged in this week yet.")
filled = week(
    found, key="week", fills=person == me.id, turns=shown.turns(found, st.query_params.get("person"))
)
if filled:
    shown.keep(filled)
if person == me.id:
    shown.add_line(me, found)
shown.settle(me, found, manages=manages)
