"""The language of the search box: words, and qualifiers such as `status:blocked -tag:vip created:>2026-01-01`.

A line is read into terms, and the terms into the parameters that `filters.narrow` takes. Nothing breaks it: what can't
be understood is left out, and told in a sentence.
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
from lib.lists.filters import Narrowed
from lib.lists.qualifiers import Puzzled, Term
from lib.search_index import terms as search_terms

LONGEST = 2_000
"""Characters of a line that count."""
MOST = 40
"""Qualifiers of a line that count."""


@dataclass(frozen=True)
class Qualifier:
    """One qualifier, explained: what it means, and examples that can be tried."""

    name: str
    meaning: str
    examples: tuple[str, ...]


QUALIFIERS = (
    Qualifier("is", "how it stands, or whose it is", ("is:open", "is:done", "is:unassigned", "is:mine", "is:waiting")),
    *(Qualifier(field.name, field.meaning, field.examples) for field in FILTERED.values() if field.meaning),
)  # fmt: skip
NAMES = {q.name for q in QUALIFIERS}

_TERM = re.compile(
    r"""(?P<not>-?)(?P<name>[A-Za-z]+):(?P<value>(?:"[^"]*"?|[^\s"])*)|(?P<quoted>"[^"]*"?)|(?P<word>[^\s"]+)"""
)
_ITEM = re.compile(r'"([^"]*)"?|([^,"]+)')
_PLAIN = re.compile(r'[^\s",]+')
_NUMBER = re.compile(r"#([0-9]{1,9})")
_FILTER = re.compile(r"-?([A-Za-z]{2,}):(?![/\\]).+")
"""What looks like a filter; an address of the web or a path does not."""
_OPERATORS = ("AND", "OR", "NOT")


@dataclass(frozen=True)
class Line:
    """A line taken apart: its words, its qualifiers and the ticket numbers in it; `jump` if it is nothing but one.

    `searched` are the words together with the numbers, which may stand in a text; `left` says what was not read.
    """

    words: str = ""
    terms: tuple[Term, ...] = ()
    numbers: tuple[int, ...] = ()
    jump: int | None = None
    searched: str = ""
    left: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """What a person asked for: conditions for a list, its words, and a sentence for each thing not understood.

    `taken` are the places of the qualifiers that were understood.
    """

    narrowed: Narrowed
    words: str = ""
    puzzled: tuple[str, ...] = ()
    jump: int | None = None
    taken: frozenset[int] = frozenset()


def read(line: str) -> Line:
    """Take a line apart; anything that looks like no qualifier is words."""
    left = [f"Only the first {LONGEST:,} characters of the search were read."] if len(line) > LONGEST else []
    line = line[:LONGEST].translate(search_terms.QUOTES)
    words, searched, terms, numbers = [], [], [], []
    for found in _TERM.finditer(line):
        name = (found["name"] or "").lower()
        if name in NAMES and len(terms) == MOST:
            left.append(f"“{found[0][:60]}” was left out: a search takes {MOST} filters.")
            continue
        if name in NAMES:
            values = tuple(v for a, b in _ITEM.findall(found["value"]) if (v := (a or b).strip()))
            terms.append(Term(name, values, bool(found["not"]), found[0]))
        elif found["word"] and (number := _NUMBER.fullmatch(found["word"])) and len(numbers) < filters.MOST:
            numbers.append(int(number[1]))
            searched.append(found[0])
        else:
            words.append(found[0])
            searched.append(found[0])
            left += _taken_for_words(found)
    bare = line.strip().removeprefix("#")
    alone = bare.isascii() and bare.isdigit() and len(bare) < 10
    return Line(
        " ".join(words), tuple(terms), tuple(numbers), int(bare) if alone else None, " ".join(searched),
        tuple(dict.fromkeys(left)),
    )  # fmt: skip


def _taken_for_words(found: re.Match[str]) -> Iterator[str]:
    """Yield a sentence where words were perhaps meant as something else."""
    written = found[0]
    if found["quoted"]:
        return
    if likely := _FILTER.fullmatch(written):
        yield (
            f"“{written[:60]}” was searched as words: there is no filter “{likely[1][:30]}”. "
            f"Use one of {', '.join(q.name for q in QUALIFIERS)}."
        )
    elif len(written) > 1 and written[0] == "-" and written[1].isalnum():
        yield f"“{written[:60]}” was searched as a word: only filters can be excluded with “-”."
    elif written in _OPERATORS:
        yield f"“{written}” was searched as a word. All words must match; repeat a filter to match any of its values."


def last(line: str) -> tuple[int, Term] | None:
    """Return where the term begins with which a line ends, and the term; None after a space or in quoted words."""
    found = next(reversed(list(_TERM.finditer(line))), None)
    if found is None or found.end() != len(line) or found["quoted"]:
        return None
    if not found["name"]:
        return found.start(), Term("", (), found[0].startswith("-"), found[0])
    values = tuple(v for a, b in _ITEM.findall(found["value"]) if (v := (a or b).strip()))
    return found.start(), Term(found["name"].lower(), values, bool(found["not"]), found[0])


def write(name: str, values: Iterable[str], *, negated: bool = False) -> str:
    """Return a qualifier as a line holds it: `-tag:vip,"two words"`; `read` takes it apart again."""
    cleaned = (" ".join(value.translate(search_terms.QUOTES).replace('"', " ").split()) for value in values)
    quoted = [value if _PLAIN.fullmatch(value) else f'"{value}"' for value in cleaned if value]
    return f"{'-' if negated else ''}{name}:{','.join(quoted)}"


def without(line: str, place: int) -> str:
    """Return a line without its qualifier at `place`, counted from 0; without one there, the line."""
    found = [m for m in _TERM.finditer(line) if (m["name"] or "").lower() in NAMES]
    if not 0 <= place < len(found):
        return line
    start, end = found[place].span()
    return " ".join(f"{line[:start]} {line[end:]}".split())


def narrow(session: Session, actor: Actor, given: Mapping[str, Iterable[str]]) -> Asked:
    """Turn parameters into conditions as `filters.narrow` does, with `q` read in this language; several `q` mean or.

    Raises Invalid for other parameters that can't be; never for what a line says.
    """
    lines = [line for line in given.get("q", ()) if line.strip()]
    if len(lines) > filters.MOST or not all(map(text.storable, lines)):
        filters.narrow(session, actor, {"q": lines})
    base = filters.narrow(session, actor, {name: values for name, values in given.items() if name != "q"})
    archived = qualifiers.archived(session, given.get("status", ()))
    asked = [understand(session, actor, read(line)) for line in lines]
    if not asked:
        return Asked(base, puzzled=archived)
    either = _either([a.narrowed for a in asked])
    return Asked(
        filters.both(base, either),
        words=" ".join(a.words for a in asked),
        puzzled=(*archived, *(sentence for a in asked for sentence in a.puzzled)),
        jump=asked[0].jump if len(asked) == 1 else None,
        taken=asked[0].taken if len(asked) == 1 else frozenset(),
    )


def both(first: Asked, second: Asked) -> Asked:
    """Return what is asked for twice, all of which must hold."""
    narrowed = filters.both(first.narrowed, second.narrowed)
    return replace(first, narrowed=narrowed, puzzled=(*first.puzzled, *second.puzzled))


def understand(session: Session, actor: Actor, line: Line, *, words: bool = True) -> Asked:
    """Return what a line means to this actor; without `words` its conditions are those of its qualifiers alone."""
    puzzled = list(line.left)
    found: list[Narrowed] = []
    taken: set[int] = set()
    for places, name, values in _parameters(session, actor, line, puzzled):
        try:
            found.append(filters.narrow(session, actor, {name: values}))
            taken |= places
        except Invalid as refusal:
            puzzled.append(refusal.sentence)
    asked = search_terms.asked(line.searched)
    puzzled += [
        f"“{chunk[:60]}” was left out: it has no letter or digit to search for." for chunk in asked.left_out
    ]
    if asked.cut:
        puzzled.append(f"Only the first {search_terms.MOST} words were searched.")
    if words and asked.terms:
        found.append(_words(session, actor, line))
    elif line.searched and not (asked.terms or found):
        found.append(Narrowed((false(),), few=True))
    narrowed = reduce(filters.both, found, Narrowed())
    return Asked(narrowed, line.searched, tuple(dict.fromkeys(puzzled)), line.jump, frozenset(taken))


def _words(session: Session, actor: Actor, line: Line) -> Narrowed:
    """Return what holds all words of a line; what looks like a ticket's number is that, or a word as others are."""
    found = filters.narrow(session, actor, {"q": [line.searched]})
    return _either([found, numbered(session, actor, line)]) if line.numbers else found


