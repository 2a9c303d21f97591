"""The bell: how many notices are unread, on every page."""

from ui.components.registration import renderer


def bell(*, unread: int, since: int, topic: str) -> None:
    """Show the bell in the page's upper corner with `unread` on it; it follows what happens after event `since`."""
    renderer("bell")(key="bell", data={"unread": unread, "since": since, "topic": topic})
