"""What a component asked for: read once, however often its run is repeated."""

from collections.abc import Mapping

import streamlit as st

from ui.components.validation import parse_positive_int as positive


def read_once(value: object, *, key: str) -> Mapping[str, object] | None:
    """Return what the browser sent under the name `key` unless it came by before; None when it is malformed.

    A run that was broken off is repeated with its trigger, so each carries a `turn` of its own.
    """
    if not isinstance(value, Mapping):
        return None
    turn, last = positive(value.get("turn")), f"{key}:turn"
    if turn is None or turn == st.session_state.get(last):
        return None
    st.session_state[last] = turn
    return value