def numbered(session: Session, actor: Actor, line: Line) -> Narrowed:
    """Return the tickets of the numbers in a line that hold its other words."""
    chosen = filters.narrow(session, actor, {"number": [str(number) for number in line.numbers]})
    if not search_terms.asked(line.words).terms:
        return chosen
    return filters.both(chosen, filters.narrow(session, actor, {"q": [line.words]}))


def _parameters(
    session: Session, actor: Actor, line: Line, puzzled: list[str]
) -> list[tuple[set[int], str, list[str]]]:
    """Return names and values, all of which must hold, and the places of the qualifiers that give them.

    A qualifier twice means either, but each `is:` must be so.
    """
    given: dict[tuple[object, str], tuple[set[int], list[str]]] = {}
    for place, term in enumerate(line.terms):
        try:
            meant = qualifiers.of(session, actor, term)
        except Puzzled as puzzle:
            puzzled.append(f"“{term.written[:60]}” was left out: {puzzle}")
            continue
        puzzled += qualifiers.archived(session, meant.get("status", ()))
        for name, values in meant.items():
            places, there = given.setdefault((place if term.name == "is" else term.name, name), (set(), []))
            places.add(place)
            there.extend(values)
    return [(places, name, values) for (_, name), (places, values) in given.items()]


def _either(found: list[Narrowed]) -> Narrowed:
    """Return what any of several lines leaves; a line without conditions leaves everything."""
    if len(found) == 1:
        return found[0]
    if not all(n.conditions for n in found):
        return Narrowed()
    either = or_(*(and_(*n.conditions) for n in found))
    return Narrowed(
        (either,), all(n.few for n in found), all(n.open for n in found), any(n.tried for n in found)
    )
