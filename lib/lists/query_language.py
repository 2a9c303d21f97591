"""The search language: words, and qualifiers such as `status:blocked -tag:vip created:>2026-01-01`.

A query is parsed into terms, and the terms into parameters for `filters.parse_parameters`. No query is an error:
parts that can't be understood are left out, each with a sentence about it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce

from sqlalchemy import and_, false, or_
from sqlmodel import Session

from lib.access.gate import Actor
from lib.catalog.ticket_fields import FILTERED
from lib.core import text
from lib.core.errors import Invalid
from lib.lists import filters, qualifiers
from lib.lists.filters import TicketFilter
from lib.lists.qualifiers import QualifierError, QueryTerm
from lib.search_index import terms as search_terms

MAX_LENGTH = 2_000
"""Characters of a query that are read."""
MAX_QUALIFIERS = 40
"""Qualifiers of a query that are read."""


@dataclass(frozen=True)
class Qualifier:
    """The help for one qualifier: what it means, and examples to try."""

    name: str
    meaning: str
    examples: tuple[str, ...]


QUALIFIERS = (
    Qualifier("is", "state of the ticket", ("is:open", "is:done", "is:unassigned", "is:mine", "is:waiting")),
    *(Qualifier(field.name, field.meaning, field.examples) for field in FILTERED.values() if field.meaning),
)  # fmt: skip
QUALIFIER_NAMES = {q.name for q in QUALIFIERS}

_TERM_PATTERN = re.compile(
    r"""(?P<not>-?)(?P<name>[A-Za-z]+):(?P<value>(?:"[^"]*"?|[^\s"])*)|(?P<quoted>"[^"]*"?)|(?P<word>[^\s"]+)"""
)
_ITEM_PATTERN = re.compile(r'"([^"]*)"?|([^,"]+)')
_PLAIN_PATTERN = re.compile(r'[^\s",]+')
_NUMBER_PATTERN = re.compile(r"#([0-9]{1,9})")
_FILTER_PATTERN = re.compile(r"-?([A-Za-z]{2,}):(?![/\\]).+")
"""Matches what looks like a filter. Web addresses and paths don't match."""
_OPERATORS = ("AND", "OR", "NOT")


@dataclass(frozen=True)
class ParsedQuery:
    """A parsed query: its words, its qualifiers, and its ticket numbers. `jump` is the number if there is nothing else.

    `searched` holds the words together with the numbers, which may also appear in texts. `left` says what was not
    read.
    """

    words: str = ""
    terms: tuple[QueryTerm, ...] = ()
    numbers: tuple[int, ...] = ()
    jump: int | None = None
    searched: str = ""
    left: tuple[str, ...] = ()


@dataclass(frozen=True)
class InterpretedQuery:
    """What a person searched for: conditions for a list, the words, and a sentence for each part not understood.

    `taken` holds the positions of the qualifiers that were understood.
    """

    narrowed: TicketFilter
    words: str = ""
    puzzled: tuple[str, ...] = ()
    jump: int | None = None
    taken: frozenset[int] = frozenset()


def parse(line: str) -> ParsedQuery:
    """Parse a query. Anything that doesn't look like a qualifier is a word."""
    left = (
        [f"Only the first {MAX_LENGTH:,} characters of the search were read."]
        if len(line) > MAX_LENGTH
        else []
    )
    line = line[:MAX_LENGTH].translate(search_terms.QUOTES)
    words, searched, terms, numbers = [], [], [], []
    for found in _TERM_PATTERN.finditer(line):
        name = (found["name"] or "").lower()
        if name in QUALIFIER_NAMES and len(terms) == MAX_QUALIFIERS:
            left.append(f"“{found[0][:60]}” was ignored: a search takes {MAX_QUALIFIERS} filters.")
            continue
        if name in QUALIFIER_NAMES:
            values = tuple(v for a, b in _ITEM_PATTERN.findall(found["value"]) if (v := (a or b).strip()))
            terms.append(QueryTerm(name, values, bool(found["not"]), found[0]))
        elif (
            found["word"]
            and (number := _NUMBER_PATTERN.fullmatch(found["word"]))
            and len(numbers) < filters.MAX_VALUES
        ):
            numbers.append(int(number[1]))
            searched.append(found[0])
        else:
            words.append(found[0])
            searched.append(found[0])
            left += _warn_about_words(found)
    bare = line.strip().removeprefix("#")
    alone = bare.isascii() and bare.isdigit() and len(bare) < 10
    return ParsedQuery(
        " ".join(words), tuple(terms), tuple(numbers), int(bare) if alone else None, " ".join(searched),
        tuple(dict.fromkeys(left)),
    )  # fmt: skip


