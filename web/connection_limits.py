"""Limits on how many signed-out pages one address may open, since each uses memory and anybody can open them."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from lib.core import settings


class SignedOutPages:
    """The open signed-out pages of this process, counted by address."""

    def __init__(self) -> None:
        self.open: Counter[str] = Counter()

    @contextmanager
    def place(self, address: str | None) -> Iterator[bool]:
        """Reserve a place for a page, and yield whether there was one. `address` is None for signed-in people."""
        if address is None:
            yield True
            return
        room = self.open[address] < settings.current().signed_out_pages
        self.open[address] += room
        try:
            yield room
        finally:
            self.open[address] -= room
            if not self.open[address]:
                del self.open[address]
