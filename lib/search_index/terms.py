"""Tokens of texts and queries for the full-text index, the same for both databases.

A token contains only ASCII letters, digits, and letters that every database version knows. `_escape` encodes all
others.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from lib.core import folding, text
from lib.core.folding import WORD_LIMIT

MIN_PREFIX = 3
"""The letters that the last word of a query needs to match as a prefix. Shorter prefixes match too many words."""
MAX_TOKENS = 64
"""Tokens of a query that are used. The rest is ignored."""
MAX_CODES = 2_000
"""Codes of one text that are indexed, to stay within PostgreSQL's limits for a text full of codes."""
MAX_UNKNOWN_LETTERS = 500
"""Up to this many distinct unknown letters, only those are replaced. With more, every letter is looked up."""
MIXED_TEXT_LIMIT = 10_000
"""Characters that are indexed of a text with more distinct unknown letters. No person writes such a text."""
BOUNDARY = "ǂǂ"
"""A token between title and description, so that no phrase matches across them."""

_SIGNS = (
    "\u00a2-\u00a9\u00ac\u00ae-\u00b1\u00b6\u00d7\u00f7\u20a0-\u20cf\u2100-\u2bff"
    "\U0001f000-\U0001f3fa\U0001f400-\U0001fbff"
)
"""Currencies, arrows, mathematics and emoji, without skin tones. Each is a word of its own."""
_SPACELESS = folding.SPACELESS_RANGES.replace("\u3099\u309a", "")
_LETTERS = rf"\w{folding.VOWEL_SIGNS}{_SPACELESS}"
_PLAIN = re.compile("[a-z0-9]+")
_WORD = re.compile(rf"[{_SIGNS}]|(?:[^\W_{_SPACELESS}]+|[{folding.VOWEL_SIGNS}]+)+")
_TOKEN = re.compile(rf"(?=([{_SPACELESS}]{{1,2}}))[{_SPACELESS}]|({_WORD.pattern})")
"""A pair of letters in a script without spaces, overlapping the next pair; or a word; or a sign."""
_ENDING = re.compile(f"[{folding.SPACELESS_RANGES}]+$")
_HEX = re.compile(r"(?<!\w)(?:[0-9a-f]{1,4}|(?=::))(?:(?:::?[0-9a-f]{1,4}){2,}|::[0-9a-f]{1,4})(?!\w)")
"""An IPv6 or MAC address."""
_TIGHT = re.compile(rf"[{_LETTERS}](?:[{_LETTERS}.@+\-]*[{_LETTERS}])?")
_LOOSE = re.compile(r"[-+_]|\.{2,}")
_DOTTED = re.compile("[.@]")
WINDOW, OVERLAP = 4_000, 1_000
"""Characters of a long text that are searched at a time, and how many of them overlap with the next window."""
QUOTES = str.maketrans(dict.fromkeys("“”„‟«»\uff02", '"'))
_CHUNK = re.compile(r'"([^"]*)"?|[^\s"]+')
_PART = re.compile(r"[^,;()\[\]{}<>|!?…]+")


@dataclass(frozen=True)
class Term:
    """A sequence of tokens that a text must contain. If `begun`, the last token may be a prefix.

    `shown` are the tokens to highlight where the term was found.
    """

    words: tuple[str, ...]
    begun: bool = False
    shown: tuple[str, ...] = ()

    @property
    def marked(self) -> tuple[str, ...]:
        """The tokens to highlight in a text."""
        return self.shown or self.words

    def held(self, words: str) -> bool:
        """Return whether the result of `tokenize` contains this term."""
        return f" {' '.join(self.words)}{'' if self.begun else ' '}" in f" {words} "


@dataclass(frozen=True)
class ParsedQuery:
    """A parsed query: the terms that a text must contain, and the parts that can't be searched for."""

    terms: tuple[Term, ...] = ()
    left_out: tuple[str, ...] = ()
    cut: bool = False


_DIGITS = [
    a + b for a in "0123456789abcdefghijklmnopqrstuvwxyz" for b in "0123456789abcdefghijklmnopqrstuvwxyz"
]
"""All two-digit numbers of base 36."""


@cache
def _unknown_letters() -> re.Pattern[str]:
    """Return a pattern for characters that are not ASCII letters or digits and not known to every database version."""
    letters = (c for c in map(chr, range(0x80, 0x30000)) if unicodedata.ucd_3_2_0.category(c)[0] == "L")
    return re.compile(f"[^ a-z0-9{text.to_character_ranges(c for c in letters if c != 'ǂ')}]")


def _find_unknown_letters(written: str) -> list[str]:
    """Return the distinct letters that not every database version knows."""
    return _unknown_letters().findall("".join(set(written)))


