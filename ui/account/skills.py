"""A person's skills and absences, edited by themselves or by their managers."""

from datetime import timedelta

import streamlit as st

from lib.access.gate import Actor
from lib.assignment import skills
from lib.catalog import categories
from lib.people import absences, accounts
from lib.timekeeping import local_dates
from ui.shared import formatting, page


def show_skills_and_absences(me: Actor, person_id: int) -> None:
    """Show and edit a person's skills and absences."""
    with page.see() as session:
        person = accounts.get(session, me, person_id)
        known = skills.list_for_person(session, me, person)
        paths = {c.id: c.path for c in categories.list_all(session)}
        noted = absences.list_for_person(session, me, person)
    with st.form(f"skills-{person_id}", border=False):
        chosen = st.multiselect(
            "Skills", list(paths), [id for id in known if id in paths], format_func=paths.__getitem__,
            placeholder="Choose categories",
            help="A skill covers the category and its subcategories. Assignment rules prefer people with a "
                 "matching skill.",
        )  # fmt: skip
        if st.form_submit_button("Save skills"):
            with page.attempt("Skills saved.") as session:
                skills.set_for_person(session, me, accounts.get(session, me, person_id), chosen)
    st.markdown("**Away**")
    if not noted:
        st.caption("No absences. Assignment rules give no tickets to people who are away.")
    for absence in noted:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.write(formatting.format_date_range(absence.starts_on, absence.ends_on))
            if st.button("Delete absence", key=f"absence-{absence.id}", icon=":material/undo:"):
                with page.attempt("Absence deleted.") as session:
                    absences.remove(session, me, accounts.get(session, me, person_id), absence.id)
    today = local_dates.today(page.with_browser_timezone(me).zone)
    with (
        st.form(f"away-{person_id}", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        first = st.date_input(
            "From", today, min_value=today - timedelta(days=1), format=formatting.day_input_format()
        )
        last = st.date_input(
            "Through", today, min_value=today - timedelta(days=1), format=formatting.day_input_format()
        )
        if st.form_submit_button("Add absence"):
            with page.attempt("Absence added.") as session:
                person = accounts.get(session, me, person_id)
                absences.add(session, me, person, starts_on=first, ends_on=last)
