"""Backslashes in Markdown: one escapes only punctuation that would otherwise format text, and not in paths.

CommonMark drops a backslash before any punctuation. That breaks the Windows paths, regular expressions and TeX
expressions that a help desk receives.
"""

import re
from collections.abc import Callable

from markdown_it.rules_inline import StateInline

_CONTEXT_LENGTH = 130
"""Characters that are examined on either side."""
_BACKSLASHES = re.compile(r"\\+")
_PATH = re.compile(
    r"\\[A-Za-z0-9]|(?<![A-Za-z0-9])[A-Za-z]:\\|^[\"'(<\[]*(?:\\\\[\w.$%?-]|(?:%\w+%|\.\.?|~)\\)"
)
"""In a word: a backslash before a letter or digit, a drive, a network share, or a relative start of a path."""
_PATH_WITH_BLANKS = re.compile(
    r"(?:(?<![A-Za-z0-9])[A-Za-z]:\\|(?<!\S)\\\\)[\w.()&$%+~'\\-]*(?: [\w.()&$%+~'\\-]+){1,4}$"
)
_ITEM_END = re.compile(r"\s|$")
_NUMBER = re.compile(r"[ \t]*[0-9]{1,9}")
_HEADING = re.compile(r"#{1,6}(?:[ \t]|$)", re.MULTILINE)
_RULE = re.compile(r"([-*_])[ \t]*(?:\\?\1[ \t]*){2,}$", re.MULTILINE)
_ADDRESS = re.compile(r"<[^\s<>]{1,130}[:@][^\s<>]{0,130}>")
_ADDRESS_BEGUN = re.compile(r"<[^\s<>]*[:@][^\s<>]*$")
_ENTITY = re.compile(r"&(?:#[0-9A-Za-z]{1,8}|[A-Za-z][0-9A-Za-z]{1,31});")
_LINK = re.compile(r"\]\\?\(")
_LINK_BEGUN = re.compile(r"\]\\?\([^\n]*$")


def escape(state: StateInline, silent: bool) -> bool:
    """Parse backslashes and the character that they escape. A rule of markdown-it."""
    found = _BACKSLASHES.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    count, behind = found.end() - found.start(), state.src[found.end() : found.end() + 1]
    written, end = found[0], found.end()
    if _is_in_path(state.src, found.start()):
        if behind and behind in "*_~":
            written, end = written + behind, end + 1
    elif behind and _would_format(state.src, found.start(), found.end()):
        written = "\\" * (count // 2)
        if count % 2:
            written, end = written + behind, end + 1
    if not silent:
        state.append_pending(written)
    state.pos = end
    return True


def _is_in_path(src: str, at: int) -> bool:
    """Return whether the backslash at `at` looks like part of a path or of a regular or TeX expression."""
    before, after = src[max(0, at - _CONTEXT_LENGTH) : at], src[at : at + _CONTEXT_LENGTH]
    piece = (before[-1:].strip() and before.rsplit(maxsplit=1)[-1]) + after.split(maxsplit=1)[0]
    if _PATH.search(piece):
        return True
    line = before.rpartition("\n")[2]
    return not piece.startswith("\\") and _PATH_WITH_BLANKS.search(line) is not None


def _would_format(src: str, start: int, at: int) -> bool:
    """Return whether the character at `at`, after backslashes from `start`, would format text without them."""
    asked = _FORMATTING_CHECKS.get(src[at])
    return asked is not None and asked(src, start, at)


def _line_before(src: str, start: int) -> str:
    return src[max(0, start - _CONTEXT_LENGTH) : start].rpartition("\n")[2]


def _is_line_start(src: str, start: int) -> bool:
    return not _line_before(src, start).strip()


def _is_heading(src: str, start: int, at: int) -> bool:
    return _is_line_start(src, start) and _HEADING.match(src, at) is not None


def _is_quotation(src: str, start: int, at: int) -> bool:  # noqa: ARG001 - the same signature as the others
    return _is_line_start(src, start) or _ADDRESS_BEGUN.search(_line_before(src, start)) is not None


def _is_list_item(src: str, start: int, at: int) -> bool:
    begins = _ITEM_END.match(src, at + 1) or _RULE.match(src, at)
    return _is_line_start(src, start) and begins is not None


def _is_emphasis(src: str, start: int, at: int) -> bool:
    if _is_list_item(src, start, at):
        return True
    mark, before, after = src[at], src[start - 1 : start], src[at + 1 : at + 2]
    if not (before.strip() or after.strip()) or not _is_repeated(src, start, at):
        return False
    return mark == "*" or not (before.isalnum() and after.isalnum()) or _is_underlined_word(src, start, at)


def _is_underlined_word(src: str, start: int, at: int) -> bool:
    """Return whether the word around an underscore also starts or ends with one."""
    begun = src[max(0, start - _CONTEXT_LENGTH) : start].rsplit(maxsplit=1)[-1]
    ended = src[at : at + _CONTEXT_LENGTH].split(maxsplit=1)[0]
    return begun.lstrip("\\").startswith("_") or ended.rstrip(".,;:!?)").endswith("_")


def _is_strikethrough(src: str, start: int, at: int) -> bool:
    return src[at + 1 : at + 3].lstrip("\\").startswith("~") or src[start - 1 : start] == "~"


def _is_numbered_item(src: str, start: int, at: int) -> bool:
    behind = _ITEM_END.match(src, at + 1) is not None
    return behind and _NUMBER.fullmatch(_line_before(src, start)) is not None


def _is_closing_bracket(src: str, start: int, at: int) -> bool:
    return _is_numbered_item(src, start, at) or _LINK_BEGUN.search(_line_before(src, start)) is not None


def _is_repeated(src: str, start: int, at: int) -> bool:  # noqa: ARG001 - the same signature as the others
    return src.count(src[at], max(0, at - 8 * _CONTEXT_LENGTH), at + 8 * _CONTEXT_LENGTH) > 1


_FORMATTING_CHECKS: dict[str, Callable[[str, int, int], bool]] = {
    "*": _is_emphasis,
    "_": _is_emphasis,
    "~": _is_strikethrough,
    "`": _is_repeated,
    "#": _is_heading,
    "-": _is_list_item,
    "+": _is_list_item,
    ".": _is_numbered_item,
    ")": _is_closing_bracket,
    ">": _is_quotation,
    "<": lambda src, _, at: _ADDRESS.match(src, at) is not None,
    "&": lambda src, _, at: _ENTITY.match(src, at) is not None,
    "[": lambda src, _, at: _LINK.search(src, at, at + 8 * _CONTEXT_LENGTH) is not None,
    "]": lambda src, _, at: _LINK.match(src, at) is not None,
    "(": lambda src, start, _: src[start - 1 : start] == "]",
    "!": lambda src, _, at: src[at + 1 : at + 2] == "[",
    ":": lambda src, start, at: src[at + 1 : at + 3] == "//" or src[max(0, start - 6) : start].lower() == "mailto",
}  # fmt: skip
"""For each character, the check whether it would format text at its position."""