def _escape(tokens: str) -> str:
    """Return space-separated tokens with unknown letters encoded, so that no database splits them."""
    unknown = _find_unknown_letters(tokens)
    if not unknown:
        return tokens
    places = ((code, divmod(code, len(_DIGITS))) for code in map(ord, unknown))
    made = folding.TranslationTable({code: f"ǂ{_DIGITS[high]}{_DIGITS[low]}" for code, (high, low) in places})
    if len(unknown) > MAX_UNKNOWN_LETTERS:
        return tokens.translate(made)
    return _unknown_letters().sub(lambda found: made[ord(found[0])], tokens)


def tokenize(*parts: str) -> str:
    """Return the tokens of consecutive texts: first the words in order, then the codes in them."""
    folded = [_limit_text(folding.fold(part)) for part in parts if part]
    tokens: list[str] = []
    for part in folded:
        tokens += [BOUNDARY, *_split_tokens(part)] if tokens else _split_tokens(part)
    names = (
        name[:WORD_LIMIT] for part in folded for code in _find_codes(part) for name in _list_code_names(code)
    )
    return " ".join([*tokens, _escape(" ".join(_first_distinct(names, MAX_CODES)))]).rstrip()


def _limit_text(folded: str) -> str:
    """Return the part of a folded text that is indexed. A mixture of all of Unicode would take too long."""
    if folded.isascii() or len(_find_unknown_letters(folded)) <= MAX_UNKNOWN_LETTERS:
        return folded
    return folded[:MIXED_TEXT_LIMIT]


def _first_distinct(names: Iterable[str], most: int) -> Iterable[str]:
    """Return the first `most` distinct names."""
    found: dict[str, None] = {}
    for name in names:
        found[name] = None
        if len(found) == most:
            break
    return found


def _split_tokens(folded: str, *, ended: bool = True) -> list[str]:
    """Return the tokens of a folded text in order.

    A script without spaces is split into overlapping pairs of letters. The last letter is also a token by itself,
    unless the text has not `ended` there.
    """
    if folded.isascii():
        return [word[:WORD_LIMIT] for word in _PLAIN.findall(folded)]
    if folding.SPACELESS.search(folded):
        tokens = [pair or word[:WORD_LIMIT] for pair, word in _TOKEN.findall(folded)]
    else:
        tokens = [word[:WORD_LIMIT] for word in _WORD.findall(folded)]
    joined = " ".join(tokens)
    escaped = _escape(joined)
    tokens = tokens if escaped is joined else escaped.split()
    if not ended and _count_spaceless_ending(folded) > 1:
        tokens.pop()
    return tokens


def _count_spaceless_ending(folded: str) -> int:
    """Return the number of letters at the end of a text that belong to a script without spaces."""
    run = _ENDING.search(folded)
    return len(run[0]) if run else 0


def _locate_tokens(folded: str) -> list[tuple[str, int, int]]:
    """Return the tokens of a folded text, each with its start and end."""
    if folded.isascii():
        return [(word[0][:WORD_LIMIT], word.start(), word.end()) for word in _PLAIN.finditer(folded)]
    return [
        (_escape(found[1] or found[2][:WORD_LIMIT]), *found.span(1 if found[1] else 2))
        for found in _TOKEN.finditer(folded)
    ]


def _find_codes(folded: str) -> Iterator[str]:
    """Yield the codes with dots, colons or an @ that are also found as a whole: addresses, versions, file names."""
    if ":" in folded:
        yield from dict.fromkeys(_HEX.findall(folded))
    for word in dict.fromkeys(folded.split()):
        if "." in word[:-1] or "@" in word[:-1]:
            for run in dict.fromkeys(_TIGHT.findall(word)):
                parts = [run] if "@" in run else _LOOSE.split(run)
                yield from (code for part in parts if _DOTTED.search(code := part.strip("._+-@")))


def _list_code_names(code: str) -> Iterator[str]:
    """Yield a code and its short forms, such as the domain of an address or of a host."""
    yield code
    local, at, host = code.rpartition("@")
    if at:
        yield host
    if "." in local:
        yield local
    labels = host.split(".")
    if labels[-1].isalpha():
        yield from (".".join(labels[-kept:]) for kept in range(2, min(len(labels), 5)))


def parse_query(query: str, *, typing: bool = True) -> ParsedQuery:
    """Parse a query. All words and quoted phrases are required; with `typing`, the last word is also a prefix.

    Words with a digit, and codes, match only exactly. `*` after a word makes it a prefix.
    """
    terms: list[Term] = []
    left_out: list[str] = []
    for chunk, parts, last in _split_chunks(query):
        found = [
            term
            for part in parts
            for term in _parse_terms(part, quoted=chunk[1] is not None, last=last and typing)
        ]
        terms += found
        left_out += [] if found else [chunk[0]]
    kept = tuple(_limit_tokens(dict.fromkeys(terms)))
    return ParsedQuery(kept, tuple(left_out), cut=kept != tuple(dict.fromkeys(terms)))


def _split_chunks(query: str) -> Iterator[tuple[re.Match[str], list[str], bool]]:
    """Yield the words and quoted phrases of a query, with their parts, and whether each is the last."""
    chunks = list(_CHUNK.finditer(query.translate(QUOTES)))
    for chunk in chunks:
        yield chunk, _PART.findall(chunk[0]) if chunk[1] is None else [chunk[1]], chunk is chunks[-1]


