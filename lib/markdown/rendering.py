"""Markdown shown: as HTML that is safe anywhere, kept by what it says, and as a line of plain words."""

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
"""Bytes of rendered texts that a process keeps."""
_TAGS = {
    "a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_NOT_WORDS = re.compile(r"<a\b.*?</a>|<code\b.*?</code>|<[^>]*>", re.DOTALL)
"""In clean HTML: links and code as a whole, and other tags."""
_WITHIN_LINE = re.compile(r"</?(?:a|code|em|s|strong)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")


def _cache_key(source: str) -> bytes:
    return hashlib.blake2b(source.encode("utf-8", "surrogatepass"), digest_size=20).digest()


@cached(LRUCache(CACHE_BYTES, getsizeof=sys.getsizeof), key=_cache_key, lock=Lock())
def to_html(source: str) -> str:
    """Render Markdown to HTML that is safe to show anywhere: no images, scripts, styles or odd links."""
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
        # What may be wider than the screen scrolls, and can be reached to scroll it without a mouse.
        set_tag_attribute_values={
            "a": {"target": "_blank"},
            "pre": {"tabindex": "0"},
            "table": {"tabindex": "0"},
        },
    )


def prerender(written: str) -> None:
    """Render what was typed before a transaction that needs it, so that nobody waits for it there: it is kept."""
    with suppress(Invalid):
        to_html(text.clean_block(written, field="text", required=False))


def to_line(source: str) -> str:
    """Return what Markdown says, in one line without its marks: for excerpts, where it is not rendered."""
    return " ".join(unescape(_TAG.sub(" ", _WITHIN_LINE.sub("", to_html(source)))).split())


def split_pieces(html: str) -> Iterator[tuple[str, bool]]:
    """Give clean HTML in pieces, and whether each is text: what is in a link or in code is not."""
    done = 0
    for found in _NOT_WORDS.finditer(html):
        yield html[done : found.start()], True
        yield found[0], False
        done = found.end()
    yield html[done:], True


def escape_text(words: str) -> str:
    """Return text as it stands in clean HTML."""
    return escape(words, quote=False).replace("\xa0", "&nbsp;")
