"""What a text is found by, and what a query asks of it: the same tokens on either side, and in either database.

A token holds only ASCII letters, digits and letters that every database has long known; `_escape` writes the rest.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from lib.core import folding, text
from lib.core.folding import WORD_LIMIT

MIN_PREFIX = 3
"""Letters from which the last word of a query is taken for the beginning of one: fewer begin too many words."""
MAX_TOKENS = 64
"""Tokens of a query that count; the rest is left out."""
MAX_CODES = 2_000
"""Codes of one text that count, so that a text of nothing else stays within what PostgreSQL indexes."""
MAX_UNKNOWN_LETTERS = 500
"""Different unknown letters of a text up to which they are looked for; of more, each letter is looked up."""
MIXED_TEXT_LIMIT = 10_000
"""Characters that count of a text with more different unknown letters than that: no person wrote it."""
BOUNDARY = "ǂǂ"
"""Stands between a title and a description, so that no phrase reaches over it."""

_SIGNS = (
    "\u00a2-\u00a9\u00ac\u00ae-\u00b1\u00b6\u00d7\u00f7\u20a0-\u20cf\u2100-\u2bff"
    "\U0001f000-\U0001f3fa\U0001f400-\U0001fbff"
)
"""Currencies, arrows, mathematics, emoji: each is a word of its own, but for the colors of skin."""
_SPACELESS = folding.SPACELESS_RANGES.replace("\u3099\u309a", "")
_LETTERS = rf"\w{folding.VOWEL_SIGNS}{_SPACELESS}"
_PLAIN = re.compile("[a-z0-9]+")
_WORD = re.compile(rf"[{_SIGNS}]|(?:[^\W_{_SPACELESS}]+|[{folding.VOWEL_SIGNS}]+)+")
_TOKEN = re.compile(rf"(?=([{_SPACELESS}]{{1,2}}))[{_SPACELESS}]|({_WORD.pattern})")
"""Two letters of a script without spaces, each beginning with another of them, or a word, or a sign."""
_ENDING = re.compile(f"[{folding.SPACELESS_RANGES}]+$")
_HEX = re.compile(r"(?<!\w)(?:[0-9a-f]{1,4}|(?=::))(?:(?:::?[0-9a-f]{1,4}){2,}|::[0-9a-f]{1,4})(?!\w)")
"""An IPv6 or MAC address."""
_TIGHT = re.compile(rf"[{_LETTERS}](?:[{_LETTERS}.@+\-]*[{_LETTERS}])?")
_LOOSE = re.compile(r"[-+_]|\.{2,}")
_DOTTED = re.compile("[.@]")
WINDOW, OVERLAP = 4_000, 1_000
"""Characters of a long text that are searched at a time, and those of them that the next time are searched again."""
QUOTES = str.maketrans(dict.fromkeys("“”„‟«»\uff02", '"'))
_CHUNK = re.compile(r'"([^"]*)"?|[^\s"]+')
_PART = re.compile(r"[^,;()\[\]{}<>|!?…]+")


@dataclass(frozen=True)
class Term:
    """Tokens that follow each other in a text; with `begun` the last may be the beginning of one.

    `shown` are those that are marked where the term was found.
    """

    words: tuple[str, ...]
    begun: bool = False
    shown: tuple[str, ...] = ()

    @property
    def marked(self) -> tuple[str, ...]:
        """What is marked in a text, token after token."""
        return self.shown or self.words

    def held(self, words: str) -> bool:
        """Tell whether tokens that `tokenize` returned hold it."""
        return f" {' '.join(self.words)}{'' if self.begun else ' '}" in f" {words} "


@dataclass(frozen=True)
class ParsedQuery:
    """A query taken apart: what a text must hold, and what can't be looked for."""

    terms: tuple[Term, ...] = ()
    left_out: tuple[str, ...] = ()
    cut: bool = False


_DIGITS = [
    a + b for a in "0123456789abcdefghijklmnopqrstuvwxyz" for b in "0123456789abcdefghijklmnopqrstuvwxyz"
]
"""Two digits of base 36 each."""


@cache
def _unknown_letters() -> re.Pattern[str]:
    """Match what is no ASCII letter or digit, and no letter that every database has long known."""
    letters = (c for c in map(chr, range(0x80, 0x30000)) if unicodedata.ucd_3_2_0.category(c)[0] == "L")
    return re.compile(f"[^ a-z0-9{text.to_character_ranges(c for c in letters if c != 'ǂ')}]")


def _find_unknown_letters(written: str) -> list[str]:
    """Return the letters that not every database has long known, each once."""
    return _unknown_letters().findall("".join(set(written)))


