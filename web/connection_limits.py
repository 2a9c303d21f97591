"""How many pages may be open from one address without a sign-in: each holds memory, and anybody may open them."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from lib.core import settings


class SignedOutPages:
    """The open pages of this process that are nobody's, counted by address."""

    def __init__(self) -> None:
        self.open: Counter[str] = Counter()

    @contextmanager
    def place(self, address: str | None) -> Iterator[bool]:
        """Hold a place for a page from an address, or from somebody known (None); yields whether there was one."""
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