def _limit_tokens(terms: Iterable[Term]) -> Iterator[Term]:
    number = 0
    for term in terms:
        words = term.words[: MAX_TOKENS - number]
        number += len(term.words)
        if words:
            yield term if words == term.words else Term(words)


def _parse_terms(written: str, *, quoted: bool, last: bool) -> list[Term]:
    folded = folding.fold(written).strip()
    words = tuple(_split_tokens(folded, ended=False))
    if not words:
        return []
    if not quoted and folded.endswith("*"):
        return [Term(words, begun=True)]
    codes = list(_find_codes(folded))
    begun = _count_spaceless_ending(folded) == 1 or (
        last and not quoted and not codes and _can_be_prefix(words[-1])
    )
    whole = [] if codes == [folded] else [Term(words, begun)]
    return [*whole, *(Term((_escape(code[:WORD_LIMIT]),), shown=words) for code in codes)]


def _can_be_prefix(word: str) -> bool:
    """Return whether a word can be a prefix: it is long enough and not a number or code."""
    return len(word) >= MIN_PREFIX and word.isalpha() and "ǂ" not in word


def similarity_terms(title: str) -> list[Term]:
    """Return the words of a title as terms; a similar title contains any of them. The last may be incomplete."""
    words = [word for word in _split_tokens(folding.fold(title)) if len(word) > 2 or not word.isascii()]
    return [Term((word,), begun=word is words[-1] and _can_be_prefix(word)) for word in dict.fromkeys(words)]


def parse_legacy_query(query: str, *, typing: bool = True) -> ParsedQuery:
    """Parse a query for texts indexed by an earlier version, without pairs of letters and codes."""
    terms: list[Term] = []
    for chunk, parts, last in _split_chunks(query):
        for part in parts:
            words = [word[:WORD_LIMIT] for word in re.findall(r"[^\W_]+", text.fold_case_and_accents(part))]
            if part.isascii() and words:
                begun = chunk[1] is None and (
                    part.endswith("*") or (typing and last and _can_be_prefix(words[-1]))
                )
                terms.append(Term(tuple(words), begun))
            else:
                terms += [Term((word,), begun=not word.isascii() or last) for word in words]
    return ParsedQuery(tuple(_limit_tokens(dict.fromkeys(terms))))


def find_spans(body: str, terms: Sequence[Term]) -> list[tuple[int, int]]:
    """Return the start and end of each match of the terms in a text, in order, without overlaps."""
    folded, origin = _fold_with_origin(body)
    placed = _locate_tokens(folded)
    found = {span for term in terms for span in _find_term(placed, term)}
    joined: list[tuple[int, int]] = []
    for start, end in sorted((origin[start], origin[end - 1] + 1) for start, end in found):
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def find_first_spans(body: str, terms: Sequence[Term]) -> list[tuple[int, int]]:
    """Return matches as `find_spans` does, but in a long text only the first ones and those near them."""
    for start in range(0, max(1, len(body) - OVERLAP), WINDOW - OVERLAP):
        if found := _find_in_window(body, start, terms):
            return _find_in_window(body, max(0, found[0][0] - OVERLAP), terms) or found
    return []


def _find_in_window(body: str, start: int, terms: Sequence[Term]) -> list[tuple[int, int]]:
    """Return the matches within a window of a text, except for those that the window cuts off."""
    piece, end = body[start : start + WINDOW], min(len(body), start + WINDOW)
    folded = folding.fold(piece)
    if not any(term.marked[-1] in folded or "ǂ" in term.marked[-1] for term in terms):
        return []
    found = ((start + first, start + last) for first, last in find_spans(piece, terms))
    return [
        (first, last)
        for first, last in found
        if (first > start or not start) and (last < end or end == len(body))
    ]


def _find_term(placed: Sequence[tuple[str, int, int]], term: Term) -> Iterator[tuple[int, int]]:
    *whole, last = term.marked
    for place in range(len(whole), len(placed)):
        token, start, end = placed[place]
        if token != last and not (term.begun and token.startswith(last)):
            continue
        before = placed[place - len(whole) : place]
        if [word for word, _, _ in before] == whole:
            yield from ((a, b) for _, a, b in before)
            yield start, start + 1 if len(last) == 1 and folding.SPACELESS.fullmatch(last) else end


def _fold_with_origin(body: str) -> tuple[str, Sequence[int]]:
    """Return a folded text, and for each of its letters the position in the original."""
    if body.isascii():
        return folding.fold(body), range(len(body))
    parts: list[str] = []
    origin: list[int] = []
    for place, one in enumerate(body):
        made = folding.fold_letter(one)
        if made in ("\u3099", "\u309a") and parts and len(whole := folding.fold(parts[-1] + made)) == 1:
            parts[-1] = whole
            continue
        parts += made
        origin += [place] * len(made)
    return "".join(parts), origin
