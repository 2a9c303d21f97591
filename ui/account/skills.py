"""What somebody knows and when they are away, for themselves and for those who keep their team."""

from datetime import timedelta

import streamlit as st

from lib.access.gate import Actor
from lib.assignment import skills
from lib.catalog import categories
from lib.people import absences, accounts
from lib.timekeeping import local_dates
from ui.shared import formatting, page


def show_skills_and_absences(me: Actor, person_id: int) -> None:
    """Let somebody say what a person knows, and note when they are away."""
    with page.see() as session:
        person = accounts.get(session, me, person_id)
        known = skills.list_for_person(session, me, person)
        paths = {c.id: c.path for c in categories.list_all(session)}
        noted = absences.list_for_person(session, me, person)
    with st.form(f"skills-{person_id}", border=False):
        chosen = st.multiselect(
            "Knows", list(paths), [id for id in known if id in paths], format_func=paths.__getitem__,
            placeholder="Nothing in particular",
            help="Whoever knows a category knows all below it too, and is offered its tickets first.",
        )  # fmt: skip
        if st.form_submit_button("Save skills"):
            with page.attempt("Skills saved.") as session:
                skills.set_for_person(session, me, accounts.get(session, me, person_id), chosen)
    st.markdown("**Away**")
    if not noted:
        st.caption("No absence is noted. Rules give no tickets to people who are away.")
    for absence in noted:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.write(formatting.format_date_range(absence.starts_on, absence.ends_on))
            if st.button("Take back", key=f"absence-{absence.id}", icon=":material/undo:"):
                with page.attempt("Absence taken back.") as session:
                    absences.remove(session, me, accounts.get(session, me, person_id), absence.id)
    today = local_dates.today(page.with_browser_timezone(me).zone)
    with (
        st.form(f"away-{person_id}", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        first = st.date_input("From", today, min_value=today - timedelta(days=1), format="YYYY-MM-DD")
        last = st.date_input(
            "Until and with", today, min_value=today - timedelta(days=1), format="YYYY-MM-DD"
        )
        if st.form_submit_button("Add absence"):
            with page.attempt("Absence noted.") as session:
                person = accounts.get(session, me, person_id)
                absences.add(session, me, person, starts_on=first, ends_on=last)
