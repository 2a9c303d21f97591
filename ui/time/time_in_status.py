"""Time in status: the status timeline of a ticket as a strip, and the time in each status as a table."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from lib.reports.response_times import DurationSummary
from lib.reports.status_timeline import ReportedStatus, StatusPeriod, StatusTimeline, StatusTotal
from lib.reports.time_in_status import StatusTime
from ui.shared.formatting import format_duration, format_duration_rounded_up, format_timestamp

NO_VALUE = "\N{EN DASH}"
TABLE_HEAD = (
    "<tr><th scope='col' rowspan='2'>Status</th><th scope='colgroup' colspan='4'>Left in period</th>"
    "<th scope='colgroup' colspan='3'>Currently in status</th></tr><tr>"
    "<th scope='col' class='dk-number'>Tickets</th><th scope='col' class='dk-number'>Median</th>"
    "<td aria-hidden='true'></td>"
    "<th scope='col' class='dk-number'>90th percentile</th><th scope='col' class='dk-number'>Tickets</th>"
    "<th scope='col' class='dk-number'>Median so far</th><th scope='col' class='dk-number'>90th percentile</th></tr>"
)


def show_strip(course: StatusTimeline, *, key: str) -> None:
    """Show how long a ticket stood where; the strip is for the eye, the list below it says the same."""
    drawn = [stay for stay in course.stays if stay.counts or stay.ended is not None]
    if not course.shares:
        return
    with st.container(border=True, key=key):
        st.subheader("Time in status", anchor=False)
        parts = "".join(map(_render_part, drawn))
        shares = "".join(map(_render_share, course.shares))
        st.html(
            f"<div class='dk'><div class='dk-strip' aria-hidden='true'>{parts}</div>"
            f"<ul class='dk-shares' aria-label='Time in status'>{shares}</ul></div>"
        )


def _render_part(stay: StatusPeriod) -> str:
    kind, name = (stay.status.kind.value, stay.status.name) if stay.status else ("merged", "merged")
    said = f"{name}: {format_duration(stay.seconds)}, from {format_timestamp(stay.began)}"
    return f"<span data-kind='{kind}' style='--part: {max(1, stay.seconds)}' title='{escape(said, quote=True)}'></span>"


def _render_share(share: StatusTotal) -> str:
    return f"<li>{_render_status(share.status)}<span>{format_duration(share.seconds)}</span></li>"


def _render_status(status: ReportedStatus) -> str:
    return (
        f"<span class='dk-status' data-kind='{status.kind.value}'><span>{escape(status.name)}</span></span>"
    )


def show_table(rows: Sequence[StatusTime]) -> None:
    """Show how long tickets stand in each status, with a bar for the eye beside the median."""
    most = max((row.left.median or 0 for row in rows), default=0)
    body = "".join(_render_row(row, most) for row in rows)
    st.html(
        "<div class='dk dk-table' tabindex='0' role='region' aria-label='Time in status'>"
        f"<table><thead>{TABLE_HEAD}</thead><tbody>{body}</tbody></table></div>"
    )


def _render_row(row: StatusTime, most: int) -> str:
    part = 100 * (row.left.median or 0) // most if most and row.left.n else 0
    bar = f"<span class='dk-bar' data-kind='{row.status.kind.value}' style='--part: {part}%'></span>"
    track = f"<td aria-hidden='true'><span class='dk-track'>{bar if row.left.n else ''}</span></td>"
    left, now = _format_cells(row.left), _format_cells(row.standing)
    cells = [
        _render_number(left[0]),
        _render_number(left[1]),
        track,
        _render_number(left[2]),
        *map(_render_number, now),
    ]
    return f"<tr><th scope='row'>{_render_status(row.status)}</th>{''.join(cells)}</tr>"


def _format_cells(spread: DurationSummary) -> tuple[str, str, str]:
    median = NO_VALUE if spread.median is None else format_duration(spread.median)
    return f"{spread.n:,}", median, NO_VALUE if spread.p90 is None else format_duration_rounded_up(spread.p90)


def _render_number(said: str) -> str:
    return f"<td class='dk-number'>{said}</td>"
