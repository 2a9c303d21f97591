"""Text folding for search: lowercase without accents, whatever the script and however it was typed."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain

from lib.core import text

WORD_LIMIT = 64
"""Letters of a word that are compared."""
_CHANGED_RANGES = (range(0x20000), range(0x2F800, 0x2FA20), range(0xE0000, 0xE0200))
"""The ranges that contain all characters changed by folding."""
SPACELESS_RANGES = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e80-\u0ecf\u0edc-\u0edf"  # Thai, Lao
    "\u1000-\u103f\u1050-\u108f\ua9e0-\ua9ef\ua9fa-\ua9fe\uaa60-\uaa76\uaa7a-\uaa7f\u1780-\u17d3"  # Myanmar, Khmer
    "\u1100-\u11ff\u3131-\u318e\ua960-\ua97c\uac00-\ud7fb"  # Hangul
    "\u3005-\u3007\u3031-\u3035\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"  # Kana
    "\u3105-\u312f\u31a0-\u31bf\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Bopomofo, Han
)
SPACELESS = re.compile(f"[{SPACELESS_RANGES}]")
"""A letter of a script that is written without spaces, or that attaches endings to words, as Korean does."""
_APOSTROPHES = "\u02b9\u02bb\u02bc\u02bd\u02c8\u2018\u2019\u201b\u2032\u05f3\uff07\u0060"
_SPECIAL_LETTERS = {
    **dict.fromkeys(_APOSTROPHES, "'"),
    "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "\u0131": "i", "ȷ": "j", "ŋ": "n", "ĸ": "k", "\u0640": "",
}  # fmt: skip
_BASE_SCRIPTS = ("LATIN", "CYRILLIC")
VOWEL_SIGNS = text.to_character_ranges(
    c
    for c in map(chr, (*range(0x900, 0x1D00), *range(0xA800, 0xAC00)))
    if unicodedata.category(c) in ("Mn", "Mc") and not SPACELESS.match(c)
)
"""Vowel signs of scripts with spaces. They are part of a word, as letters are."""
_APOSTROPHE = re.compile(r"'(?=\w)")
_WORD = re.compile(rf"[\w{VOWEL_SIGNS}{SPACELESS_RANGES}]+")


class TranslationTable(dict[int, str]):
    """A table for `str.translate` that returns all other characters unchanged, which is faster than a plain dict."""

    __missing__ = staticmethod(chr)


@cache
def _build_table() -> TranslationTable:
    """Return the folded form of each character that changes. Built completely and once, so that no request waits."""
    made = {
        one: "".join(map(_fold_character, unicodedata.normalize("NFKC", one))) for one in _list_candidates()
    }
    return TranslationTable({ord(one): folded for one, folded in made.items() if folded != one})


def _list_candidates() -> Iterator[str]:
    for one in map(chr, chain.from_iterable(_CHANGED_RANGES)):
        category = unicodedata.category(one)
        stays = category in ("Cn", "Co") or (category == "Lo" and not unicodedata.decomposition(one))
        if not stays or one in _SPECIAL_LETTERS:
            yield one


def _fold_character(one: str) -> str:
    if one in _SPECIAL_LETTERS:
        return _SPECIAL_LETTERS[one]
    if SPACELESS.fullmatch(one):
        return unicodedata.normalize("NFKC", one)
    plain = unicodedata.normalize("NFKD", one.casefold())
    return unicodedata.normalize("NFC", "".join(_strip_letter(c) for c in plain))


def _strip_letter(one: str) -> str:
    """Return a lowercase letter without strokes and accents; an empty string for invisible characters."""
    if one in _SPECIAL_LETTERS:
        return _SPECIAL_LETTERS[one]
    if SPACELESS.fullmatch(one):
        return one
    category = unicodedata.category(one)
    if (
        category in ("Cf", "Me")
        or unicodedata.combining(one)
        or one == "\u034f"
        or "\ufe00" <= one <= "\ufe0f"
    ):
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(one))
    name = unicodedata.name(one, "")
    if name.startswith(_BASE_SCRIPTS) and " WITH " in name:
        return _find_base_letter(name.partition(" WITH ")[0], one)
    return one


@cache
def _find_base_letter(name: str, otherwise: str) -> str:
    try:
        return unicodedata.lookup(name)
    except KeyError:
        return otherwise


def fold(value: str) -> str:
    """Return a text in lowercase without accents and invisible characters. Other characters stay.

    Soft hyphens and zero-width spaces are removed, every apostrophe is the plain one, digits are 0 to 9.
    """
    if value.isascii():
        return value.lower().replace("`", "'")
    plain = text.break_mark_runs(value.replace("\u00b4", "'")).translate(_build_table())
    return unicodedata.normalize("NFC", plain[: text.FOLDED_LIMIT])


def fold_letter(one: str) -> str:
    """Return a single character folded, which may be an empty string or several characters."""
    return _build_table()[ord(one)]


def fold_name(value: str) -> str:
    """Return a person's name for comparison: without accents, and without apostrophes before a letter."""
    return " ".join(_APOSTROPHE.sub("", fold(value)).split())


def split_words(folded: str) -> list[str]:
    """Return the words of a folded text."""
    return _WORD.findall(folded.replace("_", " "))


def is_prefix_match(asked: Iterable[str], there: Sequence[str]) -> bool:
    """Return whether each folded word is a prefix of one in `there`, or part of one in a script without spaces."""
    return all(
        any(one.startswith(word) or (word in one and SPACELESS.match(word) is not None) for one in there)
        for word in asked
    )


def fold_words(*parts: str) -> list[str]:
    """Return the words of `parts`, folded, in order."""
    return [word[:WORD_LIMIT] for word in split_words(fold(" ".join(parts)))]
