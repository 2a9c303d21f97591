"""Hands a finished sign-in or sign-out to the browser, which alone can carry the cookie."""

from typing import Literal

from ui.components.registration import renderer


def handoff(
    ticket: str, *, action: Literal["sign_in", "sign_out"], then: str = "/", key: str = "handoff"
) -> None:
    """Let the browser exchange the one-time `ticket` for the cookie, or give the cookie up.

    `sign_in` posts the ticket to `/auth/session`, then opens `then`; `sign_out` posts to `/auth/sign-out`,
    then opens "/". `then` is a path inside Docket ("/ticket?id=44"); anything else counts as "/". A ticket is
    used once, however often the page is drawn; for `sign_out` it is any string that is new for each sign-out.
    """
    renderer("handoff")(key=key, data={"ticket": ticket, "action": action, "next": then})
