"""Email headers: what people typed is encoded as a whole, and parsed again as a check before sending.

The standard library's header classes decode anything that looks like an encoded word in a value, and lose spaces when
folding. So each line is written here, and `check` parses the finished lines with those classes and compares.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.charset import Charset
from itertools import chain, repeat
from typing import Any

MAX_LINE_BYTES = 998
"""Maximum bytes of a line (RFC 5322)."""
LINE_WIDTH = 76
"""Maximum characters of a line with encoded words (RFC 2047)."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ATOMS = re.compile(r"[\w!#$%&'*+/^`{|}~-]+(?: [\w!#$%&'*+/^`{|}~-]+)*", re.ASCII)
_UTF8 = Charset("utf-8")


class HeaderError(ValueError):
    """A value can't be in a header, or would arrive changed."""


@dataclass(frozen=True)
class Mailbox:
    """A sender or recipient. `address` is ASCII."""

    name: str
    address: str


@dataclass(frozen=True)
class EmailHeaders:
    """The headers of an email. `fixed` holds those without anything that a person typed."""

    sender: Mailbox
    to: Mailbox
    subject: str
    fixed: Mapping[str, str]

    def lines(self) -> bytes:
        """Return the header lines. Raises HeaderError."""
        lines = [
            f"From: {_format_mailbox(self.sender)}", f"To: {_format_mailbox(self.to)}", _format_subject(self.subject),
            *(f"{name}: {_check_ascii(value)}" for name, value in self.fixed.items()),
        ]  # fmt: skip
        return "".join(f"{line}\r\n" for line in lines).encode("ascii")

    def check(self, raw: bytes) -> None:
        """Check that the headers of a whole email, as it would be sent, parse as intended. Raises HeaderError."""
        if (
            not raw.isascii()
            or b"\0" in raw
            or any(len(line) > MAX_LINE_BYTES for line in raw.split(b"\r\n"))
        ):
            raise HeaderError("A line of the email is too long, or not in ASCII.")
        head = raw.partition(b"\r\n\r\n")[0]
        if head.count(b"\r") != head.count(b"\r\n") or head.count(b"\n") != head.count(b"\r\n"):
            raise HeaderError("A header has a line break of its own.")
        head += b"\r\n\r\n"
        plain = message_from_bytes(head, policy=policy.compat32)
        names = [name for name in plain if not name.startswith(("Content-", "MIME-Version"))]
        if names != ["From", "To", "Subject", *self.fixed]:
            raise HeaderError("The email would have other headers than it should.")
        found = message_from_bytes(head, policy=policy.default)
        read = {
            "From": _parse_mailboxes(found["From"]),
            "To": _parse_mailboxes(found["To"]),
            "Subject": str(found["Subject"]),
        }
        meant = {"From": [self.sender], "To": [self.to], "Subject": self.subject}
        if read != meant or any(plain[name] != value for name, value in self.fixed.items()):
            raise HeaderError("A header would not arrive as it is.")


def _parse_mailboxes(header: Any) -> list[Mailbox]:
    return [Mailbox(each.display_name, each.addr_spec) for each in header.addresses]


def _check_ascii(value: str) -> str:
    if not (value.isascii() and value.isprintable()) or "=?" in value:
        raise HeaderError("This value can't be in a header.")
    return value


def _format_subject(value: str) -> str:
    line = f"Subject: {_check_text(value)}"
    plain = value.isascii() and "=?" not in value and "  " not in value and value == value.strip(" ")
    if plain and value and len(line) <= LINE_WIDTH:
        return line
    widths = chain([LINE_WIDTH - len("Subject: ")], repeat(LINE_WIDTH - 1))
    return "Subject: " + "\r\n ".join(_encode_words(value, widths))


def _format_mailbox(value: Mailbox) -> str:
    """Return a name and an address.

    The name is one encoded word, however long: between two encoded words in a name, Python 3.11 reads a space that is
    not there, and software that reads them correctly also reads a long one.
    """
    name = _check_text(value.name)
    if name and not (_ATOMS.fullmatch(name) and "=?" not in name):
        name = "".join(_encode_words(name, repeat(MAX_LINE_BYTES)))
    address = f"<{_check_ascii(value.address)}>"
    return (
        f"{name}\r\n {address}"
        if len(name) + len(address) > LINE_WIDTH - 10
        else f"{name} {address}".lstrip()
    )


def _encode_words(value: str, widths: Iterator[int]) -> list[str]:
    return [word for word in _UTF8.header_encode_lines(value, widths) if word]


def _check_text(value: str) -> str:
    if _CONTROL.search(value):
        raise HeaderError("A line break or control character can't be in a header.")
    return value
