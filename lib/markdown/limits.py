"""Limits on Markdown: formatting beyond them is shown as typed, so that no text is slow to render or grows too large.

Costs are counted, not timed, so the same text is always rendered in the same way.
"""

from collections.abc import Callable

from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

MAX_LINES = 1_000
"""Lines that are formatted."""
MAX_BLOCK_CHECKS = 1_200
"""Positions where a paragraph, list or quotation may begin or end."""
MAX_DEPTH = 10
"""Nested quotations; a list counts as two. Deeper ones are shown as typed."""
MAX_COST = 1_600
"""The total cost that is formatted, in characters that could format something."""
PIECE_COST = 4
"""The cost of a paragraph, heading or cell, in addition to its characters."""
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
"""The costs of formatting characters. One is about ten microseconds, measured."""
MAX_COLUMNS = 40
MAX_ROW_LENGTH = 5_000
"""Characters of a line that may be a horizontal rule or the line below a table's header."""
MAX_CELLS = MAX_COST // PIECE_COST
"""Cells of one table."""
MAX_OUTPUT = 300_000
"""Characters of HTML: 50,000 typed characters that must all be escaped."""
AS_TYPED = "The rest of this text is shown as typed, because it has more formatting than Docket can show."

_IN_ROW = {"inline", "th_close", "td_close"}
_Rule = Callable[[StateBlock, int, int, bool], bool]


def limit_blocks(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Count the positions where a block could begin, and end parsing at the limit. It must be the first block rule."""
    state.env["looks"] = state.env.get("looks", 0) + 1
    if state.env["looks"] <= MAX_BLOCK_CHECKS:
        return False
    if not silent:
        _cut_at(state, start)
        state.push("hr", "hr", 0).map = [start, end]
        state.line = end
    return True


def limit_depth(rule: _Rule) -> _Rule:
    """Return a block rule for nested blocks that ignores blocks that are nested too deeply."""

    def bounded(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        return state.level < MAX_DEPTH and rule(state, start, end, silent)

    return bounded


def limit_table(table: _Rule) -> _Rule:
    """Return the table rule with a limit on rows and columns. The text beyond it is shown as typed."""

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
    """Return the rule for horizontal lines, which ignores very long lines."""

    def bounded(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        return _line_length(state, start) <= MAX_ROW_LENGTH and rule(state, start, end, silent)

    return bounded


def _line_length(state: StateBlock, line: int) -> int:
    return state.eMarks[line] - state.bMarks[line]


def _cut_at(state: StateBlock, line: int) -> None:
    state.env["cut"] = min(state.env["cut"], line)


def limit_cost(state: StateCore) -> None:
    """Cut the parsed text before the block that exceeds the limit, and add the rest as typed."""
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
    """Return the tokens before position `at` with all open tags closed, and the line where the cut is."""
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
    """Return a text as typed, after a sentence that says so."""
    return [
        Token("paragraph_open", "p", 1, block=True),
        _build_text_token(AS_TYPED),
        Token("paragraph_close", "p", -1, block=True),
        Token("typed_open", "pre", 1, block=True),
        _build_text_token(rest),
        Token("typed_close", "pre", -1, block=True),
    ]


def _build_text_token(content: str) -> Token:
    return Token("inline", "", 0, children=[Token("text", "", 0, content=content)])  # no content to parse
