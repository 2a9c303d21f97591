"""Text that people type: cleaned on the way in, rendered to safe HTML on the way out, folded for finding."""

import re
import unicodedata
from collections.abc import Container, Iterable, Iterator
from functools import lru_cache

import nh3
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from lib.errors import Invalid

BODY_LIMIT = 50_000
"""Characters in a description or comment."""
TITLE_LIMIT = 200
WORD_LIMIT = 64
SHORT = 4_000
"""Characters up to which rendered text is remembered, so that long ones can't fill the memory."""

_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_JOINERS = " \u200c\u200d"
"""Kept in a line, because emoji and many scripts are written with them; but alone they are no text."""
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_WORD = re.compile(r"[^\W_]+")
_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "mark", "ol", "p",
    "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


_SAID = {"softbreak": " ", "hardbreak": " ", "image": ""}
_AT = re.compile(r"(?<![\w@/.])@(?=\w)")
_SUFFIX = re.compile(r"#([1-9][0-9]{0,9})(?!\w)")
NAME_LIMIT = 120
NAME_WORDS = 8


def _after_at(tail: str) -> Iterator[tuple[str, int | None, int]]:
    """Give what may be the name at the beginning of `tail`, longest first: name, id behind it, where both end."""
    ends = [
        at
        for at in range(1, min(len(tail), NAME_LIMIT) + 1)
        if not tail[at - 1].isspace()
        and (at == len(tail) or not (tail[at - 1].isalnum() and tail[at].isalnum()))
    ]
    for at in reversed(ends):
        if len(tail[:at].split()) <= NAME_WORDS:
            suffix = _SUFFIX.match(tail, at)
            yield tail[:at], int(suffix[1]) if suffix else None, suffix.end() if suffix else at


def named(source: str) -> list[list[tuple[str, int | None]]]:
    """Return for each @ in Markdown what may be the name behind it, longest first, with an id; not in code or links."""
    found = []
    for block_ in _markdown.parse(source):
        depth = 0
        for token in block_.children or []:
            depth += token.nesting if token.type.startswith("link_") else 0
            if token.type == "text" and not depth:
                found += [
                    [(name, id) for name, id, _ in _after_at(token.content[at.end() :])]
                    for at in _AT.finditer(token.content)
                ]
    return found


def _mark_mentions(state: StateCore) -> None:
    """Put names that stand behind an @ into marks; `env` has the names, in small letters."""
    names: frozenset[str] = state.env.get("names") or frozenset()
    for block_ in state.tokens if names else ():
        depth, children = 0, []
        for token in block_.children or []:
            depth += token.nesting if token.type.startswith("link_") else 0
            plain = token.type != "text" or depth
            children += [token] if plain else _marked(token.content, names)
        if block_.children is not None:
            block_.children = children


def _marked(content: str, names: Container[str]) -> Iterator[Token]:
    done = 0
    for at in _AT.finditer(content):
        named_ = ((name, end) for name, _, end in _after_at(content[at.end() :]) if name.lower() in names)
        name, end = next(named_, ("", 0))
        if not end or at.start() < done:
            continue
        yield Token("text", "", 0, content=content[done : at.start()])
        yield Token("mark_open", "mark", 1)
        yield Token("text", "", 0, content=f"@{name}")
        yield Token("mark_close", "mark", -1)
        done = at.end() + end
    yield Token("text", "", 0, content=content[done:])


def _renderer() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True})
    made.enable(["table", "strikethrough", "linkify"]).disable("image")
    made.linkify = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False})
    made.core.ruler.push("mentions", _mark_mentions)
    return made


_markdown = _renderer()


def line(value: str, *, field: str, limit: int, required: bool = True) -> str:
    """Return one clean line: no line breaks, control or direction characters, at most `limit` characters.

    Raises Invalid naming `field` when it is empty though required, too long, or holds what can't be stored.
    """
    visible = _INVISIBLE.sub("", _CONTROL.sub("", " ".join(_storable(value, field).split())))
    cleaned = " ".join(unicodedata.normalize("NFC", visible).split())
    if required and not cleaned.strip(_JOINERS):
        raise Invalid(f"The {field} is missing.", fields={field: "Please fill this in."})
    return _within(cleaned, field, limit)


def block(value: str, *, field: str, limit: int = BODY_LIMIT, required: bool = True) -> str:
    """Return clean text of several lines; raises Invalid as `line` does."""
    cleaned = _CONTROL.sub("", _storable(value, field).replace("\r\n", "\n").replace("\r", "\n"))
    cleaned = unicodedata.normalize("NFC", cleaned).strip()
    if required and not cleaned:
        raise Invalid(f"The {field} is empty.", fields={field: "Please write something."})
    return _within(cleaned, field, limit)


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


def html(source: str, names: Iterable[str] = ()) -> str:
    """Render Markdown to HTML that is safe to show anywhere: no images, scripts, styles or odd links.

    `names` that stand behind an @ are marked.
    """
    marked = frozenset(name.lower() for name in names)
    return _remembered(source, marked) if len(source) <= SHORT else _rendered(source, marked)


def _rendered(source: str, names: frozenset[str]) -> str:
    return nh3.clean(
        _markdown.render(source, {"names": names}),
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "code": {"class"}, "td": {"align"}, "th": {"align"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        # What may be wider than the screen scrolls, and can be reached to scroll it without a mouse.
        set_tag_attribute_values={
            "a": {"target": "_blank"},
            "pre": {"tabindex": "0"},
            "table": {"tabindex": "0"},
        },
    )


_remembered = lru_cache(maxsize=2048)(_rendered)


def spoken(source: str) -> str:
    """Return what Markdown says, in one line without its marks: for excerpts, where it is not rendered."""
    parts: list[str] = []
    for token in _markdown.parse(source):
        if token.type == "inline":
            parts += [_SAID.get(child.type, child.content) for child in token.children or []]
            parts.append(" ")
        elif token.type in ("fence", "code_block"):
            parts.append(f"{token.content} ")
    return " ".join("".join(parts).split())


def folded(value: str) -> str:
    """Return a text in plain small letters without accents; its other signs stay."""
    plain = unicodedata.normalize("NFKD", value.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


def words(*parts: str) -> list[str]:
    """Return the words of `parts` folded to plain small letters without accents, in order."""
    return [word[:WORD_LIMIT] for word in _WORD.findall(folded(" ".join(parts)))]
