"""Cleaning of text that people type, and folding it for search."""

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
"""Characters of a folded text. Folding turns some characters into up to eighteen."""
MAX_MARKS = 30

_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_JOINERS = " \u200c\u200d"
"""Kept within a line, because emoji and many scripts need them. On their own they don't count as text."""
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_MARK_BREAK = "\u034f"
"""The combining grapheme joiner: invisible, and marks are not reordered across it."""
COMBINING_MARKS = {at: None for at in range(0x300, 0x1E94B) if unicodedata.combining(chr(at))}
"""A table for `str.translate` that removes accents and other combining marks."""
_DECOMPOSED_MARKS = "\u0f73\u0f75\u0f81\uff9e\uff9f"
"""Characters that decompose into marks."""
_REMOVED = {**COMBINING_MARKS, ord(_MARK_BREAK): None}


def to_character_ranges(characters: Iterable[str]) -> str:
    """Return characters as ranges for a regular expression's character class."""
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

    Raises Invalid naming `field` when the line is required but empty, too long, or contains characters that can't be
    stored.
    """
    visible = _INVISIBLE.sub("", _CONTROL.sub("", " ".join(_require_storable(value, field).split())))
    cleaned = " ".join(normalize(visible).split())
    if required and not cleaned.strip(_JOINERS):
        raise Invalid(f"The {field} is missing.", fields={field: "This field is required."})
    return _require_length(cleaned, field, limit)


def clean_block(value: str, *, field: str, limit: int = BODY_LIMIT, required: bool = True) -> str:
    """Return clean multi-line text. Raises Invalid as `clean_line` does."""
    cleaned = _CONTROL.sub("", _require_storable(value, field).replace("\r\n", "\n").replace("\r", "\n"))
    cleaned = normalize(cleaned).strip()
    if required and not cleaned:
        raise Invalid(f"The {field} is empty.", fields={field: "Write something first."})
    return _require_length(cleaned, field, limit)


def normalize(value: str) -> str:
    """Return a text in Unicode's NFC form, in which equal letters are equal."""
    if value.isascii():
        return value
    made = break_mark_runs(value)
    normal = unicodedata.normalize("NFC", made)
    return normal if normal == made else break_mark_runs(normal)


def break_mark_runs(value: str) -> str:
    """Break up long runs of combining marks, as Unicode's Stream-Safe Text Process does.

    Sorting a run of marks takes quadratic time: 50,000 of them took five seconds.
    """
    if value.isascii() or _ALL_MARKS.isdisjoint(value):
        return value
    return _TOO_MANY.sub(rf"\1{_MARK_BREAK}", value)


def is_storable(value: str) -> bool:
    """Return whether both databases can store a text: no NUL and no lone surrogates."""
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
    """Return a text in lowercase without accents. Other characters stay."""
    if value.isascii():
        return value.lower()
    plain = unicodedata.normalize("NFKD", break_mark_runs(value.casefold()))
    return plain[:FOLDED_LIMIT].translate(_REMOVED)


def disambiguate(named: Mapping[K, tuple[str, str]], *, taken: Iterable[str] = ()) -> dict[K, str]:
    """Return a unique name for each key, from pairs of a name and what distinguishes it from others of that name.

    Names in `taken` count as used, too. Two people called Sam Reed become "Sam Reed (sam@example.org)" and so on.
    """
    many = Counter([*taken, *(name for name, _apart in named.values())])
    return {key: name if many[name] == 1 else f"{name} ({apart})" for key, (name, apart) in named.items()}
