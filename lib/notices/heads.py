"""Headers of mails: what is the same in every mail is made once, and what Docket puts together itself is not parsed.

The standard library parses and folds each header anew, which took more of a worker's time than anything else.
"""

from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.policy import SMTP, Policy
from functools import lru_cache
from typing import Any

OURS = ("Auto-Submitted", "Date", "In-Reply-To", "List-Unsubscribe", "List-Unsubscribe-Post")
OURS += ("Message-ID", "References", "X-Auto-Response-Suppress")
"""Headers that no person's words are in."""
SAME = frozenset({"content-transfer-encoding", "content-type", "from", "mime-version"})
"""Headers whose values are few."""


class _Ours(UnstructuredHeader):
    """A header of one word or more in ASCII, as it goes out. Raises ValueError for anything else."""

    max_count = 1

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        """Take a value as it is."""
        if not (value.isascii() and value.isprintable()):
            raise ValueError("This can't stand in a mail's head.")
        kwds["parse_tree"], kwds["decoded"] = None, value

    def fold(self: Any, *, policy: Policy) -> str:
        """Return the header's line; never broken, as a break after its name reads as a blank to some."""
        return f"{self.name}: {self}{policy.linesep}"


class _Whole(_Ours, BaseHeader):
    """What kind of mail it is, with its boundary, which is another in each."""


class _Folded(BaseHeader):
    """A header that is folded once for each way to fold it."""

    def fold(self, *, policy: Policy) -> str:
        """Return the header's lines."""
        how = (policy.linesep, policy.max_line_length, getattr(policy, "utf8", False))
        known: dict[Any, str] = self.__dict__.setdefault("known", {})
        if how not in known:
            known[how] = super().fold(policy=policy)
        return known[how]


class _Registry(HeaderRegistry):
    """Makes the class of a header once, and a header whose values are few once for each value."""

    def __init__(self) -> None:
        super().__init__(base_class=_Folded)
        for name in OURS:
            self.map_to_type(name, _Ours)  # ty: ignore[invalid-argument-type] - as for its own classes
        self._made: dict[str, Any] = {}
        self._same = lru_cache(maxsize=64)(super().__call__)

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = super().__getitem__(name)
        return self._made[name]

    def __call__(self, name: str, value: Any) -> Any:
        """Return a header."""
        if name.lower() not in SAME or not isinstance(value, str):
            return super().__call__(name, value)
        return _Whole(name, value) if "boundary" in value else self._same(name, value)


POLICY = SMTP.clone(header_factory=_Registry())
"""How every mail is put together."""
