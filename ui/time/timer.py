"""A person's timer on every page: what counts, what was stopped for them, and what becomes of one that ran too long."""

from collections.abc import Iterable

import streamlit as st

from db.vocabulary import Permission, Scope
from lib.access.gate import Actor
from lib.tickets import tickets
from lib.timekeeping import durations, timers
from lib.timekeeping.timers import Answer, TimerCard
from ui.components.timer import timer
from ui.components.timer_buttons import Clocks, Tick
from ui.shared import formatting, page


def sidebar(card: TimerCard) -> None:
    """Show the person's timer, with what they can do about it."""
    with st.container(key="timer"):
        if card.entry is not None:
            _tell(card)
        elif card.asks:
            _ask(card)
        else:
            timer(key="timer-clock", ticket=card.ticket, title=card.title or "", seconds=card.seconds)
            if st.button("Stop timer", icon=":material/stop_circle:", width="stretch", key="timer_stop"):
                stop()


def button(number: int, card: TimerCard | None) -> None:
    """Let a person start their timer on a ticket, or stop it there."""
    if card is not None and card.runs and card.ticket == number:
        if st.button("Stop timer", icon=":material/stop_circle:", width="stretch", key=f"stop-{number}"):
            stop()
    elif st.button("Start timer", icon=":material/timer:", width="stretch", key=f"start-{number}"):
        start(number)


def clocks(me: Actor, rows: Iterable[tuple[int, int]], *, running: int | None) -> Clocks | None:
    """Offer the person's timer on rows, given as ticket and team: nothing for those who log no time."""
    reach = me.reach(Permission.TIME_LOG)
    if reach < Scope.TEAM:
        return None
    offered = {number for number, team in rows if reach == Scope.ALL or team in me.teams}
    return Clocks(offered, running, _press)


def _press(tick: Tick) -> None:
    if tick.on:
        start(tick.number)
    else:
        stop()


def start(number: int) -> None:
    """Let the person's timer run on a ticket, and tell what that stopped."""
    with page.attempt() as session:
        me = page.there(page.me())
        logged = timers.start(session, me, tickets.find(session, me, number))
        before = f" Logged {durations.told(logged.minutes)} on #{logged.ticket}." if logged else ""
        page.tell(f"Your timer runs on #{number}.{before}")


def stop() -> None:
    """Stop the person's timer, and tell what was logged."""
    with page.attempt() as session:
        logged = timers.stop(session, page.there(page.me()))
        if logged:
            page.tell(f"Logged {durations.told(logged.minutes)} on #{logged.ticket}.")


def _tell(card: TimerCard) -> None:
    st.info(
        formatting.plain(
            f"Your timer on #{card.ticket} stopped, because {card.why}. {durations.told(card.minutes)} were logged."
        ),
        icon=":material/timer_off:",
    )
    if st.button("All right", width="stretch", key="timer_read"):
        with page.attempt() as session:
            timers.dismiss(session, page.me())


def _ask(card: TimerCard) -> None:
    counted = durations.told(card.seconds // 60)
    why = f" It stopped, because {card.why}." if card.why else ""
    st.warning(
        formatting.plain(
            f"Your timer on #{card.ticket} counted {counted}.{why} You last did something "
            f"{formatting.ago(card.active_at)}."
        ),
        icon=":material/timer:",
    )
    for how, label in (
        (Answer.TRIM, f"Trim to {durations.told(card.trimmed)}"),
        (Answer.KEEP, f"Keep {counted}"),
        (Answer.DISCARD, "Discard"),
    ):
        if st.button(label, width="stretch", key=f"timer_{how.value}"):
            with page.attempt() as session:
                logged = timers.answer(session, page.there(page.me()), how)
                page.tell(
                    f"Logged {durations.told(logged.minutes)} on #{logged.ticket}."
                    if logged
                    else "Timer discarded."
                )
