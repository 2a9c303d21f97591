"""Suggestions while somebody types a search: qualifiers and their values."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session

from lib.access.gate import Actor
from lib.catalog import categories, custom_fields, statuses, tags
from lib.catalog.ticket_fields import FILTERED, FieldType
from lib.core import folding, text
from lib.lists import qualifiers, query_language
from lib.people import teams

MAX_SUGGESTIONS = 5
"""Maximum number of suggestions shown at once."""
MIN_LETTERS = 2
"""Minimum letters of a word before qualifiers are suggested for it."""


@dataclass(frozen=True)
class Suggestion:
    """A suggestion: its label, and the whole query with it."""

    label: str
    line: str


@dataclass(frozen=True)
class Suggestions:
    """The meaning of the qualifier being typed, and what to complete it with."""

    meaning: str = ""
    offers: tuple[Suggestion, ...] = ()


def for_line(session: Session, actor: Actor, line: str) -> Suggestions:
    """Return suggestions for the end of a query. None after a space or plain words."""
    line = line[: query_language.MAX_LENGTH]
    last = query_language.find_last_term(line)
    if last is None or not text.is_storable(line):
        return Suggestions()
    start, term = last
    before, sign = line[:start], "-" if term.negated else ""
    if term.name not in query_language.QUALIFIER_NAMES:
        begun = term.written.removeprefix("-").lower()
        found = [
            q for q in query_language.QUALIFIERS if len(begun) >= MIN_LETTERS and q.name.startswith(begun)
        ]
        offers = tuple(
            Suggestion(f"{sign}{q.name}:", f"{before}{sign}{q.name}:") for q in found[:MAX_SUGGESTIONS]
        )
        return Suggestions(found[0].meaning if len(found) == 1 else "", offers)
    *kept, begun = term.values or ("",)
    if term.written.endswith((":", ",")):
        kept, begun = list(term.values), ""
    known = _list_values(session, actor, term.name)
    if term.negated and term.name in FILTERED and FILTERED[term.name].dated:
        known = ()  # a range can't be excluded
    values = [v for v in known if _is_match(v, begun) and v not in kept]
    if begun in values:
        values.remove(begun)
    meaning = next(q.meaning for q in query_language.QUALIFIERS if q.name == term.name)
    return Suggestions(
        meaning,
        tuple(
            Suggestion(
                value,
                f"{before}{query_language.format_qualifier(term.name, [*kept, value], negated=term.negated)} ",
            )
            for value in values[:MAX_SUGGESTIONS]
        ),
    )


def _is_match(value: str, begun: str) -> bool:
    wanted = folding.fold_words(begun)
    if not wanted:
        return True
    words = folding.fold_words(value)
    return "".join(words).startswith("".join(wanted)) or folding.is_prefix_match(wanted[-1:], words)


def _list_values(  # noqa: C901, PLR0911 - one line per qualifier
    session: Session, actor: Actor, name: str
) -> Iterable[str]:
    match name:
        case "is":
            return qualifiers.IS_VALUES
        case "status":
            return [s.name for s in statuses.list_all(session)]
        case "category":
            return [c.name for c in categories.list_all(session)]
        case "team":
            return [*(("mine",) if actor.staff else ()), *(t.name for t in teams.list_all(session, actor))]
        case "assignee":
            staff = {n for t in teams.list_all(session, actor) for n in t.members.values()}
            return ["me", "none", *sorted(staff, key=str.casefold)]
    field = FILTERED[name]
    match field.type:
        case FieldType.LEVEL:
            return [level.label for level in reversed(field.values)]
        case FieldType.PERSON:
            return ["me"]
        case FieldType.TAGS:
            return tags.list_names(session, actor)
        case FieldType.CUSTOM:
            return [card.key for card in custom_fields.list_readable(session, actor)]
        case FieldType.DAY:
            return ["<today", "today", "tomorrow", "7d"]
    return ["today", "yesterday", "7d", "30d"]
