"""The parts with which administrators keep the tree of categories and answer proposals."""

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit_sortables import sort_items

from db.vocabulary import Priority
from lib.assignment import rules as assignment_rules
from lib.assignment.rules import RuleCard
from lib.catalog import categories, category_proposals
from lib.catalog.categories import CategoryCard
from lib.catalog.category_proposals import ProposalCard
from lib.people import teams
from ui.settings import assignment_rules as assignment_rule_form
from ui.settings import removal
from ui.shared import formatting, page
from ui.shared.forms import EditForm

PRIORITY_LABELS = {p: p.label.capitalize() for p in Priority}
TOP_LEVEL = "Top level"
PARENT_LABEL, TEAM_LABEL = "Parent category", "Team"
INHERITED_PRIORITY, INHERITED_TEAM = (
    "From the parent category, or normal",
    "From the parent category, or the default team",
)


def format_category(category: CategoryCard, places: Mapping[int, str], rule: RuleCard | None) -> str:
    """Return what a category says of its own about its tickets, in words."""
    parts = [
        f"goes to {places.get(category.team_id, 'no team')}" if category.team_id else "",
        f"priority {category.priority.label}" if category.priority else "",
        assignment_rule_form.format_rule(rule),
    ]
    told = " · ".join(part for part in parts if part)
    return formatting.escape_markdown(told) or (
        "goes to the default team" if not category.depth else "team of the parent category"
    )


def show_add_form(found: Sequence[CategoryCard], places: Mapping[int, str]) -> None:
    """Let an administrator add a category."""
    with (
        st.expander("New category", icon=":material/add:"),
        st.form(page.form_key("new_category"), border=False),
    ):
        name = st.text_input("Name", max_chars=80)
        parent, team = _show_placement_fields({c.id: c.path for c in found}, places)
        if st.form_submit_button("Add category", type="primary"):
            with page.attempt("Category added.", form="new_category") as session:
                categories.create(session, page.me(), name=name, parent_id=parent, team_id=team)


def _show_placement_fields(
    paths: Mapping[int, str], places: Mapping[int, str]
) -> tuple[int | None, int | None]:
    """Ask below which category, and to which team its tickets go."""
    tops, groups = {None: TOP_LEVEL, **paths}, {None: INHERITED_TEAM, **places}
    above = st.selectbox(PARENT_LABEL, list(tops), format_func=tops.__getitem__)
    goes = st.selectbox(TEAM_LABEL, list(groups), format_func=groups.__getitem__)
    return above, goes


@st.dialog("Change a category")
def show_edit_dialog(category_id: int) -> None:
    """Change everything about one category, or delete it."""
    me = page.me()
    with page.see() as session:
        found = {c.id: c for c in categories.list_all(session)}
        rule = assignment_rules.list_by_category(session, me).get(category_id)
        places = {t.id: t.name for t in teams.list_all(session, me)}
    category = found.get(category_id)
    if category is None:
        st.info("Somebody else deleted this category.")
        return
    below = categories.subtree_ids(found, category.id)
    rest = {c.id: c.path for c in found.values() if c.id not in below}
    form = EditForm(f"category-{category.id}", category.version, dialog=True)
    with st.form(form.key, border=False):
        name = st.text_input("Name", max_chars=80, key=form.field("name", category.name))
        tops, groups = {None: TOP_LEVEL, **rest}, {None: INHERITED_TEAM, **places}
        parent = st.selectbox(
            PARENT_LABEL,
            list(tops),
            format_func=tops.__getitem__,
            key=form.field("parent", category.parent_id),
        )
        team = st.selectbox(
            TEAM_LABEL, list(groups), format_func=groups.__getitem__, key=form.field("team", category.team_id)
        )
        levels = {None: INHERITED_PRIORITY, **PRIORITY_LABELS}
        priority = st.selectbox(
            "Default priority", list(levels), format_func=levels.__getitem__,
            key=form.field("priority", category.priority),
        )  # fmt: skip
        way, cap = assignment_rule_form.show_fields(
            form, rule, inherited="From the parent category, or the team's rule"
        )
        default = category.is_default or st.checkbox("Default category", key=form.field("default", now=False))
        form.tell()
        if st.form_submit_button("Save", type="primary"):
            with form.save("Saved.") as session:
                row = categories.get(session, category.id)
                row.must_be(form.seen)
                categories.rename(session, me, row, name=name)
                categories.set_parent(session, me, row, parent_id=parent)
                categories.set_team(session, me, row, team_id=team)
                categories.set_priority(session, me, row, priority=priority)
                assignment_rules.set_for_category(session, me, row, way=way, cap=cap)
                if default:
                    categories.make_default(session, me, row)
    if category.is_default:
        st.caption("This is the default category and can't be deleted.")
    elif len(below) > 1:
        st.caption("This category has subcategories. Move or delete them first.")
    else:
        removal.show_delete_category(category, rest, seen=form.seen)


def show_order(found: Sequence[CategoryCard]) -> None:
    """Let an administrator drag those that stand beside each other into their order."""
    beside: dict[int | None, list[CategoryCard]] = {}
    for card in found:
        beside.setdefault(card.parent_id, []).append(card)
    groups = {parent: cards for parent, cards in beside.items() if len(cards) > 1}
    if not groups:
        return
    if not st.toggle("Reorder categories"):
        return
    paths: dict[int | None, str] = {None: TOP_LEVEL, **{c.id: f"In {c.path}" for c in found}}
    parent = st.selectbox("Parent category", list(groups), format_func=paths.__getitem__)
    st.caption("Drag categories into the order in which people see them.")
    ids = {c.name: c.id for c in groups[parent]}
    ordered = sort_items(list(ids), key=f"order-{parent}-{page.attempt_count()}")
    if ordered != list(ids) and set(ordered) == set(ids):
        with page.attempt("Order saved.") as session:
            categories.reorder(session, page.me(), parent, [ids[name] for name in ordered])


def show_proposals(
    waiting: Sequence[ProposalCard], found: Sequence[CategoryCard], places: Mapping[int, str]
) -> None:
    """Let an administrator accept, rename or refuse what colleagues proposed."""
    if not waiting:
        return
    st.subheader("Proposed categories", anchor=False)
    paths = {c.id: c.path for c in found}
    for proposal in waiting:
        with st.container(
            border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
        ):
            who, count = ", ".join(proposal.people), proposal.tickets
            told = f"{who}, {formatting.format_relative(proposal.since)}, for {count} ticket{'' if count == 1 else 's'}"
            st.markdown(
                f"**{formatting.escape_markdown(proposal.name)}**  \n:gray[{formatting.escape_markdown(told)}]"
            )
            with st.popover("Review", icon=":material/reply:"):
                with st.form(f"accept-{proposal.id}", border=False):
                    name = st.text_input(
                        "Name", proposal.name, max_chars=80,
                        help="Enter the name of an existing category to move the tickets there.",
                    )  # fmt: skip
                    parent, team = _show_placement_fields(paths, places)
                    if st.form_submit_button("Accept", type="primary"):
                        with page.attempt("Category added. Its tickets moved into it.") as session:
                            me = page.me()
                            category_proposals.accept(
                                session, me, proposal.id, name=name, parent_id=parent, team_id=team
                            )
                if st.button("Decline", key=f"refuse-{proposal.id}", icon=":material/close:"):
                    with page.attempt("Proposal declined. Its tickets stay in their category.") as session:
                        category_proposals.reject(session, page.me(), proposal.id)
