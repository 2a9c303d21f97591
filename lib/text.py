"""Text that people type: cleaned on the way in, rendered to safe HTML on the way out, folded for finding."""

import re
import unicodedata
from functools import lru_cache

import nh3
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt

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
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre",
    "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


def _renderer() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True})
    made.enable(["table", "strikethrough", "linkify"]).disable("image")
    made.linkify = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False})
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


def html(source: str) -> str:
    """Render Markdown to HTML that is safe to show anywhere: no images, scripts, styles or odd links."""
    return _remembered(source) if len(source) <= SHORT else _rendered(source)


def _rendered(source: str) -> str:
    return nh3.clean(
        _markdown.render(source),
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


def words(*parts: str) -> list[str]:
    """Return the words of `parts` folded to plain small letters without accents, in order."""
    folded = unicodedata.normalize("NFKD", " ".join(parts).casefold())
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    return [word[:WORD_LIMIT] for word in _WORD.findall(plain)]
