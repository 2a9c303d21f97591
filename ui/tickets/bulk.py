"""Many tickets changed from the list: what, a look at what would come of it, how far it is, and one undo."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from db.vocabulary import Permission, Priority, StatusCategory
from lib.access.gate import Actor
from lib.assignment import candidates
from lib.catalog import categories, statuses
from lib.core.errors import Refusal
from lib.lists import bulk
from lib.lists.bulk import Outcome, Target
from lib.lists.filters import Narrowed
from lib.people import teams
from lib.transactions import Session
from ui.shared import formatting, page
from ui.tickets import list_layout

_ROUND, _OPEN, _FORESEEN, _DONE = "_bulk_round", "_bulk_open", "_bulk_foreseen", "_bulk_done"
MANY = bulk.MOST + 1
"""Stands for a number of tickets that was not counted to its end."""
TOLD = 6
"""Refusals that are told one by one."""
WHAT: Mapping[str, str] = {
    "assignee": "Assign to",
    "unassign": "Assign to nobody",
    "status": "Move to the status",
    "close": "Close as",
    "priority": "Set the priority",
    "category": "Put into the category",
    "due": "Set the due date",
    "no_due": "Remove the due date",
    "team": "Hand to the team",
    "add_tags": "Add tags",
    "remove_tags": "Remove tags",
}

EMPTIED: Mapping[str, str] = {"unassign": "assignee", "no_due": "due"}
"""What takes a value away."""


@dataclass(frozen=True)
class Done:
    """What was done last, and what to undo."""

    visit: int
    batch: str | None
    outcomes: tuple[Outcome, ...] = ()


def choosing(me: Actor) -> int | None:
    """Return the round of choosing for the list, or None for those who may not change many tickets."""
    return st.session_state.get(_ROUND, 0) if me.may(Permission.TICKET_BULK) else None


def bar(me: Actor, chosen: Sequence[Target], narrowed: Narrowed, *, sort: str, count: int) -> None:
    """Offer what can be done with the chosen tickets, or with all of the list."""
    st.caption(f"{_tickets(len(chosen))} chosen", width="content")
    with st.container(horizontal=True, width="content", gap="small"):
        if st.button("Change…", icon=":material/checklist:", type="primary", key="bulk_change"):
            st.session_state[_OPEN] = tuple(chosen)
        many = min(count, bulk.MOST)
        label = f"Change all {count:,}…" if count <= bulk.MOST else f"Change the first {many}…"
        if count > len(chosen) and st.button(label, key="bulk_all"):
            with page.see() as session:
                rows = list_layout.page(session, me, narrowed, sort=sort, limit=bulk.MOST).rows
            st.session_state[_OPEN] = tuple(Target(row.number, row.version) for row in rows)
        if st.button("Let go", type="tertiary", key="bulk_none"):
            _let_go()
            st.rerun(scope="fragment")


def talk() -> None:
    """Show the dialog for as long as it is open."""
    if _OPEN in st.session_state:
        _dialog(st.session_state[_OPEN])


def done(me: Actor) -> None:
    """Tell what was done last, with its undo."""
    last = st.session_state.get(_DONE)
    if last is None or last.visit != page.visit():
        return
    refused = [o for o in last.outcomes if o.refused]
    changed = sum(o.changed for o in last.outcomes)
    st.caption(f"{_tickets(changed)} {'changed' if last.batch else 'brought back'}.", width="content")
    if refused:
        with st.popover(f"{len(refused)} refused", type="tertiary", key="bulk_refused"):
            _tell(refused)
    if last.batch and st.button("Undo", icon=":material/undo:", type="tertiary", key=f"undo-{last.batch}"):
        _undo(me, last.batch)


def _tickets(count: int) -> str:
    return f"{count:,} ticket{'' if count == 1 else 's'}"


def _let_go() -> None:
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _forget() -> None:
    for name in (_OPEN, _FORESEEN):
        st.session_state.pop(name, None)


@st.dialog("Change tickets", on_dismiss=_forget)
def _dialog(targets: Sequence[Target]) -> None:
    me = page.me()
    what = st.selectbox("What", list(WHAT), key="bulk_what", format_func=WHAT.__getitem__)
    changes = _changes(me, what)
    if not changes:
        st.caption(f"{_tickets(len(targets))} chosen.")
        return
    outcomes = _foresee(me, targets, changes)
    ready = sum(o.changed for o in outcomes)
    refused = [o for o in outcomes if o.refused]
    same = len(outcomes) - ready - len(refused)
    st.markdown(
        f"**{_tickets(ready)} will be changed.**"
        + (f" {_tickets(same)} already {'is' if same == 1 else 'are'} so." if same else "")
        + (f" {_tickets(len(refused))} will be refused:" if refused else "")
    )
    _tell(refused)
    if st.button(f"Change {_tickets(ready)}", type="primary", disabled=not ready, key="bulk_do"):
        wanted = {o.number for o in outcomes if o.changed}
        _do(me, [t for t in targets if t.number in wanted], changes)


def _tell(refused: Sequence[Outcome]) -> None:
    lines = [f"- \\#{o.number}: {formatting.plain(o.refused)}" for o in refused[:TOLD]]
    if len(refused) > TOLD:
        lines.append(f"- and {len(refused) - TOLD} more")
    st.markdown("\n".join(lines))


def _changes(me: Actor, what: str) -> dict[str, Any]:
    """Return what was chosen, or nothing while something is missing."""
    if what in EMPTIED:
        return {EMPTIED[what]: None}
    if what == "due":
        day = st.date_input("Due", None, key="bulk_due", format="YYYY-MM-DD")
        return {"due": day} if day else {}
    if what in ("add_tags", "remove_tags"):
        tags = st.multiselect("Tags", [], key="bulk_tags", accept_new_options=True, placeholder="Type a tag")
        return {what: tuple(tags)} if tags else {}
    with page.see() as session:
        options = OPTIONS[what](session, me)
    value = st.selectbox(
        "Which", list(options), index=None, key=f"bulk_{what}", format_func=lambda v: options.get(v, ""),
        label_visibility="collapsed", placeholder="Choose",
    )  # fmt: skip
    if value is None:
        return {}
    if what not in ("status", "close"):
        return {what: value}
    reason = st.text_input("Why, where the workflow asks it", key="bulk_why", max_chars=500)
    return {"status": value, "reason": reason or ""}


def _staff(session: Session, me: Actor) -> dict[Any, str]:
    found: dict[int, str] = {}
    for team in teams.every(session, me):
        found |= candidates.working(session, team.id)
    ordered = sorted(found.items(), key=lambda item: (item[0] != me.id, item[1].casefold()))
    return {id: f"{name} (me)" if id == me.id else name for id, name in ordered}


def _named(rows: Iterable[Any]) -> dict[Any, str]:
    return {row.id: row.name for row in rows}


OPTIONS: Mapping[str, Callable[[Session, Actor], dict[Any, str]]] = {
    "assignee": _staff,
    "status": lambda session, _me: _named(statuses.every(session)),
    "close": lambda session, _me: _named(s for s in statuses.every(session) if s.kind == StatusCategory.DONE),
    "priority": lambda _session, _me: {p: p.label.capitalize() for p in reversed(Priority)},
    "category": lambda session, _me: _named(categories.every(session)),
    "team": lambda session, me: _named(teams.every(session, me)),
}


def _foresee(me: Actor, targets: Sequence[Target], changes: Mapping[str, Any]) -> list[Outcome]:
    """Do it all, note what came of it, and take it back; what was foreseen is kept while nothing else is chosen."""
    asked = (tuple(targets), repr(sorted(changes.items())))
    kept = st.session_state.get(_FORESEEN)
    if kept is not None and kept[0] == asked:
        return kept[1]
    outcomes: list[Outcome] = []
    with st.spinner("Looking at what would come of it…"):
        for chunk in bulk.chunks(targets):
            with page.act() as session:
                outcomes += bulk.change(session, me, chunk, changes)
                session.rollback()
    st.session_state[_FORESEEN] = asked, outcomes
    return outcomes


def _do(me: Actor, targets: Sequence[Target], changes: Mapping[str, Any]) -> None:
    actor = bulk.begin(me)
    _go(targets, actor.batch, lambda session, chunk: bulk.change(session, actor, chunk, changes))


def _undo(me: Actor, batch: str) -> None:
    try:
        with page.see() as session:
            targets = bulk.touched(session, me, batch)
        actor = bulk.begin(me)
    except Refusal as refusal:
        st.session_state.pop(_DONE, None)
        page.tell(refusal.sentence, good=False)
        st.rerun()
    _go(targets, None, lambda session, chunk: bulk.undo(session, actor, chunk, batch=batch))


def _go(
    targets: Sequence[Target],
    batch: str | None,
    deed: Callable[[Session, Sequence[Target]], list[Outcome]],
) -> None:
    """Do it part by part and show how far it is; what was done so far can be undone at every moment."""
    outcomes: list[Outcome] = []
    far = st.progress(0.0, text=f"0 of {_tickets(len(targets))}")
    try:
        for chunk in bulk.chunks(targets):
            with page.act() as session:
                outcomes += deed(session, chunk)
            st.session_state[_DONE] = Done(page.visit(), batch, tuple(outcomes))
            far.progress(len(outcomes) / len(targets), text=f"{len(outcomes)} of {_tickets(len(targets))}")
    except Refusal as refusal:
        page.tell(refusal.sentence, good=False)
    _forget()
    _let_go()
    st.rerun()
