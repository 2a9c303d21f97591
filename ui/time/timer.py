"""A person's timer on every page: what counts, what was stopped for them, and what becomes of one that ran too long."""

from collections.abc import Iterable

import streamlit as st

from db.vocabulary import Permission, Scope
from lib.access.gate import Actor
from lib.tickets import tickets
from lib.timekeeping import durations, timers
from lib.timekeeping.timers import TimerCard, TimerDecision
from ui.components.timer import timer
from ui.components.timer_buttons import TimerButtons, TimerClick
from ui.shared import formatting, page


def show_in_sidebar(card: TimerCard) -> None:
    """Show the person's timer, with what they can do about it."""
    with st.container(key="timer"):
        if card.entry is not None:
            _show_stopped(card)
        elif card.asks:
            _show_choices(card)
        else:
            timer(key="timer-clock", ticket=card.ticket, title=card.title or "", seconds=card.seconds)
            if st.button("Stop timer", icon=":material/stop_circle:", width="stretch", key="timer_stop"):
                stop()


def show_button(number: int, card: TimerCard | None) -> None:
    """Let a person start their timer on a ticket, or stop it there."""
    if card is not None and card.runs and card.ticket == number:
        if st.button("Stop timer", icon=":material/stop_circle:", width="stretch", key=f"stop-{number}"):
            stop()
    elif st.button("Start timer", icon=":material/timer:", width="stretch", key=f"start-{number}"):
        start(number)


def build_buttons(me: Actor, rows: Iterable[tuple[int, int]], *, running: int | None) -> TimerButtons | None:
    """Offer the person's timer on rows, given as ticket and team: nothing for those who log no time."""
    reach = me.reach(Permission.TIME_LOG)
    if reach < Scope.TEAM:
        return None
    offered = {number for number, team in rows if reach == Scope.ALL or team in me.teams}
    return TimerButtons(offered, running, _handle_click)


def _handle_click(tick: TimerClick) -> None:
    if tick.on:
        start(tick.number)
    else:
        stop()


def start(number: int) -> None:
    """Let the person's timer run on a ticket, and tell what that stopped."""
    with page.attempt() as session:
        me = page.with_browser_timezone(page.me())
        logged = timers.start(session, me, tickets.find(session, me, number))
        before = f" Logged {durations.format_minutes(logged.minutes)} on #{logged.ticket}." if logged else ""
        page.flash(f"Timer started on #{number}.{before}")


def stop() -> None:
    """Stop the person's timer, and tell what was logged."""
    with page.attempt() as session:
        logged = timers.stop(session, page.with_browser_timezone(page.me()))
        if logged:
            page.flash(f"Logged {durations.format_minutes(logged.minutes)} on #{logged.ticket}.")


def _show_stopped(card: TimerCard) -> None:
    logged = durations.format_minutes(card.minutes)
    st.info(
        formatting.escape_markdown(
            f"Your timer on #{card.ticket} stopped because {card.why}. Logged {logged}."
        ),
        icon=":material/timer_off:",
    )
    if st.button("OK", width="stretch", key="timer_read"):
        with page.attempt() as session:
            timers.dismiss(session, page.me())


def _show_choices(card: TimerCard) -> None:
    counted = durations.format_minutes(card.seconds // 60)
    why = f" It stopped because {card.why}." if card.why else ""
    st.warning(
        formatting.escape_markdown(
            f"Your timer on #{card.ticket} counted {counted}.{why} Your last activity was "
            f"{formatting.format_relative(card.active_at)}."
        ),
        icon=":material/timer:",
    )
    for how, label in (
        (TimerDecision.TRIM, f"Trim to {durations.format_minutes(card.trimmed)}"),
        (TimerDecision.KEEP, f"Keep {counted}"),
        (TimerDecision.DISCARD, "Discard"),
    ):
        if st.button(label, width="stretch", key=f"timer_{how.value}"):
            with page.attempt() as session:
                logged = timers.decide(session, page.with_browser_timezone(page.me()), how)
                page.flash(
                    f"Logged {durations.format_minutes(logged.minutes)} on #{logged.ticket}."
                    if logged
                    else "Timer discarded."
                )
