"""Rates: what an hour costs, by person and activity, from a day on."""

from datetime import date

import streamlit as st

from lib.timekeeping import activities, local_dates, rates, weeks
from ui.settings import removal
from ui.shared import formatting, page
from ui.shared.forms import EditForm
from ui.shell import layout

me = page.with_browser_timezone(page.me())
layout.show_header("Rates", actor=me)
with page.see() as session:
    found = rates.list_all(session, me)
    gone = rates.list_all(session, me, removed=True)
    people = weeks.list_people(session, me)
    kinds = {a.id: a.name for a in activities.list_all(session)}

st.caption(
    f"Cost of an hour in {rates.currency()}. The most specific rate applies: person and activity, then person, then "
    "activity, then all. A new rate applies from its start date."
)
form = EditForm("new_rate", 1)
with st.expander("New rate", icon=":material/add:"), st.form(form.key, border=False):
    today = local_dates.today(me.zone)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        person = st.selectbox(
            "Person",
            list(people),
            None,
            format_func=lambda id: formatting.format_searchable_name(people[id]),
            placeholder="All",
            width=240,
            key=form.field("person", None),
        )
        kind = st.selectbox(
            "Activity", list(kinds), None, format_func=kinds.__getitem__, placeholder="All", width=200,
            key=form.field("activity", None),
        )  # fmt: skip
        rate = st.text_input(
            f"{rates.currency()} per hour", max_chars=10, placeholder="85.50", width=150,
            key=form.field("rate", ""),
        )  # fmt: skip
        since = st.date_input(
            "From", format=formatting.day_input_format(), width=160, key=form.field("since", today)
        )
    known = form.known({(c.person_id, c.activity_id, c.since): c.version for c in found})
    form.tell()
    if st.form_submit_button("Set rate", type="primary"):
        with form.save("Rate set.") as session:
            first = since if isinstance(since, date) else today
            rates.set_rate(
                session, page.me(), cents=rates.parse_amount(rate), since=first, person_id=person, activity_id=kind,
                seen=known.get((person, kind, first), 0),
            )  # fmt: skip

if not found:
    st.caption("No rates yet. Set one to see costs in reports.")
for card in found:
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        whose = formatting.escape_markdown(card.person or "All people")
        what = f" at {formatting.escape_markdown(card.activity)}" if card.activity else ""
        st.markdown(
            f"**{whose}**{what}: {rates.format_amount(card.cents)} {rates.currency()} from "
            f"{formatting.format_day(card.since)}"
        )
        if st.button("Remove…", icon=":material/delete:", key=f"remove-{card.id}"):
            removal.show_remove_rate_dialog(card)
if gone:
    with st.expander(f"Removed rates ({len(gone)})", icon=":material/inventory_2:"):
        for card in gone:
            with st.container(
                horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
            ):
                whose = formatting.escape_markdown(card.person or "All people")
                what = f" at {formatting.escape_markdown(card.activity)}" if card.activity else ""
                st.markdown(
                    f"{whose}{what}: {rates.format_amount(card.cents)} {rates.currency()} from "
                    f"{formatting.format_day(card.since)}"
                )
                if st.button("Restore", icon=":material/restore:", key=f"restore-{card.id}"):
                    with page.attempt("Rate restored.") as session:
                        rates.restore(session, page.me(), card.id)
