"""Automatic links: web and email addresses in text become links without any syntax around them."""

import re

from markdown_it.rules_inline import StateInline

MAX_LENGTH = 2_000
"""Characters of an address that becomes a link, both as typed and as encoded."""
_SCHEME = re.compile(r"(?<![A-Za-z0-9+.-])(https?|mailto)$", re.IGNORECASE)
_WEB = re.compile(rf"://[^\W_][^\s<>\"`|\\\u3001-\u3011\uff01-\uff0f\uff1a-\uff20]{{0,{MAX_LENGTH}}}")
_MAIL = re.compile(r":[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}[A-Za-z0-9]")
_TRAILING_SIGNS = ".,;:!?'\"*_~"
"""Characters that usually follow an address instead of ending it."""
_PAIRS = {")": "(", "]": "[", "}": "{"}


def link_address(state: StateInline, silent: bool) -> bool:
    """Turn an address whose scheme was just parsed into a link. A rule of markdown-it."""
    if state.src[state.pos] != ":" or state.linkLevel > 0:
        return False
    scheme = _SCHEME.search(state.pending[-12:])
    if scheme is None:
        return False
    rest = (_MAIL if scheme[1].lower() == "mailto" else _WEB).match(state.src, state.pos, state.posMax)
    if rest is None:
        return False
    behind = _strip_trailing_signs(rest[0])
    shown = scheme[1] + behind
    href = state.md.normalizeLink(shown)
    if not state.md.validateLink(href):
        return False
    if not silent:
        state.pending = state.pending[: -len(scheme[1])]
        state.push("link_open", "a", 1).attrs = {"href": href}
        state.push("text", "", 0).content = shown
        state.push("link_close", "a", -1)
    state.pos += len(behind)
    return True


def _strip_trailing_signs(address: str) -> str:
    """Cut off punctuation that ends the sentence around an address, and closing brackets without an opening one."""
    surplus = {close: address.count(close) - address.count(opens) for close, opens in _PAIRS.items()}
    end = len(address)
    while end and (address[end - 1] in _TRAILING_SIGNS or surplus.get(address[end - 1], 0) > 0):
        if address[end - 1] in surplus:
            surplus[address[end - 1]] -= 1
        end -= 1
    return address[:end]
