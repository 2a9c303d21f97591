"""Hears that something happened, so that what is on the screen can follow."""

from ui.components.registration import renderer
from ui.components.validation import parse_positive_int


def rerun_on_event(*, key: str, topic: str, since: int) -> int | None:
    """Run the fragment in which this stands again when `topic` has an event newer than `since`; shows nothing.

    `since` is the newest event that this very run has read. Gives the event that the browser heard of, as a
    hint and never as a right: what may be seen is for the verbs to say.
    """
    result = renderer("live")(key=key, on_event_change=lambda: None, data={"topic": topic, "since": since})
    return parse_positive_int(result.get("event"))
