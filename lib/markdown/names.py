"""Names behind an @ in Markdown: found where they are text, and marked where it is shown."""

import re
from collections.abc import Collection, Iterable, Iterator
from html import unescape
from itertools import islice

from lib.markdown import rendering

LENGTH = 120
WORDS = 8
"""Words of a name."""
ENDS = 32
"""Places in a text where one name could end."""
MOST = 50
"""Names looked for in one text: the first."""
_AT = re.compile(r"(?<![\w@/.])@(?=\w)")
_FIRST = re.compile(r"\w+")
_SUFFIX = re.compile(r"#([1-9][0-9]{0,9})(?!\w)")

Possible = tuple[str, int | None]
"""What may be a name, and the id behind it."""


def find(source: str) -> list[list[Possible]]:
    """Return for each @ in Markdown what may be the name behind it, longest first; not in code or links."""
    found = (
        [(name, id) for name, id, _ in _behind(words, at.end())]
        for html, is_text in rendering.pieces(rendering.to_html(source))
        if is_text and "@" in html
        for words in (unescape(html),)
        for at in _AT.finditer(words)
    )
    return list(islice(found, MOST))


def to_html(source: str, names: Iterable[str]) -> str:
    """Render Markdown as `rendering.to_html` does, with `names` that stand behind an @ marked."""
    html, wanted = rendering.to_html(source), {name.lower() for name in names}
    if not wanted:
        return html
    return "".join(
        _marked(unescape(piece), wanted) if is_text and "@" in piece else piece
        for piece, is_text in rendering.pieces(html)
    )


def _behind(words: str, start: int) -> Iterator[tuple[str, int | None, int]]:
    """Give what may be the name that begins at a place, longest first: name, id behind it, where both end."""
    tail = words[start : start + LENGTH].partition("\n")[0]
    whole = start + len(tail) == len(words)
    ends = (at for at in range(1, len(tail) + 1) if _may_end(tail, at, last=whole))
    for at in reversed(list(islice(ends, ENDS))):
        if len(tail[:at].split()) <= WORDS:
            suffix = _SUFFIX.match(words, start + at)
            yield tail[:at], int(suffix[1]) if suffix else None, suffix.end() if suffix else start + at


def _may_end(tail: str, at: int, *, last: bool) -> bool:
    if tail[at - 1].isspace():
        return False
    return last if at == len(tail) else not (tail[at - 1].isalnum() and tail[at].isalnum())


def _marked(words: str, names: Collection[str]) -> str:
    """Return text as clean HTML with the names in it marked."""
    made, done = [], 0
    begun: dict[str, list[str]] = {}
    for name in sorted(names, key=len, reverse=True):
        if first := _FIRST.match(name):
            begun.setdefault(first[0], []).append(name)
    for at in _AT.finditer(words):
        first = _FIRST.match(words, at.end())
        known = begun.get(first[0].lower(), []) if first and at.start() >= done else []
        end = next((end for name in known if (end := _ended(words, at.end(), name))), 0)
        if end:
            suffix = _SUFFIX.match(words, end)
            made += [
                rendering.escaped(words[done : at.start()]),
                f"<mark>{rendering.escaped(words[at.start() : end])}</mark>",
            ]
            done = suffix.end() if suffix else end
    return "".join([*made, rendering.escaped(words[done:])])


def _ended(words: str, start: int, name: str) -> int:
    """Return where a name ends that begins at a place, or 0 where it does not."""
    end = start + len(name)
    there = words[start:end].lower() == name and not (name[-1].isalnum() and words[end : end + 1].isalnum())
    return end if there else 0
