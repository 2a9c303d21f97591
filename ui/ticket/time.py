"""Time on the ticket page: the total, logging time, and editing entries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from db.models import Ticket
from db.vocabulary import Permission
from lib.access import gate
from lib.access.gate import Actor
from lib.tickets import tickets
from lib.timekeeping import activities, durations, entries, local_dates, ticket_totals, timers
from lib.timekeeping.activities import ActivityCard
from lib.timekeeping.entries import EntryCard, EntryValues
from lib.timekeeping.ticket_totals import TimeTotals
from lib.timekeeping.timers import TimerCard
from lib.transactions import Session
from ui.shared import formatting, page
from ui.time import timer

MAX_LISTED = 5
"""Entries that are listed at once; the rest unfold."""


@dataclass(frozen=True)
class TicketTime:
    """What a person sees of a ticket's time, and what they may change."""

    spent: TimeTotals | None
    listed: tuple[EntryCard, ...]
    activities: tuple[ActivityCard, ...]
    workers: Mapping[int, str]
    logs: bool
    timer: TimerCard | None


def load(session: Session, me: Actor, ticket: Ticket) -> TicketTime:
    """Read what a ticket took, as far as a person may know."""
    whole = ticket.merged_into_id is None
    sees = gate.can(session, me, Permission.TIME_READ, ticket)
    logs = whole and gate.can(session, me, Permission.TIME_LOG, ticket)
    manages = whole and gate.can(session, me, Permission.TIME_MANAGE, ticket)
    return TicketTime(
        spent=ticket_totals.for_ticket(session, me, ticket) if sees else None,
        listed=tuple(entries.list_for_ticket(session, me, ticket)) if sees or logs else (),
        activities=tuple(activities.list_all(session)) if logs else (),
        workers=entries.list_workers(session, ticket) if manages else {},
        logs=logs,
        timer=timers.find_own(session, me) if logs else None,
    )


def show(me: Actor, number: int, times: TicketTime) -> None:
    """Show a ticket's logged time, and let a person log and edit time. Shows nothing to people without permission."""
    if times.spent is None and not times.logs:
        return
    with st.container(border=True, key=f"time-{number}"):
        st.subheader("Time", anchor=False)
        if times.spent is not None:
            st.markdown(format_totals(times.spent))
        if times.logs:
            timer.show_button(number, times.timer)
            _show_log_form(me, number, times)
        if times.listed:
            _show_entries(times.listed[:MAX_LISTED])
        if len(times.listed) > MAX_LISTED:
            with st.expander(f"{len(times.listed) - MAX_LISTED} earlier entries"):
                _show_entries(times.listed[MAX_LISTED:])
        changeable = {e.id: e for e in times.listed if e.mine} if times.logs else {}
        if changeable:
            _show_edit_form(me, number, changeable, times.activities)
        if times.logs and times.spent is not None:
            _show_estimate_form(number, times.spent)


def format_totals(found: TimeTotals) -> str:
    """Return what a ticket took, in Markdown: "**2 h** of 4 h estimated"."""
    said = f"**{durations.format_minutes(found.own)}** logged"
    if found.estimate is not None:
        said += f" of {durations.format_minutes(found.estimate)} estimated"
        if found.own > found.estimate:
            said += f", :orange[{durations.format_minutes(found.own - found.estimate)} over]"
    if found.parts:
        whole = f" of {durations.format_minutes(found.estimates)}" if found.estimates is not None else ""
        said += f"  \n:gray[With subtasks {durations.format_minutes(found.total)}{whole}]"
    if len(found.people) > 1:
        said += f"  \n:gray[{_format_breakdown(found.people)}]"
    if len(found.activities) > 1:
        said += f"  \n:gray[{_format_breakdown(found.activities)}]"
    return said


def _format_breakdown(named: Mapping[str, int]) -> str:
    return ", ".join(
        f"{formatting.escape_markdown(name)} {durations.format_minutes(n)}" for name, n in named.items()
    )


def _show_log_form(me: Actor, number: int, times: TicketTime) -> None:
    place = f"{number}-{page.attempt_count()}"
    with st.form(f"log-{place}", border=False):
        left, right = st.columns(2)
        time = left.text_input("Time", max_chars=20, placeholder="1h 30m", key=f"amount-{place}")
        note = right.text_input("Note", max_chars=entries.NOTE_LIMIT, key=f"worked-{place}")
        with st.expander("More options"):
            what = _show_detail_fields(me, times.activities, None, place)
            worker = me.id
            others = {id: name for id, name in times.workers.items() if id != me.id}
            if others:
                worker = st.selectbox(
                    "Log time for", [me.id, *others], key=f"worker-{place}",
                    format_func=lambda id: formatting.format_searchable_name(others.get(id, "I")),
                )  # fmt: skip
        sent = st.form_submit_button("Log time", icon=":material/more_time:", width="stretch")
    if sent:
        with page.attempt() as session:
            actor = page.with_browser_timezone(page.me())
            ticket = tickets.find(session, actor, number)
            said = EntryValues(durations.parse(time), what.day, what.activity_id, note, what.billable)
            made = entries.log(session, actor, ticket, what=said, worker_id=worker)
            page.flash(f"Logged {durations.format_minutes(made.minutes)}.")


