"""Who else is at a ticket, and what they do there."""

from ui.components.registration import renderer


def presence(*, key: str, topic: str) -> None:
    """Show who else is at `topic`, and let them know of this person: that they look, or what the writer there says."""
    renderer("presence")(key=key, data={"topic": topic})
