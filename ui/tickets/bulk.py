"""Many tickets changed from the list: what, a look at what would come of it, how far it is, and one undo."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from db.vocabulary import Permission, StatusCategory
from lib.access.gate import Actor
from lib.assignment import candidates
from lib.catalog import categories, statuses
from lib.catalog.ticket_fields import FIELDS, LEVELS, NAMED
from lib.core.errors import Refusal
from lib.lists import bulk
from lib.lists.bulk import Outcome, Target
from lib.lists.filters import TicketFilter
from lib.people import teams
from lib.transactions import Session
from ui.shared import formatting, page
from ui.tickets import list_layout

_ROUND, _OPEN_DIALOG, _PREVIEW, _LAST_CHANGE = "_bulk_round", "_bulk_open", "_bulk_foreseen", "_bulk_done"
UNCOUNTED = bulk.MAX_TICKETS + 1
"""Stands for a number of tickets that was not counted to its end."""
MAX_LISTED_REFUSALS = 6
"""Refusals that are told one by one."""
CHANGE_LABELS: Mapping[str, str] = {
    "assignee": NAMED["assignee"].bulk["assignee"],
    **{name: label for field in FIELDS for name, label in field.bulk.items()},
}
"""What can be done, as the menu names it: first what is done most."""

CLEARED_FIELDS: Mapping[str, str] = {"unassign": "assignee", "no_due": "due"}
"""What takes a value away."""


@dataclass(frozen=True)
class LastChange:
    """What was done last, and what to undo."""

    visit: int
    batch: str | None
    outcomes: tuple[Outcome, ...] = ()


def selection_round(me: Actor) -> int | None:
    """Return the round of choosing for the list, or None for those who may not change many tickets."""
    return st.session_state.get(_ROUND, 0) if me.may(Permission.TICKET_BULK) else None


def show_bar(me: Actor, chosen: Sequence[Target], narrowed: TicketFilter, *, sort: str, count: int) -> None:
    """Offer what can be done with the chosen tickets, or with all of the list."""
    st.caption(f"{_format_tickets(len(chosen))} selected", width="content")
    with st.container(horizontal=True, width="content", gap="small"):
        if st.button("Edit…", icon=":material/checklist:", type="primary", key="bulk_change"):
            st.session_state[_OPEN_DIALOG] = tuple(chosen)
        many = min(count, bulk.MAX_TICKETS)
        label = f"Edit all {count:,}…" if count <= bulk.MAX_TICKETS else f"Edit the first {many}…"
        if count > len(chosen) and st.button(label, key="bulk_all"):
            with page.see() as session:
                rows = list_layout.load_page(session, me, narrowed, sort=sort, limit=bulk.MAX_TICKETS).rows
            st.session_state[_OPEN_DIALOG] = tuple(Target(row.number, row.version) for row in rows)
        if st.button("Clear selection", type="tertiary", key="bulk_none"):
            _clear_selection()
            st.rerun(scope="fragment")


def show_open_dialog() -> None:
    """Show the dialog for as long as it is open."""
    if _OPEN_DIALOG in st.session_state:
        _show_dialog(st.session_state[_OPEN_DIALOG])


def show_last_change(me: Actor) -> None:
    """Tell what was done last, with its undo."""
    last = st.session_state.get(_LAST_CHANGE)
    if last is None or last.visit != page.visit_number():
        return
    refused = [o for o in last.outcomes if o.refused]
    changed = sum(o.changed for o in last.outcomes)
    st.caption(f"{_format_tickets(changed)} {'changed' if last.batch else 'restored'}.", width="content")
    if refused:
        with st.popover(f"{len(refused)} refused", type="tertiary", key="bulk_refused"):
            _show_refusals(refused)
    if last.batch and st.button("Undo", icon=":material/undo:", type="tertiary", key=f"undo-{last.batch}"):
        _undo_batch(me, last.batch)


def _format_tickets(count: int) -> str:
    return f"{count:,} ticket{'' if count == 1 else 's'}"


def _clear_selection() -> None:
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _close_dialog() -> None:
    for name in (_OPEN_DIALOG, _PREVIEW):
        st.session_state.pop(name, None)


@st.dialog("Edit tickets", on_dismiss=_close_dialog)
def _show_dialog(targets: Sequence[Target]) -> None:
    me = page.me()
    what = st.selectbox("Change", list(CHANGE_LABELS), key="bulk_what", format_func=CHANGE_LABELS.__getitem__)
    changes = _show_change_fields(me, what)
    if not changes:
        st.caption(f"{_format_tickets(len(targets))} selected.")
        return
    outcomes = _preview_changes(me, targets, changes)
    ready = sum(o.changed for o in outcomes)
    refused = [o for o in outcomes if o.refused]
    same = len(outcomes) - ready - len(refused)
    st.markdown(
        f"**{_format_tickets(ready)} will be changed.**"
        + (f" {_format_tickets(same)} already {'has' if same == 1 else 'have'} this value." if same else "")
        + (f" {_format_tickets(len(refused))} will be refused:" if refused else "")
    )
    _show_refusals(refused)
    if st.button(f"Change {_format_tickets(ready)}", type="primary", disabled=not ready, key="bulk_do"):
        wanted = {o.number for o in outcomes if o.changed}
        _apply_changes(me, [t for t in targets if t.number in wanted], changes)


def _show_refusals(refused: Sequence[Outcome]) -> None:
    lines = [
        f"- \\#{o.number}: {formatting.escape_markdown(o.refused)}" for o in refused[:MAX_LISTED_REFUSALS]
    ]
    if len(refused) > MAX_LISTED_REFUSALS:
        lines.append(f"- and {len(refused) - MAX_LISTED_REFUSALS} more")
    st.markdown("\n".join(lines))


def _show_change_fields(me: Actor, what: str) -> dict[str, Any]:
    """Return what was chosen, or nothing while something is missing."""
    if what in CLEARED_FIELDS:
        return {CLEARED_FIELDS[what]: None}
    if what == "due":
        day = st.date_input("Due", None, key="bulk_due", format=formatting.day_input_format())
        return {"due": day} if day else {}
    if what in ("add_tags", "remove_tags"):
        tags = st.multiselect("Tags", [], key="bulk_tags", accept_new_options=True, placeholder="Type a tag")
        return {what: tuple(tags)} if tags else {}
    with page.see() as session:
        options = _list_levels(what) if what in LEVELS else OPTIONS[what](session, me)
    value = st.selectbox(
        "Value", list(options), index=None, key=f"bulk_{what}", format_func=lambda v: options.get(v, ""),
        label_visibility="collapsed", placeholder="Choose",
    )  # fmt: skip
    if value is None:
        return {}
    if what not in ("status", "close"):
        return {what: value}
    reason = st.text_input("Reason, if the workflow requires one", key="bulk_why", max_chars=500)
    return {"status": value, "reason": reason or ""}


def _list_staff(session: Session, me: Actor) -> dict[Any, str]:
    found: dict[int, str] = {}
    for team in teams.list_all(session, me):
        found |= candidates.list_for_team(session, team.id)
    ordered = sorted(found.items(), key=lambda item: (item[0] != me.id, item[1].casefold()))
    return {id: f"{name} (me)" if id == me.id else name for id, name in ordered}


def _list_levels(what: str) -> dict[Any, str]:
    return {level: level.title for level in reversed(LEVELS[what].values)}


def _to_names(rows: Iterable[Any]) -> dict[Any, str]:
    return {row.id: row.name for row in rows}


OPTIONS: Mapping[str, Callable[[Session, Actor], dict[Any, str]]] = {
    "assignee": _list_staff,
    "status": lambda session, _me: _to_names(statuses.list_all(session)),
    "close": lambda session, _me: _to_names(
        s for s in statuses.list_all(session) if s.kind == StatusCategory.DONE
    ),
    "category": lambda session, _me: _to_names(categories.list_all(session)),
    "team": lambda session, me: _to_names(teams.list_all(session, me)),
}


def _preview_changes(me: Actor, targets: Sequence[Target], changes: Mapping[str, Any]) -> list[Outcome]:
    """Do it all, note what came of it, and take it back; what was foreseen is kept while nothing else is chosen."""
    asked = (tuple(targets), repr(sorted(changes.items())))
    kept = st.session_state.get(_PREVIEW)
    if kept is not None and kept[0] == asked:
        return kept[1]
    outcomes: list[Outcome] = []
    with st.spinner("Preparing preview…"):
        for chunk in bulk.split_targets(targets):
            with page.act() as session:
                outcomes += bulk.change(session, me, chunk, changes)
                session.rollback()
    st.session_state[_PREVIEW] = asked, outcomes
    return outcomes


def _apply_changes(me: Actor, targets: Sequence[Target], changes: Mapping[str, Any]) -> None:
    actor = bulk.start_batch(me)
    _run_in_chunks(targets, actor.batch, lambda session, chunk: bulk.change(session, actor, chunk, changes))


def _undo_batch(me: Actor, batch: str) -> None:
    try:
        with page.see() as session:
            targets = bulk.list_changed(session, me, batch)
        actor = bulk.start_batch(me)
    except Refusal as refusal:
        st.session_state.pop(_LAST_CHANGE, None)
        page.flash(refusal.sentence, good=False)
        st.rerun()
    _run_in_chunks(targets, None, lambda session, chunk: bulk.undo(session, actor, chunk, batch=batch))


def _run_in_chunks(
    targets: Sequence[Target],
    batch: str | None,
    deed: Callable[[Session, Sequence[Target]], list[Outcome]],
) -> None:
    """Do it part by part and show how far it is; what was done so far can be undone at every moment."""
    outcomes: list[Outcome] = []
    far = st.progress(0.0, text=f"0 of {_format_tickets(len(targets))}")
    try:
        for chunk in bulk.split_targets(targets):
            with page.act() as session:
                outcomes += deed(session, chunk)
            st.session_state[_LAST_CHANGE] = LastChange(page.visit_number(), batch, tuple(outcomes))
            far.progress(
                len(outcomes) / len(targets), text=f"{len(outcomes)} of {_format_tickets(len(targets))}"
            )
    except Refusal as refusal:
        page.flash(refusal.sentence, good=False)
    _close_dialog()
    _clear_selection()
    st.rerun()
