"""Seven days by ticket, as a table whose cells are filled by keyboard or thumb."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

import streamlit as st

from lib.timekeeping.weeks import Week
from ui.components.registration import renderer
from ui.components.validation import parse_positive_int, parse_text


@dataclass(frozen=True, slots=True)
class CellEdit:
    """What somebody wrote into a cell: a ticket, a day of the shown week, and a time as people write it."""

    ticket: int
    day: date
    time: str

    @classmethod
    def read(cls, value: object, shown: Week) -> Self | None:
        """What the browser sent; None when it is malformed or names no cell of this week."""
        if not isinstance(value, Mapping):
            return None
        ticket, place, time = (
            parse_positive_int(value.get("ticket")),
            parse_positive_int(value.get("place")),
            parse_text(value.get("time")),
        )
        if ticket is None or place is None or time is None or place > len(shown.days) or len(time) > 20:
            return None
        if ticket not in {line.ticket for line in shown.lines}:
            return None
        return cls(ticket, shown.days[place - 1], time.strip())


def week(shown: Week, *, key: str, fills: bool, turns: Mapping[str, str]) -> CellEdit | None:
    """Draw a week below the links `turns`, by label; give what somebody filled in, each once.

    Draw it again whatever came of it.
    """
    handed = f"{key}:handed"
    result = renderer("week")(
        key=key, on_fill_change=lambda: None, data={**_week_data(shown, fills=fills), "turns": dict(turns)}
    )
    value = result.get("fill")
    turn = parse_positive_int(value.get("turn")) if isinstance(value, Mapping) else None
    if turn is None or turn == st.session_state.get(handed):
        return None
    st.session_state[handed] = turn
    return CellEdit.read(value, shown) if fills else None


def _week_data(shown: Week, *, fills: bool) -> dict[str, Any]:
    return {
        "days": [
            {
                "label": f"{day:%a} {day.day}",
                "short": f"{day:%a}",
                "number": str(day.day),
                "name": f"{day:%A}, {day:%B} {day.day}",
                "today": day == shown.today,
                "open": fills and day <= shown.today and state == "open",
                "total": _format_minutes(total),
            }
            for day, state, total in zip(shown.days, shown.states, shown.totals, strict=True)
        ],
        "total": _format_minutes(sum(shown.totals)),
        "lines": [
            {
                "ticket": line.ticket,
                "title": line.title or ("" if line.ticket else "Tickets that you don't see"),
                "cells": [_format_minutes(n) for n in line.minutes],
                "total": _format_minutes(line.total),
            }
            for line in shown.lines
        ],
    }


def _format_minutes(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}" if minutes else ""
