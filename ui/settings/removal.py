"""Retiring, deleting, disabling and removing: what it would do, said first, and a second step that does it."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from lib.catalog import categories, statuses
from lib.catalog.categories import CategoryCard
from lib.catalog.statuses import StatusCard
from lib.core.errors import Refusal
from lib.people import accounts, disable_preview, team_removal, teams
from lib.people.teams import TeamCard
from lib.timekeeping import durations, rates
from lib.timekeeping.rates import RateCard
from lib.transactions import Session
from ui.shared import formatting, page


def _show_counts(counts: Mapping[str, int]) -> None:
    """List what is there, each with its number."""
    st.markdown("\n".join(f"- {label}: **{count:,}**" for label, count in counts.items() if count))


def _choose_successor(label: str, options: Mapping[int, str], *, key: str) -> int | None:
    """Ask for a successor; none is chosen to begin with."""
    return st.selectbox(
        label, list(options), index=None, format_func=options.__getitem__, placeholder="Choose one", key=key
    )


@st.dialog("Archive status")
def show_archive_status_dialog(card: StatusCard, heirs: Mapping[int, str]) -> None:
    """Say what archiving a status would do, and do it once its successor is chosen."""
    me = page.me()
    try:
        with page.see() as session:
            row = statuses.get(session, card.id)
            found = statuses.preview_archive(session, me, row)
    except Refusal as refusal:
        page.show_refusal(refusal)
        return
    st.markdown(
        f"Tickets can no longer be moved to **{formatting.escape_markdown(row.name)}**. You can restore it later."
    )
    _show_counts(
        {
            "Tickets in this status": found.tickets,
            "Open tickets among them": found.open,
            "Merged tickets that return to it when their merge is undone": found.merged,
            "Workflow rules that no longer apply": found.moves,
        }
    )
    heir = None
    if found.needs_successor:
        heir = _choose_successor("Move its tickets to", heirs, key=f"heir-{card.id}")
        st.caption("Restoring the status later doesn't bring its tickets back.")
    if st.button("Archive status", type="primary", disabled=found.needs_successor and heir is None):
        with page.attempt("Status archived.") as session:
            successor = statuses.get(session, heir) if heir else None
            row = statuses.get(session, card.id)
            statuses.archive(session, me, row, successor=successor, seen=card.version)


def show_archived_statuses(archived: Sequence[StatusCard]) -> None:
    """List the archived statuses, each to be restored."""

    def restore(session: Session, id: int) -> None:
        me = page.me()
        statuses.restore(session, me, statuses.get_archived(session, me, id))

    _show_restorable({card.id: card.name for card in archived}, "status", "Archived statuses", restore)


def show_deleted_categories(deleted: Sequence[CategoryCard]) -> None:
    """List the deleted categories, each to be restored."""

    def restore(session: Session, id: int) -> None:
        me = page.me()
        categories.restore(session, me, categories.get_deleted(session, me, id))

    _show_restorable({card.id: card.name for card in deleted}, "category", "Deleted categories", restore)


def _show_restorable(
    names: Mapping[int, str], noun: str, heading: str, restore: Callable[[Session, int], None]
) -> None:
    """List what can be restored under a heading."""
    if not names:
        return
    with st.expander(f"{heading} ({len(names)})", icon=":material/inventory_2:"):
        for id, name in names.items():
            with st.container(
                horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
            ):
                st.markdown(formatting.escape_markdown(name))
                if st.button("Restore", key=f"restore-{noun}-{id}", icon=":material/restore:"):
                    with page.attempt(f"{noun.capitalize()} restored.") as session:
                        restore(session, id)


def show_delete_category(card: CategoryCard, rest: Mapping[int, str], *, seen: int) -> None:
    """Say what deleting a category would do, and do it once its successor is chosen."""
    me = page.me()
    with st.popover("Delete", icon=":material/delete:"):
        with page.see() as session:
            found = categories.preview_delete(session, me, categories.get(session, card.id))
        st.markdown(
            f"**{formatting.escape_markdown(card.name)}** can no longer be chosen. You can restore it later."
        )
        counts = {
            "Tickets in it": found.tickets,
            "Open tickets among them": found.open,
            "Proposals by colleagues": found.proposals,
            "People with this skill": found.people,
            "Custom fields shown for it": found.fields,
            "Assignment rules that end": int(found.rule),
        }
        _show_counts(counts)
        moves = found.needs_successor or found.proposals or found.people or found.fields
        heir = _choose_successor("Move all of these to", rest, key=f"heir-{card.id}") if moves else None
        if found.tickets:
            st.caption("Restoring the category later doesn't bring its tickets back.")
        if st.button("Delete category", type="primary", disabled=found.needs_successor and heir is None):
            with page.attempt("Category deleted.") as session:
                successor = categories.get(session, heir) if heir else None
                row = categories.get(session, card.id)
                categories.delete(session, me, row, successor=successor, seen=seen)


def show_disable_person(person_id: int, name: str) -> None:
    """Say what disabling a person would do, and do it on a second click."""
    me = page.me()
    with st.popover("Disable", icon=":material/person_off:"):
        with page.see() as session:
            found = disable_preview.preview(session, me, accounts.get(session, me, person_id))
        st.markdown(
            f"**{formatting.escape_markdown(name)}** can no longer sign in. You can enable them again later."
        )
        _show_counts(
            {
                **{
                    f"Open tickets in {formatting.escape_markdown(t.name)} that become unassigned": t.open
                    for t in found.tickets
                },
                "Sessions that end": found.sessions,
                "API tokens that end": found.tokens,
                "Running timers that stop": int(found.timer),
                "Drafts that stay unsent": found.drafts,
                "Views that stay shared with a team": found.shared_views,
                "Months of logged time that are not submitted": found.open_months,
            }
        )
        if st.button("Disable person", type="primary"):
            with page.attempt("Disabled.") as session:
                accounts.disable(session, me, accounts.get(session, me, person_id))


@st.dialog("Remove a rate")
def show_remove_rate_dialog(card: RateCard) -> None:
    """Say how the cost of logged time would change, and remove the rate on a second click."""
    me = page.me()
    try:
        with page.see() as session:
            found = rates.preview_remove(session, me, card.id)
    except Refusal as refusal:
        page.show_refusal(refusal)
        return
    if found.entries:
        _show_counts({"Time entries whose cost changes": found.entries})
        st.markdown(
            f"{durations.format_minutes(found.minutes)} would cost "
            f"{rates.format_amount(found.after)} {rates.currency()} instead of "
            f"{rates.format_amount(found.before)} {rates.currency()}."
        )
    else:
        st.markdown("The cost of logged time doesn't change.")
    st.caption("You can restore the rate later.")
    if st.button("Remove rate", type="primary"):
        with page.attempt("Rate removed.") as session:
            rates.remove(session, me, card.id, seen=card.version)


@st.dialog("Delete or merge a team")
def show_delete_team_dialog(card: TeamCard, others: Mapping[int, str]) -> None:
    """Say what a team holds, and delete it when it is empty, or merge it into the team that is chosen."""
    me = page.me()
    try:
        with page.see() as session:
            found = team_removal.preview(session, me, teams.get(session, card.id))
    except Refusal as refusal:
        page.show_refusal(refusal)
        return
    if not found.needs_successor:
        st.markdown(f"**{formatting.escape_markdown(card.name)}** is empty. This can't be undone.")
        if st.button("Delete team", type="primary"):
            with page.attempt("Team deleted.") as session:
                team_removal.delete(session, me, teams.get(session, card.id), seen=card.version)
        return
    st.markdown(f"**{formatting.escape_markdown(card.name)}** is merged into another team, which gets:")
    _show_counts(
        {
            "Tickets": found.tickets,
            "Open tickets among them": found.open,
            "Members": found.members,
            "Categories": found.categories,
            "Canned replies": found.replies,
            "Shared views": found.views,
        }
    )
    if found.default:
        st.markdown("- New tickets that no other team gets")
    if found.rule or found.slack:
        st.markdown("- Its assignment rule and Slack settings, unless that team has its own")
    heir = _choose_successor("Merge into", others, key=f"merge-team-{card.id}")
    st.caption("Everyone in that team will see these tickets. This can't be undone.")
    if st.button("Merge teams", type="primary", disabled=heir is None) and heir is not None:
        with page.attempt("Teams merged.") as session:
            into = teams.get(session, heir)
            row = teams.get(session, card.id)
            team_removal.merge(session, me, row, into=into, seen=card.version)
