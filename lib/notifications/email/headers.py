"""Headers of an email: what people typed is encoded as a whole, and read again before anything is sent.

The standard library's own header classes decode whatever looks like an encoded word in a value, and fold so that blanks
get lost. So each line is written here, and `check` reads the finished lines with those classes and compares.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.charset import Charset
from itertools import chain, repeat
from typing import Any

LONGEST = 998
"""Bytes that a line may have (RFC 5322)."""
WIDTH = 76
"""Characters of a line with encoded words (RFC 2047)."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ATOMS = re.compile(r"[\w!#$%&'*+/^`{|}~-]+(?: [\w!#$%&'*+/^`{|}~-]+)*", re.ASCII)
_UTF8 = Charset("utf-8")


class Unfit(ValueError):
    """A value can't be in a header, or would not arrive as it is."""


@dataclass(frozen=True)
class Mailbox:
    """Who an email is from or for; `address` is ASCII."""

    name: str
    address: str


@dataclass(frozen=True)
class Head:
    """An email's own headers; `fixed` are those with nothing that a person typed."""

    sender: Mailbox
    to: Mailbox
    subject: str
    fixed: Mapping[str, str]

    def lines(self) -> bytes:
        """Return the header lines. Raises Unfit."""
        lines = [
            f"From: {_mailbox(self.sender)}", f"To: {_mailbox(self.to)}", _subject(self.subject),
            *(f"{name}: {_ascii(value)}" for name, value in self.fixed.items()),
        ]  # fmt: skip
        return "".join(f"{line}\r\n" for line in lines).encode("ascii")

    def check(self, raw: bytes) -> None:
        """Compare a whole email, as it would be sent, with what its headers are meant to be. Raises Unfit."""
        if not raw.isascii() or b"\0" in raw or any(len(line) > LONGEST for line in raw.split(b"\r\n")):
            raise Unfit("A line of the email is too long, or not in ASCII.")
        head = raw.partition(b"\r\n\r\n")[0]
        if head.count(b"\r") != head.count(b"\r\n") or head.count(b"\n") != head.count(b"\r\n"):
            raise Unfit("A header has a line break of its own.")
        head += b"\r\n\r\n"
        plain = message_from_bytes(head, policy=policy.compat32)
        names = [name for name in plain if not name.startswith(("Content-", "MIME-Version"))]
        if names != ["From", "To", "Subject", *self.fixed]:
            raise Unfit("The email would have other headers than it should.")
        found = message_from_bytes(head, policy=policy.default)
        read = {
            "From": _mailboxes(found["From"]),
            "To": _mailboxes(found["To"]),
            "Subject": str(found["Subject"]),
        }
        meant = {"From": [self.sender], "To": [self.to], "Subject": self.subject}
        if read != meant or any(plain[name] != value for name, value in self.fixed.items()):
            raise Unfit("A header would not arrive as it is.")


def _mailboxes(header: Any) -> list[Mailbox]:
    return [Mailbox(each.display_name, each.addr_spec) for each in header.addresses]


def _ascii(value: str) -> str:
    if not (value.isascii() and value.isprintable()) or "=?" in value:
        raise Unfit("This value can't be in a header.")
    return value


def _subject(value: str) -> str:
    line = f"Subject: {_typed(value)}"
    plain = value.isascii() and "=?" not in value and "  " not in value and value == value.strip(" ")
    if plain and value and len(line) <= WIDTH:
        return line
    widths = chain([WIDTH - len("Subject: ")], repeat(WIDTH - 1))
    return "Subject: " + "\r\n ".join(_words(value, widths))


def _mailbox(value: Mailbox) -> str:
    """Return a name and an address.

    The name is one encoded word however long it is: Python 3.11 reads a blank between two of them in a name that is
    not there, and what reads them right reads a long one too.
    """
    name = _typed(value.name)
    if name and not (_ATOMS.fullmatch(name) and "=?" not in name):
        name = "".join(_words(name, repeat(LONGEST)))
    address = f"<{_ascii(value.address)}>"
    return f"{name}\r\n {address}" if len(name) + len(address) > WIDTH - 10 else f"{name} {address}".lstrip()


def _words(value: str, widths: Iterator[int]) -> list[str]:
    return [word for word in _UTF8.header_encode_lines(value, widths) if word]


def _typed(value: str) -> str:
    if _CONTROL.search(value):
        raise Unfit("A line break or control character can't be in a header.")
    return value
