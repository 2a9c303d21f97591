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
from ui.shared.lists import SORT_LABELS, go_to_first_page, update_url
from ui.tickets import list_layout

MAX_SHOWN = 8
"""Views in the sidebar."""
MAX_COUNT = 99
"""Counts there stop here."""
_CHOSEN = "_chosen_view"


@dataclass(frozen=True)
class CountedView:
    """A saved view and how many tickets it holds, where that is known; `notes` say what of it is not understood."""

    view: ViewCard
    count: int | None
    notes: tuple[str, ...] = ()


def load_first(session: Session, me: Actor) -> list[CountedView]:
    """Return the first of a person's views, each with how many tickets it holds, where that is quickly known."""
    there = page.with_browser_timezone(me)
    return [_count_tickets(session, there, view) for view in saved_views.list_all(session, me)[:MAX_SHOWN]]


def _count_tickets(session: Session, me: Actor, view: ViewCard) -> CountedView:
    asked = query_language.parse_parameters(session, me, {"q": [view.line]})
    known = not (asked.puzzled or asked.narrowed.tried)
    count = ticket_list.count(session, me, asked.narrowed, most=MAX_COUNT) if known else None
    return CountedView(view, count, asked.puzzled)


def show_list(counted: list[CountedView]) -> None:
    """List views; a click opens one."""
    for each in counted:
        view, number = each.view, _format_count(each.count)
        notes = formatting.escape_markdown(" ".join(["No count:", *each.notes])) if each.notes else None
        icon = ":material/bookmark:" if view.team_id is None else ":material/group:"
        label = f"{formatting.escape_markdown(view.name)}{number}"
        st.button(
            label,
            key=f"view-{view.id}",
            type="tertiary",
            icon=icon,
            help=notes,
            on_click=_open_view,
            args=(view,),
        )
    if _CHOSEN in st.session_state:
        open_page("/tickets", st.session_state.pop(_CHOSEN))


def _format_count(count: int | None) -> str:
    """Return a count as it stands beside a view; one that would take long or mislead is not taken."""
    if count is None:
        return ""
    return f" :gray[{MAX_COUNT}+]" if count > MAX_COUNT else f" :gray[{count}]"


def _open_view(view: ViewCard) -> None:
    """Let the list hold a view where it is on the page already; otherwise have it opened."""
    sort = view.sort if view.sort in SORT_LABELS else "-updated"
    chosen = {"show": "all", "q": view.line, "sort": sort, "cols": view.facts, "group": view.grouping}
    if page.current_url().partition("?")[0] != "/tickets":
        st.session_state[_CHOSEN] = {name: value for name, value in chosen.items() if value}
        return
    go_to_first_page()
    st.session_state.q = chosen.pop("q")
    update_url(**chosen)


def show_editor(me: Actor, line: str, sort: str) -> None:
    """Let a person save the list as it stands, and look after the views they have."""
    place = st.popover(
        "Save view", icon=":material/bookmark_add:", type="tertiary", key="keep", on_change="rerun"
    )
    if not place.open:
        return
    with page.see() as session:
        own = [view for view in saved_views.list_all(session, me) if view.own]
        mine = {t.id: t.name for t in teams.list_all(session, me) if me.staff and t.id in me.teams}
    with place:
        with st.form(page.form_key("new_view"), border=False):
            name = st.text_input("Name", max_chars=saved_views.NAME_LIMIT)
            team = _choose_team(mine, None, key=f"{page.form_key('new_view')}-team")
            if st.form_submit_button("Save", type="primary"):
                with page.attempt("View saved. Find it in the sidebar.", form="new_view") as session:
                    made = saved_views.create(
                        session,
                        me,
                        name=name,
                        line=line,
                        sort=sort,
                        facts=list_layout.columns_from_url(),
                        group=list_layout.group_from_url(),
                    )
                    saved_views.share(session, me, made, team_id=team)
        for at, view in enumerate(own, start=1):
            if _show_view_form(me, view, mine, at=at):
                with page.attempt(f"{view.name} updated.") as session:
                    found = saved_views.get(session, me, view.id)
                    saved_views.set_query(session, me, found, line=line)
                    saved_views.set_sort(session, me, found, sort=sort)
                    saved_views.set_layout(
                        session,
                        me,
                        found,
                        facts=list_layout.columns_from_url(),
                        group=list_layout.group_from_url(),
                    )


def _show_view_form(me: Actor, view: ViewCard, mine: Mapping[int, str], *, at: int) -> bool:
    """Let a view be changed; tell whether it is to hold the list as it stands."""
    with st.expander(formatting.escape_markdown(view.name)), st.form(f"view_form-{view.id}", border=False):
        name = st.text_input("Name", view.name, max_chars=saved_views.NAME_LIMIT, key=f"view_name-{view.id}")
        team = _choose_team(mine, view.team_id, key=f"view_team-{view.id}")
        position = st.number_input("Position", 1, saved_views.MAX_VIEWS, at, key=f"view_at-{view.id}")
        changed = st.form_submit_button("Save", key=f"view_save-{view.id}")
        renewed = st.form_submit_button("Update to this list", key=f"view_renew-{view.id}")
        deleted = st.form_submit_button("Delete", icon=":material/delete:", key=f"view_delete-{view.id}")
    if changed:
        with page.attempt("Saved.") as session:
            found = saved_views.get(session, me, view.id)
            saved_views.rename(session, me, found, name=name)
            saved_views.share(session, me, found, team_id=team)
            if position != at:
                saved_views.move(session, me, found, at=int(position))
    if deleted:
        with page.attempt("Deleted.") as session:
            saved_views.delete(session, me, saved_views.get(session, me, view.id))
    return renewed


def _choose_team(mine: Mapping[int, str], now: int | None, *, key: str) -> int | None:
    if not mine:
        return now
    options = [None, *mine]
    return st.selectbox(
        "Visible to", options, index=options.index(now) if now in options else 0, key=key,
        format_func=lambda id: "Only me" if id is None else f"The team {mine[id]}",
    )  # fmt: skip
