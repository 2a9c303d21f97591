"""The rule by which new tickets find their assignee, where categories and teams are kept."""

import streamlit as st

from db.vocabulary import AssignmentMethod
from lib.assignment.rules import MAX_CAP, RuleCard
from ui.shared.forms import EditForm

NO_LIMIT = 0
METHOD_LABELS = {
    AssignmentMethod.MANUAL: "By hand: somebody takes or assigns them",
    AssignmentMethod.ROUND_ROBIN: "In turn, to everybody who is there",
    AssignmentMethod.LEAST_LOADED: "To whoever has least open",
}
METHOD_DESCRIPTIONS = {
    AssignmentMethod.MANUAL: "given by hand",
    AssignmentMethod.ROUND_ROBIN: "given in turn",
    AssignmentMethod.LEAST_LOADED: "given to whoever has least open",
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
        "New tickets are given", listed, format_func=ways.__getitem__, key=form.field("way", now)
    )
    most = rule.cap if rule and rule.cap else NO_LIMIT
    cap = st.number_input(
        "Nobody is given more than this many open tickets (0: no limit)",
        NO_LIMIT,
        MAX_CAP,
        key=form.field("cap", most),
    )
    st.caption(
        "When nobody is left, tickets wait, and are handed out within a minute of somebody being free again: "
        "the most urgent first."
    )
    return way, int(cap) or None