def _show_detail_fields(
    me: Actor, offered: Sequence[ActivityCard], now: EntryCard | None, place: str
) -> EntryValues:
    """Offer day, activity and whether it is billed; return them with no minutes."""
    today = local_dates.today(page.with_browser_timezone(me).zone)
    names = {a.id: a.name for a in offered}
    chosen = now.activity_id if now else next((a.id for a in offered if a.is_default), None)
    if now:
        names.setdefault(now.activity_id, now.activity)
    day = st.date_input(
        "Day", now.day if now else today, max_value=max(today, now.day) if now else today,
        format=formatting.day_input_format(), key=f"day-{place}",
    )  # fmt: skip
    activity = st.selectbox(
        "Activity", list(names), index=list(names).index(chosen) if chosen in names else 0,
        format_func=names.__getitem__, key=f"activity-{place}",
    )  # fmt: skip
    billable = st.checkbox("Billable", now.billable if now else False, key=f"billable-{place}")
    return EntryValues(0, day, activity, billable=billable)


def _show_entries(cards: Sequence[EntryCard]) -> None:
    st.html(f"<ul class='dk dk-links' aria-label='Logged time'>{''.join(map(_render_entry, cards))}</ul>")


def _render_entry(card: EntryCard) -> str:
    by = "" if card.author_id == card.worker_id else f", logged by {escape(card.author)}"
    more = ", billable" if card.billable else ""
    warned = " <b>overlaps another entry</b>" if card.overlaps else ""
    note = f"<br>{escape(card.note)}" if card.note else ""
    day = formatting.format_date_range(card.day, card.day)
    return (
        f"<li><b>{durations.format_minutes(card.minutes)}</b> {escape(card.worker)} <span class='dk-quiet'>"
        f"{day}, {escape(card.activity)}{more}{by}{warned}</span>{note}</li>"
    )


def _format_entry(card: EntryCard) -> str:
    note = f": {card.note}" if card.note else ""
    day = formatting.format_date_range(card.day, card.day)
    return f"{durations.format_minutes(card.minutes)}, {day}, {card.worker}{note}"


def _show_edit_form(
    me: Actor, number: int, changeable: Mapping[int, EntryCard], offered: Sequence[ActivityCard]
) -> None:
    with st.popover(
        "Edit entry",
        icon=":material/edit:",
        width="stretch",
        key=f"changing-{number}-{page.attempt_count()}",
    ):
        id = st.selectbox(
            "Entry",
            list(changeable),
            format_func=lambda id: _format_entry(changeable[id]),
            key=f"entry-{number}-{page.attempt_count()}",
        )
        card = changeable[id]
        place = f"{card.id}-{card.version}-{page.attempt_count()}"
        with st.form(f"change-{place}", border=False):
            time = st.text_input(
                "Time", durations.format_minutes(card.minutes), max_chars=20, key=f"amount-{place}"
            )
            note = st.text_input("Note", card.note, max_chars=entries.NOTE_LIMIT, key=f"worked-{place}")
            what = _show_detail_fields(me, offered, card, place)
            with st.container(horizontal=True):
                saved = st.form_submit_button("Save", type="primary")
                removed = st.form_submit_button("Delete", icon=":material/delete:")
    if saved or removed:
        with page.attempt("Entry deleted." if removed else "Saved.") as session:
            actor = page.with_browser_timezone(page.me())
            row = entries.get(session, actor, card.id)
            if removed:
                entries.remove(session, actor, row)
            else:
                said = EntryValues(durations.parse(time), what.day, what.activity_id, note, what.billable)
                entries.update(session, actor, row, what=said, seen=card.version)


def _show_estimate_form(number: int, found: TimeTotals) -> None:
    place = f"{number}-{page.attempt_count()}"
    with (
        st.popover("Estimate", icon=":material/timelapse:", width="stretch", key=f"estimating-{place}"),
        st.form(f"estimate-{place}", border=False),
    ):
        now = "" if found.estimate is None else durations.format_minutes(found.estimate)
        said = st.text_input("Estimated time", now, max_chars=20, placeholder="6h or 90m")
        sent = st.form_submit_button("Save", type="primary")
    if sent:
        with page.attempt("Estimate saved.") as session:
            actor = page.me()
            ticket = tickets.find(session, actor, number, to_change=True)
            minutes = durations.parse_estimate(said) if said.strip() else None
            ticket_totals.set_estimate(session, actor, ticket, minutes=minutes)
