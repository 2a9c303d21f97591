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
MAX_MARKS = 30

_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_JOINERS = " \u200c\u200d"
"""Kept in a line, because emoji and many scripts are written with them; but alone they are no text."""
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_MARK_BREAK = "\u034f"
"""Combining grapheme joiner: not seen, and no marks are put in order across it."""
COMBINING_MARKS = {at: None for at in range(0x300, 0x1E94B) if unicodedata.combining(chr(at))}
"""What stands on a letter, as `str.translate` takes it away."""
_DECOMPOSED_MARKS = "\u0f73\u0f75\u0f81\uff9e\uff9f"
"""What is taken apart to marks."""
_REMOVED = {**COMBINING_MARKS, ord(_MARK_BREAK): None}


def to_character_ranges(characters: Iterable[str]) -> str:
    """Return characters as a class of a pattern has them, joined to ranges."""
    runs: list[list[int]] = []
    for code in sorted(map(ord, characters)):
        if runs and runs[-1][1] == code - 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in runs)


_ALL_MARKS = frozenset([*map(chr, COMBINING_MARKS), *_DECOMPOSED_MARKS])
_MARK = f"[{to_character_ranges(_ALL_MARKS)}]"
_TOO_MANY = re.compile(f"({_MARK}{{{MAX_MARKS}}})(?={_MARK})")


def clean_line(value: str, *, field: str, limit: int, required: bool = True) -> str:
    """Return one clean line: no line breaks, control or direction characters, at most `limit` characters.

    Raises Invalid naming `field` when it is empty though required, too long, or holds what can't be stored.
    """
    visible = _INVISIBLE.sub("", _CONTROL.sub("", " ".join(_require_storable(value, field).split())))
    cleaned = " ".join(normalize(visible).split())
    if required and not cleaned.strip(_JOINERS):
        raise Invalid(f"The {field} is missing.", fields={field: "This field is required."})
    return _require_length(cleaned, field, limit)


def clean_block(value: str, *, field: str, limit: int = BODY_LIMIT, required: bool = True) -> str:
    """Return clean text of several lines; raises Invalid as `clean_line` does."""
    cleaned = _CONTROL.sub("", _require_storable(value, field).replace("\r\n", "\n").replace("\r", "\n"))
    cleaned = normalize(cleaned).strip()
    if required and not cleaned:
        raise Invalid(f"The {field} is empty.", fields={field: "Write something first."})
    return _require_length(cleaned, field, limit)


def normalize(value: str) -> str:
    """Return a text in the one form (NFC) in which equal letters are equal."""
    if value.isascii():
        return value
    made = break_mark_runs(value)
    normal = unicodedata.normalize("NFC", made)
    return normal if normal == made else break_mark_runs(normal)


def break_mark_runs(value: str) -> str:
    """Part more marks on one letter than any script has, as Unicode's Stream-Safe Text Process does.

    To put a run of marks in order takes time by its length squared: 50,000 of them took five seconds.
    """
    if value.isascii() or _ALL_MARKS.isdisjoint(value):
        return value
    return _TOO_MANY.sub(rf"\1{_MARK_BREAK}", value)


def is_storable(value: str) -> bool:
    """Tell whether both databases can hold a text: no NUL, no half of a surrogate pair."""
    return "\x00" not in value and not any("\ud800" <= c <= "\udfff" for c in value)


def _require_storable(value: str, field: str) -> str:
    if not is_storable(value):
        raise Invalid(
            f"The {field} contains a character that can't be stored. Nothing was saved. Remove it and try again.",
            fields={field: "Holds a character that can't be stored."},
        )
    return value


def _require_length(value: str, field: str, limit: int) -> str:
    if len(value) > limit:
        sentence = f"At most {limit:,} characters. This has {len(value):,}."
        raise Invalid(f"The {field} is too long. {sentence}", fields={field: sentence})
    return value


def fold_case_and_accents(value: str) -> str:
    """Return a text in plain small letters without accents; its other signs stay."""
    if value.isascii():
        return value.lower()
    plain = unicodedata.normalize("NFKD", break_mark_runs(value.casefold()))
    return plain[:FOLDED_LIMIT].translate(_REMOVED)


def disambiguate(named: Mapping[K, tuple[str, str]], *, taken: Iterable[str] = ()) -> dict[K, str]:
    """Return a name for each key from its name and what tells it apart, which follows where the name is not alone.

    Names in `taken` are never alone: two people called Sam Reed become "Sam Reed (sam@example.org)" and so on.
    """
    many = Counter([*taken, *(name for name, _apart in named.values())])
    return {key: name if many[name] == 1 else f"{name} ({apart})" for key, (name, apart) in named.items()}
