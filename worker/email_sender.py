"""Email sender: sends emails over a connection to the mail server."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from lib.integrations import smtp
from lib.notifications.delivery.outcomes import Down, Outcome, Rejected, Retry, Sent
from lib.notifications.email.renderer import EmailChannel
from worker.sender import ChannelDown, Outgoing, Sender


class EmailSender(EmailChannel, Sender):
    """The email channel with a connection to the mail server."""

    def __init__(self, box: smtp.MailConnection | None = None) -> None:
        self._box = box

    @contextmanager
    def connected(self) -> Iterator[Self]:
        """Connect to the mail server and sign in. Raises ChannelDown."""
        try:
            with smtp.connect() as box:
                yield type(self)(box)
        except smtp.Unreachable as error:
            raise ChannelDown(Down(str(error))) from error

    def send(self, message: Outgoing) -> Outcome:
        """Send one email. If the server hangs up midway, the channel is down for the others too."""
        if self._box is None:
            raise RuntimeError("not connected")
        try:
            self._box.send(message.rendered.to, message.rendered.raw)
        except smtp.Refused as refused:
            kind = Rejected if refused.permanent else Retry
            return kind(str(refused), down=self._box.broken)
        except smtp.Unreachable as error:
            return Down(str(error))
        return Sent()

    def hang_up(self) -> None:
        """Close the connection to the mail server."""
        smtp.hang_up()
