"""The rule by which new tickets find their assignee, where categories and teams are kept."""

import streamlit as st

from db.vocabulary import AssignmentMethod
from lib.assignment.rules import MAX_CAP, RuleCard
from ui.shared.forms import EditForm

NO_LIMIT = 0
METHOD_LABELS = {
    AssignmentMethod.MANUAL: "Manually",
    AssignmentMethod.ROUND_ROBIN: "Round robin: in turn, skipping people who are away",
    AssignmentMethod.LEAST_LOADED: "Fewest open tickets",
}
METHOD_DESCRIPTIONS = {
    AssignmentMethod.MANUAL: "assigned manually",
    AssignmentMethod.ROUND_ROBIN: "assigned round robin",
    AssignmentMethod.LEAST_LOADED: "assigned to the person with the fewest open tickets",
}


def format_rule(rule: RuleCard | None) -> str:
    """Return a rule in words, or nothing where there is none."""
    if rule is None:
        return ""
    return METHOD_DESCRIPTIONS[rule.way] + (f", at most {rule.cap} open each" if rule.cap else "")


def show_fields(
    form: EditForm, rule: RuleCard | None, *, inherited: str | None = None
) -> tuple[AssignmentMethod | None, int | None]:
    """Ask for a rule and its cap inside a form; `inherited` says what holds without one, where that can be chosen."""
    now = rule.way if rule else None if inherited else AssignmentMethod.MANUAL
    ways: dict[AssignmentMethod | None, str] = {**({None: inherited} if inherited else {}), **METHOD_LABELS}
    listed = list(ways)
    way = st.selectbox(
        "Assignment of new tickets", listed, format_func=ways.__getitem__, key=form.field("way", now)
    )
    most = rule.cap if rule and rule.cap else NO_LIMIT
    cap = st.number_input(
        "Most open tickets per person (0: no limit)",
        NO_LIMIT,
        MAX_CAP,
        key=form.field("cap", most),
    )
    st.caption(
        "If nobody is available, tickets wait in the assignment queue. The most urgent are assigned first."
    )
    return way, int(cap) or None
