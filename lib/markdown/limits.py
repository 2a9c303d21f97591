"""How much of a text is formatted: beyond that it is shown as typed, so that no text takes long or grows large.

What a text costs is counted, not timed: the same text is always shown in the same way.
"""

from collections.abc import Callable

from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

MAX_LINES = 1_000
"""Lines that are formatted."""
MAX_BLOCK_CHECKS = 1_200
"""Places where a paragraph, a list, a quotation may begin or end."""
MAX_DEPTH = 10
"""Quotations within quotations; a list counts as two. What lies deeper keeps its marks."""
MAX_COST = 1_600
"""What may be formatted, in signs that could format something."""
PIECE_COST = 4
"""What a paragraph, a heading or a cell costs beside its signs."""
SIGN_COSTS = {
    "\n": 1,
    "*": 1,
    "_": 1,
    "~": 1,
    "`": 1,
    "&": 1,
    ":": 1,
    "]": 1,
    "[": 3,
    "\\": 3,
    "](": 3,
    "<": 4,
    "://": 6,
    "mailto:": 6,
}
"""What signs cost. Measured: one is about ten microseconds."""
MAX_COLUMNS = 40
MAX_ROW_LENGTH = 5_000
"""Characters of a line that may be a rule, or the one below a table's head."""
MAX_CELLS = MAX_COST // PIECE_COST
"""Cells of one table."""
MAX_OUTPUT = 300_000
"""Characters of HTML: what 50,000 characters grow to when each of them must be escaped."""
AS_TYPED = "The rest of this text is shown as typed, because it has more formatting than Docket can show."

_IN_ROW = {"inline", "th_close", "td_close"}
_Rule = Callable[[StateBlock, int, int, bool], bool]


def limit_blocks(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Count the places where a block could begin, and take all the rest when they are enough: the first block rule."""
    state.env["looks"] = state.env.get("looks", 0) + 1
    if state.env["looks"] <= MAX_BLOCK_CHECKS:
        return False
    if not silent:
        _cut_at(state, start)
        state.push("hr", "hr", 0).map = [start, end]
        state.line = end
    return True


def limit_depth(rule: _Rule) -> _Rule:
    """Return a block rule for what nests that leaves alone what lies too deep."""

    def bounded(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        return state.level < MAX_DEPTH and rule(state, start, end, silent)

    return bounded


def limit_table(table: _Rule) -> _Rule:
    """Return the rule for tables, which reads as many rows as one may have; from there on, text is as typed."""

    def bounded(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        if start + 1 >= end or _line_length(state, start + 1) > MAX_ROW_LENGTH:
            return False
        columns = state.src.count("|", state.bMarks[start], state.eMarks[start]) + 1
        wide, last = columns > MAX_COLUMNS, start + 2 + MAX_CELLS // columns
        if silent or wide:
            found = table(state, start, end, True)
            if found and not silent:
                _cut_at(state, start)
            return found and silent
        if not table(state, start, min(end, last), False):
            return False
        if state.line == last < end and not state.isEmpty(last):
            _cut_at(state, last)
        return True

    return bounded


def limit_line_length(rule: _Rule) -> _Rule:
    """Return the block rule for lines across the page, which no long line is."""

    def bounded(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        return _line_length(state, start) <= MAX_ROW_LENGTH and rule(state, start, end, silent)

    return bounded


def _line_length(state: StateBlock, line: int) -> int:
    return state.eMarks[line] - state.bMarks[line]


def _cut_at(state: StateBlock, line: int) -> None:
    state.env["cut"] = min(state.env["cut"], line)


def limit_cost(state: StateCore) -> None:
    """End what was read at the piece that is too much, and let the rest of the text follow as typed."""
    lines, left = state.env["lines"], MAX_COST
    for at, token in enumerate(state.tokens):
        left -= _token_cost(token)
        if left < 0 or (token.map and token.map[0] >= state.env["cut"]):
            kept, line = _close_tokens(state.tokens, at)
            break
    else:
        kept, line = state.tokens, state.env["cut"]
    rest = "\n".join(lines[line:]).strip("\n")
    state.tokens = kept + build_as_typed(rest) if rest else kept


def _token_cost(token: Token) -> int:
    if token.type != "inline":
        return 0
    return PIECE_COST + sum(cost * token.content.count(sign) for sign, cost in SIGN_COSTS.items())


def _close_tokens(tokens: list[Token], at: int) -> tuple[list[Token], int]:
    """Return the tokens before the piece at a place, with all that is open closed, and the line where it begins."""
    while at and (tokens[at - 1].nesting == 1 or tokens[at - 1].type in _IN_ROW):
        at -= 1
    opened: list[Token] = []
    for token in tokens[:at]:
        if token.nesting == 1:
            opened.append(token)
        elif token.nesting == -1:
            opened.pop()
    closed = [Token(t.type.replace("_open", "_close"), t.tag, -1, block=True) for t in reversed(opened)]
    return tokens[:at] + closed, next(t.map[0] for t in tokens[at:] if t.map)


def build_as_typed(rest: str) -> list[Token]:
    """Return a text as it was typed, behind a sentence that says so."""
    return [
        Token("paragraph_open", "p", 1, block=True),
        _build_text_token(AS_TYPED),
        Token("paragraph_close", "p", -1, block=True),
        Token("typed_open", "pre", 1, block=True),
        _build_text_token(rest),
        Token("typed_close", "pre", -1, block=True),
    ]


def _build_text_token(content: str) -> Token:
    return Token("inline", "", 0, children=[Token("text", "", 0, content=content)])  # without content to read
