"""My week: seven days by ticket, filled cell by cell; managers see and settle their team's."""

import streamlit as st

from lib.errors import NotFound
from lib.timekeeping import days, sheets, weeks
from ui import frame, page
from ui import week as shown
from ui.components.week import week

me = page.there(page.me())
frame.header("My week", actor=me)
person = page.number_asked("person") or me.id or 0
day = shown.day_asked(days.today(days.zone(me.timezone)))
try:
    with page.see() as session:
        people = weeks.people(session, me)
        found = weeks.of(session, me, person_id=person, day=day, also=shown.also_asked())
        manages = sheets.manages(session, me, person)
except NotFound:
    page.nothing_here()

if len(people) > 1:
    ids = list(people)
    chosen = st.selectbox(
        "Whose week", ids, index=ids.index(person) if person in ids else None, format_func=people.__getitem__,
        key=f"whose-{person}", width=320,
    )  # fmt: skip
    if chosen and chosen != person:
        st.query_params.from_dict({"of": found.first.isoformat(), "person": str(chosen)})
        st.rerun()

shown.turn_pages(found, st.query_params.get("person"))
if not found.lines:
    st.caption("Nothing was logged in this week yet.")
filled = week(found, key="week", fills=person == me.id)
if filled:
    shown.keep(filled)
if person == me.id:
    shown.add_line(me, found)
shown.settle(me, found, manages=manages)
