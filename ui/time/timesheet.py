"""The timesheet: the week and person shown, rows for more tickets, and submitting the month."""

from datetime import date, timedelta

import streamlit as st

from lib.access.gate import Actor
from lib.core.errors import Refusal
from lib.lists import query_language, ticket_list
from lib.timekeeping import durations, timesheets, weeks
from lib.timekeeping.weeks import Week
from lib.transactions import Session
from ui.components.week import CellEdit
from ui.shared import formatting, page
from ui.shared.lists import build_url

MAX_OFFERED = 5


def day_from_url(today: date) -> date:
    """Return the day under `of` in the URL, or today."""
    try:
        return min(max(date.fromisoformat(st.query_params.get("of", "")), date(2000, 1, 3)), date(2999, 1, 1))
    except ValueError:
        return today


def tickets_from_url() -> tuple[int, ...]:
    """Return the tickets that were added to the week, from the URL."""
    asked = st.query_params.get_all("add")[:20]
    return tuple(int(n) for n in asked if n.isascii() and n.isdigit() and 0 < len(n) < 10)


def build_week_links(shown: Week, person: str | None) -> dict[str, str]:
    """Return links to the week before, to the week of today and to the week after, by their labels."""
    more = {"person": person} if person else {}
    wanted = {
        "Previous": shown.first - timedelta(days=7),
        "This week": shown.today,
        "Next": shown.first + timedelta(days=7),
    }
    return {label: build_url("/timesheet", {"of": day.isoformat(), **more}) for label, day in wanted.items()}


def save_cell(fill: CellEdit) -> None:
    """Write down what was filled into a cell, and draw the week again."""
    with page.attempt() as session:
        minutes = durations.parse(fill.time) if fill.time not in ("", "0", "0:00") else 0
        weeks.set_day_minutes(
            session, page.with_browser_timezone(page.me()), fill.ticket, day=fill.day, minutes=minutes
        )


def show_add_ticket(me: Actor, shown: Week) -> None:
    """Let a person find a ticket and give it a line."""
    with st.popover("Add a ticket", icon=":material/add:", key=f"adding-{page.attempt_count()}"):
        line = st.text_input("Ticket number or words", max_chars=100, key=f"find-{page.attempt_count()}")
        if not line.strip():
            return
        try:
            with page.see() as session:
                asked = query_language.parse_parameters(
                    session, page.with_browser_timezone(me), {"q": (line,)}
                )
                found = ticket_list.get_page(session, me, asked.narrowed, limit=MAX_OFFERED).rows
        except Refusal as refusal:
            page.show_refusal(refusal)
            return
        there = {each.ticket for each in shown.lines}
        rows = [row for row in found if row.number not in there]
        if not rows:
            st.caption("No matching tickets.")
        for row in rows:
            if st.button(
                formatting.escape_markdown(f"#{row.number} {row.title}"),
                key=f"add-{row.number}",
                width="stretch",
            ):
                st.query_params["add"] = [str(n) for n in (*tickets_from_url(), row.number)]
                page.reset_choices()
                st.rerun()


def show_months(me: Actor, shown: Week, *, manages: bool) -> None:
    """Show how far the months of the week are settled, and let a person submit, approve or open them again."""
    own = shown.person_id == me.id
    for first in sorted({timesheets.month_start(day) for day in shown.days}):
        state = shown.states[
            next(n for n, day in enumerate(shown.days) if timesheets.month_start(day) == first)
        ]
        name = formatting.format_month(first)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{name} is **{state}**.")
            if own and state == timesheets.OPEN and not timesheets.has_ended(me, first):
                st.caption("You can submit it when the month is over.", width="content")
            offered = {
                f"Submit {name}": own and state == timesheets.OPEN and timesheets.has_ended(me, first),
                f"Approve {name}": manages and not own and state == timesheets.SUBMITTED,
                f"Reopen {name}": manages and state != timesheets.OPEN,
            }
            pressed = [
                label for label, may in offered.items() if may and st.button(label, key=f"{label}-button")
            ]
        if pressed:
            with page.attempt(f"{pressed[0]}: done.") as session:
                _change_month(session, pressed[0], shown.person_id, first)


def _change_month(session: Session, label: str, person_id: int, first: date) -> None:
    me = page.with_browser_timezone(page.me())
    if label.startswith("Submit"):
        timesheets.submit(session, me, first)
    elif label.startswith("Approve"):
        timesheets.approve(session, me, person_id, day=first)
    else:
        timesheets.reopen(session, me, person_id, day=first)
