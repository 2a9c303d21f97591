"""Saved views: in the sidebar with their counts, and where they are saved, shared, ordered and deleted."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from lib.access.gate import Actor
from lib.lists import query_language, saved_views, ticket_list
from lib.lists.saved_views import ViewCard
from lib.people import teams
from lib.transactions import Session
from ui.components.open_page import open_page
from ui.shared import formatting, page
from ui.shared.lists import SORTS, begin_again, put
from ui.tickets import list_layout

SHOWN = 8
"""Views in the sidebar."""
MANY = 99
"""Counts there stop here."""
_CHOSEN = "_chosen_view"


@dataclass(frozen=True)
class Counted:
    """A saved view and how many tickets it holds, where that is known; `notes` say what of it is not understood."""

    view: ViewCard
    count: int | None
    notes: tuple[str, ...] = ()


def first(session: Session, me: Actor) -> list[Counted]:
    """Return the first of a person's views, each with how many tickets it holds, where that is quickly known."""
    there = page.there(me)
    return [_counted(session, there, view) for view in saved_views.every(session, me)[:SHOWN]]


def _counted(session: Session, me: Actor, view: ViewCard) -> Counted:
    asked = query_language.narrow(session, me, {"q": [view.line]})
    known = not (asked.puzzled or asked.narrowed.tried)
    count = ticket_list.count(session, me, asked.narrowed, most=MANY) if known else None
    return Counted(view, count, asked.puzzled)


def listed(counted: list[Counted]) -> None:
    """List views; a click opens one."""
    for each in counted:
        view, number = each.view, _told(each.count)
        notes = formatting.plain(" ".join(["No count:", *each.notes])) if each.notes else None
        icon = ":material/bookmark:" if view.team_id is None else ":material/group:"
        label = f"{formatting.plain(view.name)}{number}"
        st.button(
            label,
            key=f"view-{view.id}",
            type="tertiary",
            icon=icon,
            help=notes,
            on_click=_choose,
            args=(view,),
        )
    if _CHOSEN in st.session_state:
        open_page("/tickets", st.session_state.pop(_CHOSEN))


def _told(count: int | None) -> str:
    """Return a count as it stands beside a view; one that would take long or mislead is not taken."""
    if count is None:
        return ""
    return f" :gray[{MANY}+]" if count > MANY else f" :gray[{count}]"


def _choose(view: ViewCard) -> None:
    """Let the list hold a view where it is on the page already; otherwise have it opened."""
    sort = view.sort if view.sort in SORTS else "-updated"
    chosen = {"show": "all", "q": view.line, "sort": sort, "cols": view.facts, "group": view.grouping}
    if page.here().partition("?")[0] != "/tickets":
        st.session_state[_CHOSEN] = {name: value for name, value in chosen.items() if value}
        return
    begin_again()
    st.session_state.q = chosen.pop("q")
    put(**chosen)


def keep(me: Actor, line: str, sort: str) -> None:
    """Let a person save the list as it stands, and look after the views they have."""
    place = st.popover(
        "Save this view", icon=":material/bookmark_add:", type="tertiary", key="keep", on_change="rerun"
    )
    if not place.open:
        return
    with page.see() as session:
        own = [view for view in saved_views.every(session, me) if view.own]
        mine = {t.id: t.name for t in teams.every(session, me) if me.staff and t.id in me.teams}
    with place:
        with st.form(page.blank("new_view"), border=False):
            name = st.text_input("Name", max_chars=saved_views.NAME)
            team = _team(mine, None, key=f"{page.blank('new_view')}-team")
            if st.form_submit_button("Save", type="primary"):
                with page.attempt("Saved. It is in the sidebar.", form="new_view") as session:
                    made = saved_views.create(
                        session,
                        me,
                        name=name,
                        line=line,
                        sort=sort,
                        facts=list_layout.facts(),
                        group=list_layout.group(),
                    )
                    saved_views.share(session, me, made, team_id=team)
        for at, view in enumerate(own, start=1):
            if _row(me, view, mine, at=at):
                with page.attempt(f"{view.name} holds this list now.") as session:
                    found = saved_views.find(session, me, view.id)
                    saved_views.rewrite(session, me, found, line=line)
                    saved_views.order(session, me, found, sort=sort)
                    saved_views.arrange(
                        session, me, found, facts=list_layout.facts(), group=list_layout.group()
                    )


def _row(me: Actor, view: ViewCard, mine: Mapping[int, str], *, at: int) -> bool:
    """Let a view be changed; tell whether it is to hold the list as it stands."""
    with st.expander(formatting.plain(view.name)), st.form(f"view_form-{view.id}", border=False):
        name = st.text_input("Name", view.name, max_chars=saved_views.NAME, key=f"view_name-{view.id}")
        team = _team(mine, view.team_id, key=f"view_team-{view.id}")
        position = st.number_input("Place", 1, saved_views.MOST, at, key=f"view_at-{view.id}")
        changed = st.form_submit_button("Save", key=f"view_save-{view.id}")
        renewed = st.form_submit_button("Let it hold this list", key=f"view_renew-{view.id}")
        deleted = st.form_submit_button("Delete", icon=":material/delete:", key=f"view_delete-{view.id}")
    if changed:
        with page.attempt("Saved.") as session:
            found = saved_views.find(session, me, view.id)
            saved_views.rename(session, me, found, name=name)
            saved_views.share(session, me, found, team_id=team)
            if position != at:
                saved_views.place(session, me, found, at=int(position))
    if deleted:
        with page.attempt("Deleted.") as session:
            saved_views.delete(session, me, saved_views.find(session, me, view.id))
    return renewed


def _team(mine: Mapping[int, str], now: int | None, *, key: str) -> int | None:
    if not mine:
        return now
    options = [None, *mine]
    return st.selectbox(
        "Who sees it", options, index=options.index(now) if now in options else 0, key=key,
        format_func=lambda id: "Only me" if id is None else f"The team {mine[id]}",
    )  # fmt: skip
