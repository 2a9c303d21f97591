"""Text that people type: cleaned on the way in, folded for finding."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypeVar

from lib.core.errors import Invalid

K = TypeVar("K")

BODY_LIMIT = 50_000
"""Characters in a description or comment."""
TITLE_LIMIT = 200
FOLDED_LIMIT = BODY_LIMIT * 6 // 5
"""Characters of a folded text: folding makes eighteen of some that are one."""
MOST_MARKS = 30

_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_JOINERS = " \u200c\u200d"
"""Kept in a line, because emoji and many scripts are written with them; but alone they are no text."""
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_PART = "\u034f"
"""Combining grapheme joiner: not seen, and no marks are put in order across it."""
MARKS = {at: None for at in range(0x300, 0x1E94B) if unicodedata.combining(chr(at))}
"""What stands on a letter, as `str.translate` takes it away."""
_TAKEN_APART = "\u0f73\u0f75\u0f81\uff9e\uff9f"
"""What is taken apart to marks."""
_UNSEEN = {**MARKS, ord(_PART): None}


def ranges(characters: Iterable[str]) -> str:
    """Return characters as a class of a pattern has them, joined to ranges."""
    runs: list[list[int]] = []
    for code in sorted(map(ord, characters)):
        if runs and runs[-1][1] == code - 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in runs)


_ALL_MARKS = frozenset([*map(chr, MARKS), *_TAKEN_APART])
_MARK = f"[{ranges(_ALL_MARKS)}]"
_TOO_MANY = re.compile(f"({_MARK}{{{MOST_MARKS}}})(?={_MARK})")


def line(value: str, *, field: str, limit: int, required: bool = True) -> str:
    """Return one clean line: no line breaks, control or direction characters, at most `limit` characters.

    Raises Invalid naming `field` when it is empty though required, too long, or holds what can't be stored.
    """
    visible = _INVISIBLE.sub("", _CONTROL.sub("", " ".join(_storable(value, field).split())))
    cleaned = " ".join(composed(visible).split())
    if required and not cleaned.strip(_JOINERS):
        raise Invalid(f"The {field} is missing.", fields={field: "Please fill this in."})
    return _within(cleaned, field, limit)


def block(value: str, *, field: str, limit: int = BODY_LIMIT, required: bool = True) -> str:
    """Return clean text of several lines; raises Invalid as `line` does."""
    cleaned = _CONTROL.sub("", _storable(value, field).replace("\r\n", "\n").replace("\r", "\n"))
    cleaned = composed(cleaned).strip()
    if required and not cleaned:
        raise Invalid(f"The {field} is empty.", fields={field: "Please write something."})
    return _within(cleaned, field, limit)


def composed(value: str) -> str:
    """Return a text in the one form (NFC) in which equal letters are equal."""
    if value.isascii():
        return value
    made = parted(value)
    normal = unicodedata.normalize("NFC", made)
    return normal if normal == made else parted(normal)


def parted(value: str) -> str:
    """Part more marks on one letter than any script has, as Unicode's Stream-Safe Text Process does.

    To put a run of marks in order takes time by its length squared: 50,000 of them took five seconds.
    """
    if value.isascii() or _ALL_MARKS.isdisjoint(value):
        return value
    return _TOO_MANY.sub(rf"\1{_PART}", value)


def storable(value: str) -> bool:
    """Tell whether both databases can hold a text: no NUL, no half of a surrogate pair."""
    return "\x00" not in value and not any("\ud800" <= c <= "\udfff" for c in value)


def _storable(value: str, field: str) -> str:
    if not storable(value):
        raise Invalid(
            f"The {field} holds a character that can't be stored. Remove it and try again; nothing was saved.",
            fields={field: "Holds a character that can't be stored."},
        )
    return value


def _within(value: str, field: str, limit: int) -> str:
    if len(value) > limit:
        sentence = f"At most {limit:,} characters; this has {len(value):,}."
        raise Invalid(f"The {field} is too long. {sentence}", fields={field: sentence})
    return value


def folded(value: str) -> str:
    """Return a text in plain small letters without accents; its other signs stay."""
    if value.isascii():
        return value.lower()
    plain = unicodedata.normalize("NFKD", parted(value.casefold()))
    return plain[:FOLDED_LIMIT].translate(_UNSEEN)


def distinct(named: Mapping[K, tuple[str, str]], *, taken: Iterable[str] = ()) -> dict[K, str]:
    """Return a name for each key from its name and what tells it apart, which follows where the name is not alone.

    Names in `taken` are never alone: two people called Sam Reed become "Sam Reed (sam@example.org)" and so on.
    """
    many = Counter([*taken, *(name for name, _apart in named.values())])
    return {key: name if many[name] == 1 else f"{name} ({apart})" for key, (name, apart) in named.items()}
