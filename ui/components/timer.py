"""What counts for a person at present, second by second."""

from ui.components.registration import renderer


def timer(*, key: str, ticket: int, title: str, seconds: int) -> None:
    """Show a timer that has counted `seconds` by now and goes on, as a link to its ticket."""
    renderer("timer")(
        key=key, data={"href": f"/ticket?id={ticket}", "ticket": ticket, "title": title, "seconds": seconds}
    )
