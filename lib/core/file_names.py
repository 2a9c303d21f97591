"""File names: kept as given, except for what harms a file system or hides the type of a file."""

import re
import unicodedata
from pathlib import PurePosixPath

from lib.core import text

LIMIT = 120
"""Characters of a file name."""
_EXTENSION_LIMIT = 20
"""Characters of the longest extension, with its dot. A longer one is treated as part of the name."""
_READ_LIMIT = 1_000
"""Characters read at each end of a name. What is in between is dropped."""
_JOINERS = "\u200c\u200d"
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(\..*)?")
"""Device names on Windows."""


def decode_form_name(name: str) -> str:
    """Return the file name of an upload with %22 decoded: forms encode quotation marks that way (WHATWG HTML)."""
    return name.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")


def safe_name(name: str) -> str:
    """Return a file name that shows the file's type and harms no file system, with at most 120 characters.

    A longer name is cut before its extension and gets an ellipsis there.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    ends = last if len(last) <= 2 * _READ_LIMIT else last[:_READ_LIMIT] + last[-_READ_LIMIT:]
    plain = re.sub("[<>:|?*]", "_", _visible_characters(ends)).rstrip(" .").lstrip(" ")
    plain = re.sub(r"^\.[ .]*", ".", plain)
    if not plain or _RESERVED.fullmatch(plain):
        plain = f"_{plain}" if plain else "file"
    return plain if len(plain) <= LIMIT else _shorten(plain)


def _visible_characters(name: str) -> str:
    """Return a name without invisible characters, in a normal form in which equal letters are equal."""
    shown = text.normalize("".join(" " if one in "\u2028\u2029" else one for one in name if _is_visible(one)))
    kept: list[str] = []
    for one in shown:
        if one not in _JOINERS or (kept and _can_join(kept[-1])):
            kept.append(one)
    return text.normalize("".join(kept))


def _is_visible(one: str) -> bool:
    """Return whether a character is visible or joins visible ones. Emoji unknown to Python count as visible."""
    return one in _JOINERS or unicodedata.category(one)[0] != "C" or "\U0001f000" <= one <= "\U0001fbff"


def _can_join(before: str) -> bool:
    """Return whether a joiner may follow, as in scripts and emoji that are written with joiners."""
    return not before.isascii() and unicodedata.category(before)[0] in "LMSC" and before not in _JOINERS


def split_extension(name: str) -> tuple[str, str]:
    """Split a name into the part that may be cut and the extension with its dot, which shows the file's type."""
    *_, before, last = "", "", *PurePosixPath(name).suffixes
    extension = before + last if before.lower() == ".tar" else last
    extension = extension if len(extension) <= _EXTENSION_LIMIT else ""
    return name[: len(name) - len(extension)], extension


def _shorten(name: str) -> str:
    stem, extension = split_extension(name)
    return f"{stem[: LIMIT - 1 - len(extension)].rstrip(f' .{_JOINERS}')}…{extension}"