def _escape(tokens: str) -> str:
    """Return tokens, with blanks between them, in letters and digits alone, so that no database cuts them."""
    unknown = _find_unknown_letters(tokens)
    if not unknown:
        return tokens
    places = ((code, divmod(code, len(_DIGITS))) for code in map(ord, unknown))
    made = folding.TranslationTable({code: f"ǂ{_DIGITS[high]}{_DIGITS[low]}" for code, (high, low) in places})
    if len(unknown) > MAX_UNKNOWN_LETTERS:
        return tokens.translate(made)
    return _unknown_letters().sub(lambda found: made[ord(found[0])], tokens)


def tokenize(*parts: str) -> str:
    """Return the tokens of texts that stand one after the other: first in their order, then the codes in them."""
    folded = [_limit_text(folding.fold(part)) for part in parts if part]
    tokens: list[str] = []
    for part in folded:
        tokens += [BOUNDARY, *_split_tokens(part)] if tokens else _split_tokens(part)
    names = (
        name[:WORD_LIMIT] for part in folded for code in _find_codes(part) for name in _list_code_names(code)
    )
    return " ".join([*tokens, _escape(" ".join(_first_distinct(names, MAX_CODES)))]).rstrip()


def _limit_text(folded: str) -> str:
    """Return as much of a folded text as is indexed: a mixture of all of Unicode would take too long."""
    if folded.isascii() or len(_find_unknown_letters(folded)) <= MAX_UNKNOWN_LETTERS:
        return folded
    return folded[:MIXED_TEXT_LIMIT]


def _first_distinct(names: Iterable[str], most: int) -> Iterable[str]:
    """Return the first different ones."""
    found: dict[str, None] = {}
    for name in names:
        found[name] = None
        if len(found) == most:
            break
    return found


def _split_tokens(folded: str, *, ended: bool = True) -> list[str]:
    """Return the tokens of a folded text in their order.

    A script without spaces is cut into pairs of letters, each beginning with another letter of it; the last stands
    alone, but not where a query has not `ended` there.
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
    """Return how many letters of a script without spaces a text ends with."""
    run = _ENDING.search(folded)
    return len(run[0]) if run else 0


def _locate_tokens(folded: str) -> list[tuple[str, int, int]]:
    """Return the tokens of a folded text, each with the place of what it tells of."""
    if folded.isascii():
        return [(word[0][:WORD_LIMIT], word.start(), word.end()) for word in _PLAIN.finditer(folded)]
    return [
        (_escape(found[1] or found[2][:WORD_LIMIT]), *found.span(1 if found[1] else 2))
        for found in _TOKEN.finditer(folded)
    ]


def _find_codes(folded: str) -> Iterator[str]:
    """Yield what is written with dots, colons or an @ and is found only as it stands: addresses, versions, files."""
    if ":" in folded:
        yield from dict.fromkeys(_HEX.findall(folded))
    for word in dict.fromkeys(folded.split()):
        if "." in word[:-1] or "@" in word[:-1]:
            for run in dict.fromkeys(_TIGHT.findall(word)):
                parts = [run] if "@" in run else _LOOSE.split(run)
                yield from (code for part in parts if _DOTTED.search(code := part.strip("._+-@")))


def _list_code_names(code: str) -> Iterator[str]:
    """Yield a code, and what it may be called for short: the domain of an address or of a host."""
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
    """Take a query apart. Words and phrases in quotes must be there; `typing` lets the last word begin another.

    What holds a digit, and a code, stands for itself alone; `*` behind a word makes it a beginning.
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
    """Yield what stands between blanks or in quotes, its parts, and whether it is the last."""
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
    """Tell whether a word is long enough to stand for all that begin like it, and no number or code."""
    return len(word) >= MIN_PREFIX and word.isalpha() and "ǂ" not in word


def similarity_terms(title: str) -> list[Term]:
    """Return the words of a title, any of which a similar one may hold; the last may still be being typed."""
    words = [word for word in _split_tokens(folding.fold(title)) if len(word) > 2 or not word.isascii()]
    return [Term((word,), begun=word is words[-1] and _can_be_prefix(word)) for word in dict.fromkeys(words)]


def parse_legacy_query(query: str, *, typing: bool = True) -> ParsedQuery:
    """Take a query apart for texts that are indexed as Docket did before it knew pairs of letters and codes."""
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
    """Return where in a text its words stand that terms ask for, in order, not overlapping."""
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
    """Return, as `find_spans` does, where the first words that terms ask for stand, and those near in a long text."""
    for start in range(0, max(1, len(body) - OVERLAP), WINDOW - OVERLAP):
        if found := _find_in_window(body, start, terms):
            return _find_in_window(body, max(0, found[0][0] - OVERLAP), terms) or found
    return []


def _find_in_window(body: str, start: int, terms: Sequence[Term]) -> list[tuple[int, int]]:
    """Return what is found in a window of a text, but for what the window cuts."""
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
    """Return a text folded, and where each of its letters comes from."""
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
