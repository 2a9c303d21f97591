"""Brings one entry of a page into view."""

from ui.components.registration import renderer


def scroll_to(id: str, *, visit: str) -> None:
    """Scroll to the element with an id, once for each `visit` by that name, and let it stand out for a moment."""
    renderer("spot")(key="spot", data={"id": id, "visit": visit})
