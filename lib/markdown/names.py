"""Names after an @ in Markdown: find them in text, and highlight them in rendered HTML."""

import re
from collections.abc import Collection, Iterable, Iterator
from html import unescape
from itertools import islice

from lib.core import folding
from lib.markdown import rendering

MAX_LENGTH = 120
MAX_WORDS = 8
"""Words of a name."""
MAX_ENDS = 20
"""Positions in a text where one name could end: eight words with the punctuation of abbreviations and double names."""
MAX_NAMES = 50
"""The first names in a text that are looked up."""
_AT = re.compile(r"(?<![\w@/.])@(?=\w)")
_SUFFIX = re.compile(r"#([1-9][0-9]{0,9})(?!\w)")

NameCandidate = tuple[str, int | None]
"""A possible name, and the id after it."""


def find_candidates(source: str) -> list[list[NameCandidate]]:
    """Return, for each @ in Markdown outside code and links, the possible names after it, longest first."""
    found = (
        [(name, id) for name, id, _ in _list_candidates(words, at.end())]
        for html, is_text in rendering.split_pieces(rendering.to_html(source))
        if is_text and "@" in html
        for words in (unescape(html),)
        for at in _AT.finditer(words)
    )
    return list(islice(found, MAX_NAMES))


def to_html_with_mentions(source: str, names: Iterable[str]) -> str:
    """Render Markdown as `rendering.to_html` does, and highlight `names` where `find_candidates` finds them."""
    html, wanted = rendering.to_html(source), {folding.fold_name(name) for name in names} - {""}
    if not wanted:
        return html
    made, left = [], MAX_NAMES
    for piece, is_text in rendering.split_pieces(html):
        words = unescape(piece) if is_text and "@" in piece else ""
        signs = list(islice(_AT.finditer(words), left))
        left -= len(signs)
        made.append(_mark_names(words, signs, wanted) if signs else piece)
    return "".join(made)


def _list_candidates(words: str, start: int) -> Iterator[tuple[str, int | None, int]]:
    """Yield the possible names that begin at `start`, longest first: name, id after it, and the end of both."""
    tail = words[start : start + MAX_LENGTH].partition("\n")[0]
    whole = start + len(tail) == len(words)
    ends = (at for at in range(1, len(tail) + 1) if _can_end(tail, at, last=whole))
    for at in reversed(list(islice(ends, MAX_ENDS))):
        if len(tail[:at].split()) <= MAX_WORDS:
            suffix = _SUFFIX.match(words, start + at)
            yield tail[:at], int(suffix[1]) if suffix else None, suffix.end() if suffix else start + at


def _can_end(tail: str, at: int, *, last: bool) -> bool:
    if tail[at - 1].isspace():
        return False
    return last if at == len(tail) else not (tail[at - 1].isalnum() and tail[at].isalnum())


def _mark_names(words: str, signs: Iterable[re.Match[str]], names: Collection[str]) -> str:
    """Return text as safe HTML with the names highlighted, whatever their case and accents."""
    made, done = [], 0
    for at in signs:
        behind = _list_candidates(words, at.end()) if at.start() >= done else ()
        name, end = next(
            ((name, end) for name, _, end in behind if folding.fold_name(name) in names), ("", 0)
        )
        if name:
            made += [
                rendering.escape_text(words[done : at.start()]),
                f"<mark>{rendering.escape_text(f'@{name}')}</mark>",
            ]
            done = end
    return "".join([*made, rendering.escape_text(words[done:])])