def _warn_about_words(found: re.Match[str]) -> Iterator[str]:
    """Yield a sentence for words that were perhaps meant as something else."""
    written = found[0]
    if found["quoted"]:
        return
    if likely := _FILTER_PATTERN.fullmatch(written):
        yield (
            f"“{written[:60]}” was searched as words: there is no filter “{likely[1][:30]}”. "
            f"Use one of {', '.join(q.name for q in QUALIFIERS)}."
        )
    elif len(written) > 1 and written[0] == "-" and written[1].isalnum():
        yield f"“{written[:60]}” was searched as a word: only filters can be excluded with “-”."
    elif written in _OPERATORS:
        yield f"“{written}” was searched as a word. All words must match; repeat a filter to match any of its values."


def find_last_term(line: str) -> tuple[int, QueryTerm] | None:
    """Return the start and the term at the end of a query, or None after a space or in quoted words."""
    found = next(reversed(list(_TERM_PATTERN.finditer(line))), None)
    if found is None or found.end() != len(line) or found["quoted"]:
        return None
    if not found["name"]:
        return found.start(), QueryTerm("", (), found[0].startswith("-"), found[0])
    values = tuple(v for a, b in _ITEM_PATTERN.findall(found["value"]) if (v := (a or b).strip()))
    return found.start(), QueryTerm(found["name"].lower(), values, bool(found["not"]), found[0])


def format_qualifier(name: str, values: Iterable[str], *, negated: bool = False) -> str:
    """Return a qualifier as written in a query, such as `-tag:vip,"two words"`. `parse` reads it again."""
    cleaned = (" ".join(value.translate(search_terms.QUOTES).replace('"', " ").split()) for value in values)
    quoted = [value if _PLAIN_PATTERN.fullmatch(value) else f'"{value}"' for value in cleaned if value]
    return f"{'-' if negated else ''}{name}:{','.join(quoted)}"


def remove_qualifier(line: str, place: int) -> str:
    """Return a query without its qualifier at `place`, counted from 0. Unchanged if there is none."""
    found = [m for m in _TERM_PATTERN.finditer(line) if (m["name"] or "").lower() in QUALIFIER_NAMES]
    if not 0 <= place < len(found):
        return line
    start, end = found[place].span()
    return " ".join(f"{line[:start]} {line[end:]}".split())


def parse_parameters(session: Session, actor: Actor, given: Mapping[str, Iterable[str]]) -> InterpretedQuery:
    """Parse parameters as `filters.parse_parameters` does, with `q` in the search language.

    Several `q` mean or. Raises Invalid for other parameters that are not valid, never for a `q`.
    """
    lines = [line for line in given.get("q", ()) if line.strip()]
    if len(lines) > filters.MAX_VALUES or not all(map(text.is_storable, lines)):
        filters.parse_parameters(session, actor, {"q": lines})
    base = filters.parse_parameters(
        session, actor, {name: values for name, values in given.items() if name != "q"}
    )
    archived = qualifiers.list_archived_warnings(session, given.get("status", ()))
    asked = [interpret(session, actor, parse(line)) for line in lines]
    if not asked:
        return InterpretedQuery(base, puzzled=archived)
    either = _combine_any([a.narrowed for a in asked])
    return InterpretedQuery(
        filters.combine(base, either),
        words=" ".join(a.words for a in asked),
        puzzled=(*archived, *(sentence for a in asked for sentence in a.puzzled)),
        jump=asked[0].jump if len(asked) == 1 else None,
        taken=asked[0].taken if len(asked) == 1 else frozenset(),
    )


