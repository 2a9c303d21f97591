"""Charts in the theme's colors, each with words for those who don't see it; the only place that knows plotly."""

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from lib.catalog.statuses import StatusCard

COLORS = {"todo": "gray", "active": "blue", "blocked": "red", "paused": "yellow", "done": "green"}
STATIC_CONFIG = {"displayModeBar": False, "staticPlot": True, "responsive": True}


def warm_up() -> None:
    """Draw once for nobody: the first drawing of a process takes a second."""
    _build_status_bar([], mode="light")


def show_status_bar(counts: Sequence[tuple[StatusCard, int]], *, key: str) -> None:
    """Show how open tickets lie in their statuses, as one bar in parts; nothing where there are none."""
    there = [(status, n) for status, n in counts if n]
    if not there:
        return
    whole = sum(n for _, n in there)
    words = ", ".join(f"{n} of them {status.name}" for status, n in there)
    figure = _build_status_bar(there, mode=st.context.theme.type or "light")
    st.plotly_chart(
        figure, theme=None, key=key, config=STATIC_CONFIG, height=16, alt=f"{whole} open tickets: {words}."
    )


def _build_status_bar(counts: Sequence[tuple[StatusCard, int]], *, mode: str) -> go.Figure:
    gap = st.get_option(f"theme.{mode}.backgroundColor")
    parts = [
        go.Bar(
            x=[n],
            y=[""],
            orientation="h",
            name=status.name,
            marker={
                "color": st.get_option(f"theme.{mode}.{COLORS[status.kind]}Color"),
                "line": {"color": gap, "width": 2},
            },
        )
        for status, n in counts
    ]
    return go.Figure(parts).update_layout(
        barmode="stack",
        showlegend=False,
        margin={"l": 0, "r": 0, "t": 0, "b": 0, "pad": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        bargap=0,
        xaxis={"visible": False, "range": [0, sum(n for _, n in counts)], "fixedrange": True},
        yaxis={"visible": False, "fixedrange": True},
    )
