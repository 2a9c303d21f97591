"""From which day to which a report goes."""

from datetime import date, timedelta

import streamlit as st

from lib.access.gate import Actor
from lib.timekeeping import local_dates
from ui.shared import formatting

DEFAULT_SPAN = timedelta(days=29)
"""How far back a report goes at first."""


def choose_dates(me: Actor) -> tuple[date, date]:
    """Let a person choose days, at first the last thirty; return the first and the last of them, both included."""
    today = local_dates.today(me.zone)
    first, last = (
        st.date_input(
            label, usual, format=formatting.day_input_format(), key=key, width=160, bind="query-params"
        )
        for label, key, usual in (("From", "since", today - DEFAULT_SPAN), ("Through", "until", today))
    )
    return first, last
