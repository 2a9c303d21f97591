"""Markdown rendering: as safe HTML, which is cached, and as a line of plain text."""

import hashlib
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from html import escape, unescape
from threading import Lock

import nh3
from cachetools import LRUCache, cached

from lib.core import text
from lib.core.errors import Invalid
from lib.markdown import parser

CACHE_BYTES = 32 * 1024**2
"""Bytes of rendered texts that a process caches."""
_TAGS = {
    "a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_NOT_WORDS = re.compile(r"<a\b.*?</a>|<code\b.*?</code>|<[^>]*>", re.DOTALL)
"""In safe HTML: complete links and code, and other tags."""
_WITHIN_LINE = re.compile(r"</?(?:a|code|em|s|strong)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")


def _cache_key(source: str) -> bytes:
    return hashlib.blake2b(source.encode("utf-8", "surrogatepass"), digest_size=20).digest()


@cached(LRUCache(CACHE_BYTES, getsizeof=sys.getsizeof), key=_cache_key, lock=Lock())
def to_html(source: str) -> str:
    """Render Markdown to HTML that is safe to show anywhere: no images, scripts, styles or unsafe links."""
    return nh3.clean(
        parser.to_unsafe_html(source),
        tags=_TAGS,
        attributes={
            "a": {"href", "title"},
            "code": {"class"},
            "ol": {"start"},
            "td": {"align"},
            "th": {"align"},
        },
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        # Content that may be wider than the screen scrolls, and can be focused to scroll it by keyboard.
        set_tag_attribute_values={
            "a": {"target": "_blank"},
            "pre": {"tabindex": "0"},
            "table": {"tabindex": "0"},
        },
    )


def prerender(written: str) -> None:
    """Render a text into the cache before a transaction that needs it, so that the transaction stays short."""
    with suppress(Invalid):
        to_html(text.clean_block(written, field="text", required=False))


def to_line(source: str) -> str:
    """Return the text of Markdown in one line without formatting, for excerpts."""
    return " ".join(unescape(_TAG.sub(" ", _WITHIN_LINE.sub("", to_html(source)))).split())


def split_pieces(html: str) -> Iterator[tuple[str, bool]]:
    """Yield safe HTML in pieces, each with whether it is text. Links and code are not."""
    done = 0
    for found in _NOT_WORDS.finditer(html):
        yield html[done : found.start()], True
        yield found[0], False
        done = found.end()
    yield html[done:], True


def escape_text(words: str) -> str:
    """Return text escaped for HTML."""
    return escape(words, quote=False).replace("\xa0", "&nbsp;")