def combine(first: InterpretedQuery, second: InterpretedQuery) -> InterpretedQuery:
    """Return a query that requires both queries."""
    narrowed = filters.combine(first.narrowed, second.narrowed)
    return replace(first, narrowed=narrowed, puzzled=(*first.puzzled, *second.puzzled))


def interpret(session: Session, actor: Actor, line: ParsedQuery, *, words: bool = True) -> InterpretedQuery:
    """Return what a query means for this actor. Without `words`, only its qualifiers become conditions."""
    puzzled = list(line.left)
    found: list[TicketFilter] = []
    taken: set[int] = set()
    for places, name, values in _collect_parameters(session, actor, line, puzzled):
        try:
            found.append(filters.parse_parameters(session, actor, {name: values}))
            taken |= places
        except Invalid as refusal:
            puzzled.append(refusal.sentence)
    asked = search_terms.parse_query(line.searched)
    puzzled += [
        f"“{chunk[:60]}” was ignored: it has no letter or digit to search for." for chunk in asked.left_out
    ]
    if asked.cut:
        puzzled.append(f"Only the first {search_terms.MAX_TOKENS} words were searched.")
    if words and asked.terms:
        found.append(_filter_by_words(session, actor, line))
    elif line.searched and not (asked.terms or found):
        found.append(TicketFilter((false(),), few=True))
    narrowed = reduce(filters.combine, found, TicketFilter())
    return InterpretedQuery(
        narrowed, line.searched, tuple(dict.fromkeys(puzzled)), line.jump, frozenset(taken)
    )


def _filter_by_words(session: Session, actor: Actor, line: ParsedQuery) -> TicketFilter:
    """Return a filter for all words of a query. What looks like a ticket number matches that ticket or that word."""
    found = filters.parse_parameters(session, actor, {"q": [line.searched]})
    return _combine_any([found, filter_by_numbers(session, actor, line)]) if line.numbers else found


def filter_by_numbers(session: Session, actor: Actor, line: ParsedQuery) -> TicketFilter:
    """Return a filter for the tickets with the query's numbers that match its other words."""
    chosen = filters.parse_parameters(session, actor, {"number": [str(number) for number in line.numbers]})
    if not search_terms.parse_query(line.words).terms:
        return chosen
    return filters.combine(chosen, filters.parse_parameters(session, actor, {"q": [line.words]}))


def _collect_parameters(
    session: Session, actor: Actor, line: ParsedQuery, puzzled: list[str]
) -> list[tuple[set[int], str, list[str]]]:
    """Return parameter names and values that must all match, with the positions of their qualifiers.

    Repeating a qualifier means or, except that every `is:` must match.
    """
    given: dict[tuple[object, str], tuple[set[int], list[str]]] = {}
    for place, term in enumerate(line.terms):
        try:
            meant = qualifiers.to_parameters(session, actor, term)
        except QualifierError as puzzle:
            puzzled.append(f"“{term.written[:60]}” was ignored: {puzzle}")
            continue
        puzzled += qualifiers.list_archived_warnings(session, meant.get("status", ()))
        for name, values in meant.items():
            places, there = given.setdefault((place if term.name == "is" else term.name, name), (set(), []))
            places.add(place)
            there.extend(values)
    return [(places, name, values) for (_, name), (places, values) in given.items()]


def _combine_any(found: list[TicketFilter]) -> TicketFilter:
    """Return a filter for tickets that match any of the filters. One without conditions matches everything."""
    if len(found) == 1:
        return found[0]
    if not all(n.conditions for n in found):
        return TicketFilter()
    either = or_(*(and_(*n.conditions) for n in found))
    return TicketFilter(
        (either,), all(n.few for n in found), all(n.open for n in found), any(n.tried for n in found)
    )
